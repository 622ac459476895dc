import assert from "node:assert/strict";
import { test } from "node:test";
import { articleFlow, articleWorkflow, HANG_GUARD, startClient, turnUntil } from "./client.ts";

const WORKFLOW = "/api/v2/workflows/wf_12345";
const PUT = { method: "PUT", path: WORKFLOW };

test("a rule fires as often as it says, after as many matches as it says, and on nothing else", async (context) => {
  const { call, emulator } = await startClient(context);
  emulator.addFault({
    match: { method: "GET", path: WORKFLOW },
    after: 1,
    times: 2,
    fault: { type: "status", status: 500 },
  });
  const statuses: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    statuses.push((await call("GET", WORKFLOW)).status);
    assert.equal((await call("GET", "/api/v2/workflows")).status, 200);
  }
  assert.deepEqual(statuses, [200, 500, 500, 200, 200]);
  const [report] = emulator.state().faults;
  assert.deepEqual([report?.matched, report?.fired], [5, 2]);
});

test("a rule may have only each so manieth match", async (context) => {
  const { call, emulator } = await startClient(context);
  emulator.addFault({ after: 1, every: 3, times: "always", fault: { type: "status", status: 500 } });
  const statuses: number[] = [];
  for (let turn = 0; turn < 8; turn += 1) statuses.push((await call("GET", WORKFLOW, { token: "any" })).status);
  assert.deepEqual(statuses, [401, 500, 401, 401, 500, 401, 401, 500]);
});

test("a rule without a count fires once, with `always` for ever, and not once cleared", async (context) => {
  const { call, emulator } = await startClient(context);
  emulator.addFault({ fault: { type: "status", status: 500 } });
  assert.equal((await call("GET", WORKFLOW, { token: "any" })).status, 500);
  emulator.addFault({ times: "always", fault: { type: "status", status: 503 } });
  for (let turn = 0; turn < 3; turn += 1) assert.equal((await call("GET", WORKFLOW, { token: "any" })).status, 503);
  emulator.clearFaults();
  assert.equal((await call("GET", WORKFLOW)).status, 200);
});

for (const { pattern, hits, misses } of [
  { pattern: "/api/v2/flows", hits: ["/api/v2/flows"], misses: ["/api/v2/flows/x", "/api/v2/workflows"] },
  { pattern: "/api/v2/flows/*", hits: ["/api/v2/flows/x"], misses: ["/api/v2/flows", "/api/v2/flows/x/y"] },
  { pattern: "/api/v2/**", hits: ["/api/v2/flows", "/api/v2/interactions/templates/t"], misses: ["/oauth/token"] },
  { pattern: "/api/v2/flows/a.b", hits: ["/api/v2/flows/a.b"], misses: ["/api/v2/flows/aXb"] },
]) {
  test(`the path pattern ${pattern}`, async (context) => {
    const { call } = await startClient(context, {
      faults: [{ match: { path: pattern }, times: "always", fault: { type: "status", status: 418 } }],
    });
    for (const path of hits) assert.equal((await call("GET", path, { token: "any" })).status, 418, path);
    for (const path of misses) assert.notEqual((await call("GET", path, { token: "any" })).status, 418, path);
  });
}

for (const { retryAfter, header } of [
  { retryAfter: 2, header: "2" },
  { retryAfter: 0.05, header: "0.05" },
  { retryAfter: { httpDateIn: 2 }, header: "Tue, 14 Nov 2023 22:13:22 GMT" },
  { retryAfter: undefined, header: null },
]) {
  test(`a status fault answers 429 with Retry-After ${header}, and nothing is carried out`, async (context) => {
    const { call, emulator } = await startClient(context, { now: () => 1700000000000 });
    emulator.addFault({ match: PUT, fault: { type: "status", status: 429, retryAfter, body: { custom: true } } });
    const answer = await call("PUT", WORKFLOW, { body: articleWorkflow([]) });
    assert.deepEqual([answer.status, answer.headers.get("retry-after"), answer.body], [429, header, { custom: true }]);
    assert.equal(emulator.document("workflow", "wf_12345")?.version, 3);
    const last = emulator.log().at(-1);
    assert.deepEqual([last?.status, last?.carriedOut, last?.fault], [429, false, "status"]);
    assert.equal((await call("PUT", WORKFLOW, { body: articleWorkflow([]) })).status, 200);
  });
}

test("a lost answer: carried out, never answered", async (context) => {
  const { call, emulator } = await startClient(context);
  emulator.addFault({ match: { method: "POST", path: "/api/v2/flows" }, fault: { type: "lost-answer" } });
  const post = () => call("POST", "/api/v2/flows", { body: articleFlow(), headers: { "idempotency-key": "key_1" } });
  await assert.rejects(post(), TypeError);
  assert.equal(emulator.document("flow", "ivr_main_menu_v2")?.version, 1);
  const last = emulator.log().at(-1);
  assert.deepEqual([last?.status, last?.carriedOut, last?.fault], [null, true, "lost-answer"]);
  assert.equal((await post()).status, 201, "the key brings the lost answer back");
  assert.deepEqual(emulator.state().writes.flows, { ivr_main_menu_v2: 1 });
});

test("a reset: neither carried out nor answered", async (context) => {
  const { call, emulator } = await startClient(context);
  emulator.addFault({ match: PUT, fault: { type: "reset" } });
  await assert.rejects(call("PUT", WORKFLOW, { body: articleWorkflow([]) }), TypeError);
  assert.equal(emulator.document("workflow", "wf_12345")?.version, 3);
  const last = emulator.log().at(-1);
  assert.deepEqual([last?.status, last?.carriedOut, last?.fault], [null, false, "reset"]);
});

test("slow: carried out at once, answered later", HANG_GUARD, async (context) => {
  const { call, emulator } = await startClient(context);
  emulator.addFault({ match: PUT, fault: { type: "slow", milliseconds: 3_600_000 } });
  await call("GET", WORKFLOW);
  const answer = call("PUT", WORKFLOW, { body: articleWorkflow([]) });
  // Closing either lets the answer out or breaks the connection; what counts is that nobody waits for the hour.
  const ended = answer.catch(() => undefined);
  await turnUntil(context, () => emulator.log().at(-1)?.carriedOut === true);
  assert.equal(emulator.document("workflow", "wf_12345")?.version, 4);
  assert.equal(emulator.log().at(-1)?.status, null, "still under way");
  await emulator.close();
  await ended;
});

test("slow lets the answer through in the end", async (context) => {
  const { call, emulator } = await startClient(context);
  emulator.addFault({ match: PUT, fault: { type: "slow", milliseconds: 20 } });
  assert.equal((await call("PUT", WORKFLOW, { body: articleWorkflow([]) })).status, 200);
});

test("a conflict: 409 without being carried out", async (context) => {
  const { call, emulator } = await startClient(context);
  emulator.addFault({ match: PUT, fault: { type: "conflict" } });
  assert.equal((await call("PUT", WORKFLOW, { body: articleWorkflow([]) })).status, 409);
  assert.equal(emulator.document("workflow", "wf_12345")?.version, 3);
});

test("a concurrent edit makes the PUT stale and keeps the other person's change", async (context) => {
  const { call, emulator } = await startClient(context);
  emulator.addFault({ match: PUT, fault: { type: "concurrent-edit", edit: { name: "Theirs" } } });
  assert.equal((await call("PUT", WORKFLOW, { body: articleWorkflow([]) })).status, 409);
  const live = emulator.document("workflow", "wf_12345");
  assert.deepEqual([live?.name, live?.version], ["Theirs", 4]);
  emulator.addFault({
    match: { method: "PUT" },
    fault: { type: "concurrent-edit", edit: (document) => ({ ...document, extra: 1 }) },
  });
  assert.equal((await call("PUT", WORKFLOW, { body: articleWorkflow([], 4) })).status, 409);
  assert.equal(emulator.document("workflow", "wf_12345")?.extra, 1);
});

test("a concurrent edit of a webhook comes before the write on it", async (context) => {
  const { call, emulator } = await startClient(context);
  const hook = { name: "Sync", url: "http://127.0.0.1:9/", events: ["x"] };
  const { id } = (await call("POST", "/api/v2/webhooks", { body: { ...hook, secret: "whsec_c2VjcmV0" } })).body;
  const path = `/api/v2/webhooks/${id}`;
  emulator.addFault({ match: { path }, fault: { type: "concurrent-edit", edit: { name: "Theirs" } } });
  assert.equal((await call("GET", path)).body.name, "Theirs");
  emulator.addFault({ match: { method: "DELETE" }, fault: { type: "concurrent-edit", edit: { name: "Gone" } } });
  assert.equal((await call("DELETE", path)).status, 204, "a DELETE asks for no version");
});

test("an expired token: every token of the family is forgotten, the other family's are not", async (context) => {
  const { call, login, emulator } = await startClient(context);
  const flows = await login("flows");
  const workflows = await login("workflows");
  emulator.addFault({ match: { path: WORKFLOW }, fault: { type: "expired-token" } });
  assert.equal((await call("GET", WORKFLOW, { token: workflows })).status, 401);
  assert.equal((await call("GET", WORKFLOW, { token: workflows })).status, 401);
  assert.equal((await call("GET", "/api/v2/flows", { token: flows })).status, 200);
  assert.equal((await call("GET", WORKFLOW, { token: await login("workflows") })).status, 200);
});

test("a short page lacks an item that the total counts", async (context) => {
  const { call, emulator } = await startClient(context);
  emulator.addFault({ match: { path: "/api/v2/workflows" }, fault: { type: "short-page" } });
  assert.deepEqual((await call("GET", "/api/v2/workflows")).body, { items: [], page: 1, pageSize: 100, total: 1 });
});

test("an HTML page comes with 200 and is no JSON", async (context) => {
  const { call, emulator } = await startClient(context);
  emulator.addFault({ match: PUT, fault: { type: "html" } });
  const answer = await call("PUT", WORKFLOW, { body: articleWorkflow([]) });
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assert.match(answer.text, /^<!doctype html>/);
  assert.equal(emulator.document("workflow", "wf_12345")?.version, 3);
});

test("no list: 405 on the list", async (context) => {
  const { call, emulator } = await startClient(context);
  emulator.addFault({ match: { path: "/api/v2/flows" }, fault: { type: "no-list" } });
  assert.equal((await call("GET", "/api/v2/flows")).status, 405);
  assert.equal((await call("GET", "/api/v2/flows")).status, 200);
});

test("the login can fail too", async (context) => {
  const { call, login, emulator } = await startClient(context);
  emulator.addFault({ match: { path: "/oauth2/token" }, fault: { type: "status", status: 503 } });
  await login("workflows");
  assert.equal(emulator.log()[0]?.status, 503);
  assert.equal((await call("GET", WORKFLOW)).status, 200);
});
