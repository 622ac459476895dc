import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import type { CreateWrite, ReplaceWrite, WriteResult } from "../../src/engine/ports.ts";
import { answer, connectTo, FakeClock, FLOW, giveToken, present, START, startTiny, WORKFLOW } from "./world.ts";

const DESIRED = { id: "main", name: "Main", type: "IVR", nodes: [], connections: [] };
const CREATE: CreateWrite = { ref: FLOW, document: DESIRED, idempotencyKey: "key-1", at: START };
const LIVE = {
  id: "wf_1",
  name: "Orders",
  version: 3,
  nodes: [],
  transitions: [],
  lastUpdatedTimestamp: 5,
  tags: ["x"],
};
const REPLACE: ReplaceWrite = {
  ref: WORKFLOW,
  document: { ...LIVE, name: "Orders 2" },
  base: present(LIVE, 3),
  idempotencyKey: "key-2",
  at: START + 7,
};

test("a create is one POST of the document with its key, and proves nothing by itself", async (t) => {
  const stored = { ...DESIRED, version: 1, addedByServer: true };
  const tiny = await startTiny(t, (_seen, response) => answer(response, 201, stored));
  const { store } = connectTo(t, tiny.url);
  assert.deepEqual(await store.create(CREATE), {
    result: "written",
    live: present(stored, 1),
    proven: false,
    honoursKeys: true,
  });
  const [seen] = tiny.seen;
  assert.deepEqual([seen?.method, seen?.path], ["POST", "/api/v2/flows"]);
  assert.equal(seen?.headers["idempotency-key"], "key-1");
  assert.equal(seen?.headers["content-type"], "application/json");
  assert.equal(seen?.headers.authorization, "Bearer tok-1");
  assert.deepEqual(JSON.parse(seen?.text ?? ""), DESIRED);
});

test("a workflow goes back whole, with the version as read and the intention's time", async (t) => {
  const stored = { ...REPLACE.document, version: 4 };
  const tiny = await startTiny(t, (_seen, response) => answer(response, 200, stored));
  const { store } = connectTo(t, tiny.url);
  // What was composed may carry any version; the one that counts is the base's.
  const write = { ...REPLACE, document: { ...REPLACE.document, version: 99 } };
  assert.deepEqual(await store.replace(write), {
    result: "written",
    live: { ...present(stored, 4), changed: { at: LIVE.lastUpdatedTimestamp, by: null } },
    proven: true,
    honoursKeys: true,
  });
  assert.equal(tiny.seen.length, 1);
  assert.equal(tiny.seen[0]?.method, "PUT");
  assert.equal(tiny.seen[0]?.headers["idempotency-key"], "key-2");
  const sent = { ...LIVE, name: "Orders 2", version: 3, lastUpdatedTimestamp: START + 7 };
  assert.deepEqual(JSON.parse(tiny.seen[0]?.text ?? ""), sent);
});

const whole = { ...REPLACE.document };
for (const { reason, status = 200, body, proven, version } of [
  { reason: "the version is the base's", body: { ...whole, version: 3 }, proven: false, version: 3 },
  { reason: "there is no version", body: { ...whole, version: undefined }, proven: false, version: null },
  { reason: "accepted for later", status: 202, body: { ...whole, version: 4 }, proven: false, version: 4 },
  { reason: "no body", status: 204, body: undefined, proven: false, version: null },
  { reason: "a mere acknowledgement", body: { id: "wf_1", version: 4 }, proven: false, version: null },
  { reason: "no document", body: { ok: true }, proven: false, version: null },
]) {
  test(`a 2xx that proves nothing is written all the same: ${reason}`, async (t) => {
    const tiny = await startTiny(t, (_seen, response) => answer(response, status, body));
    const { store } = connectTo(t, tiny.url);
    const written = await store.replace(REPLACE);
    assert.ok(written.result === "written");
    assert.equal(written.proven, proven);
    assert.equal(written.live.version, version);
    assert.equal(written.live.document["name"], "Orders 2", "either the answer or what was sent");
  });
}

const uncertain: readonly { readonly reason: string; readonly send: (response: ServerResponse) => void }[] = [
  { reason: "the connection is cut after the request", send: (r) => r.socket?.destroy() },
  { reason: "no answer in time", send: () => {} },
  { reason: "500", send: (r) => answer(r, 500) },
  { reason: "503, even with a time to come back", send: (r) => answer(r, 503, "", { "retry-after": "1" }) },
  { reason: "a page of HTML", send: (r) => answer(r, 200, "<html>") },
  { reason: "JSON cut short", send: (r) => answer(r, 200, '{"id":') },
  { reason: "another document", send: (r) => answer(r, 200, { ...LIVE, id: "wf_2" }) },
  { reason: "a redirect", send: (r) => answer(r, 303, "", { location: "/elsewhere" }) },
  {
    reason: "an answer cut in the middle",
    send: (r) => {
      r.writeHead(200, { "content-length": "100" });
      r.write("{", () => r.socket?.destroy());
    },
  },
];

for (const { reason, send } of uncertain) {
  test(`a write whose answer says nothing certain is sent once and never again: ${reason}`, async (t) => {
    const tiny = await startTiny(t, (_seen, response) => send(response));
    const { store } = connectTo(t, tiny.url, { timeouts: { workflowWriteMs: 80, flowWriteMs: 80 } });
    const results = [await store.replace(REPLACE), await store.create({ ...CREATE, ref: FLOW })];
    for (const result of results) {
      assert.equal(result.result, "uncertain");
      assert.match(result.result === "uncertain" ? result.message : "", /whether it was carried out is not known/);
    }
    assert.deepEqual(
      tiny.seen.map((seen) => seen.method),
      ["PUT", "POST"],
    );
  });
}

for (const { status, code, says, reason } of [
  { status: 400, code: "api/rejected", says: /400: bad template/, reason: "template compilation" },
  { status: 422, code: "api/rejected", says: /422: bad template/, reason: "a broken connection" },
  { status: 413, code: "api/rejected", says: /413/, reason: "too large" },
  { status: 403, code: "api/forbidden", says: /lacks the scope workflow:edit/, reason: "the scope is named" },
  { status: 405, code: "api/not-supported", says: /this tenant cannot change workflows/, reason: "no such method" },
]) {
  test(`${status} is the tenant's no: ${reason}`, async (t) => {
    const tiny = await startTiny(t, (_seen, response) => answer(response, status, { message: "bad template" }));
    const { store } = connectTo(t, tiny.url);
    const written = await store.replace(REPLACE);
    assert.ok(written.result === "rejected");
    assert.equal(written.error.code, code);
    assert.match(written.error.message, says);
    assert.ok(written.error.hint);
    assert.equal(written.error.cause, undefined);
    assert.equal(tiny.seen.length, 1);
  });
}

test("a create that the tenant has no endpoint for is not supported", async (t) => {
  const tiny = await startTiny(t, (_seen, response, count) => answer(response, count === 1 ? 404 : 405));
  const { store } = connectTo(t, tiny.url);
  assert.equal(codeOf(await store.create(CREATE)), "api/not-supported");
  assert.equal(codeOf(await store.create(CREATE)), "api/not-supported");
});

test("409 is a conflict, with the server's words, and not repeated", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 409, { message: "version is 4 by now" }));
  const { store } = connectTo(t, tiny.url);
  const written = await store.replace(REPLACE);
  assert.ok(written.result === "conflict");
  assert.match(written.message, /workflow "wf_1".*409.*version is 4 by now/);
  assert.equal((await store.create(CREATE)).result, "conflict");
  assert.equal(tiny.seen.length, 2);
});

test("429 means not carried out: the same write goes out again with the same key and the same body", async (t) => {
  const clock = new FakeClock();
  const tiny = await startTiny(t, (_seen, response, count) =>
    count < 3 ? answer(response, 429, {}, { "retry-after": "3" }) : answer(response, 200, { ...LIVE, version: 4 }),
  );
  const { store } = connectTo(t, tiny.url, { clock });
  assert.equal((await store.replace(REPLACE)).result, "written");
  assert.equal(tiny.seen.length, 3);
  assert.equal(new Set(tiny.seen.map((seen) => `${seen.headers["idempotency-key"]} ${seen.text}`)).size, 1);
  assert.equal(clock.now() - START, 6000);
});

test("a write that is throttled to the end was never carried out: rejected, not uncertain", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 429));
  const { store } = connectTo(t, tiny.url);
  assert.equal(codeOf(await store.create(CREATE)), "api/throttled");
  assert.equal(tiny.seen.length, 4);
});

test("401 on a write fetches one token and sends it once more", async (t) => {
  const tiny = await startTiny(t, (seen, response) => {
    if (seen.headers.authorization === "Bearer tok-1") answer(response, 401);
    else answer(response, 201, DESIRED);
  });
  const { store } = connectTo(t, tiny.url);
  assert.equal((await store.create(CREATE)).result, "written");
  assert.equal(tiny.seen.length, 2);
  assert.equal(tiny.tokenRequests.length, 2);
});

test("a write that never left is tried again, and is rejected at the end, because nothing was sent", async (t) => {
  // The server hands out a token and is gone before the write comes.
  const tiny = await startTiny(
    t,
    (_seen, response) => answer(response, 201),
    (seen, response, count) => {
      response.setHeader("connection", "close");
      tiny.server.close();
      giveToken(seen, response, count);
    },
  );
  const { store, report } = connectTo(t, tiny.url);
  const written = await store.create(CREATE);
  assert.equal(codeOf(written), "api/network");
  assert.match(written.result === "rejected" ? written.error.message : "", /the connection was refused \(4 attempts\)/);
  assert.equal(report().byEndpoint["POST /api/v2/flows"], 4);
});

test("the server's words are quoted in one line, with details, and not without end", async (t) => {
  const bodies = [
    { message: "invalid", errors: [{ connection: "conn_1", problem: "unknown node" }] },
    { title: "line one\nline two \u001b[31mred" },
    { message: "x".repeat(5000) },
    ["odd"],
    "just text",
  ];
  const tiny = await startTiny(t, (_seen, response, count) => answer(response, 422, bodies[count - 1]));
  const { store } = connectTo(t, tiny.url);
  const messages: string[] = [];
  for (const _body of bodies) {
    const written = await store.create(CREATE);
    messages.push(written.result === "rejected" ? written.error.message : written.result);
  }
  assert.match(messages[0] ?? "", /invalid \[\{"connection":"conn_1","problem":"unknown node"\}\]$/);
  assert.match(messages[1] ?? "", /line one line two \[31mred$/);
  assert.ok((messages[2] ?? "").length < 600 && (messages[2] ?? "").length > 450);
  assert.match(messages[3] ?? "", /422: \["odd"\]$/);
  assert.match(messages[4] ?? "", /422: just text$/);
});

function codeOf(written: WriteResult): string {
  return written.result === "rejected" ? written.error.code : written.result;
}
