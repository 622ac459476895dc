import assert from "node:assert/strict";
import { test } from "node:test";
import { articleEmailNode, articleFlow, articleWorkflow, type Client, startClient } from "./client.ts";

const FLOWS = "/api/v2/flows";
const FLOW = "/api/v2/flows/ivr_main_menu_v2";
const WORKFLOW = "/api/v2/workflows/wf_12345";
const HOOK = { name: "Sync", url: "http://127.0.0.1:9/", events: ["x"], headers: { a: "1" }, secret: "whsec_c2VjcmV0" };

/** What the log says of the last request. */
function last({ emulator }: Client) {
  const entry = emulator.log().at(-1);
  return { carriedOut: entry?.carriedOut, changed: entry?.changed, documentId: entry?.documentId };
}

const NOTHING = { carriedOut: false, changed: false, documentId: null };
const STORED = { carriedOut: true, changed: true, documentId: null };
const STORED_AGAIN = { carriedOut: true, changed: false, documentId: null };

test("a flow's life in the log: only what makes another thing of the stored one has changed it", async (context) => {
  const client = await startClient(context);
  const { call } = client;
  const created = await call("POST", FLOWS, { body: articleFlow() });
  assert.deepEqual(last(client), { carriedOut: true, changed: true, documentId: "ivr_main_menu_v2" });
  await call("GET", FLOW);
  assert.deepEqual(last(client), NOTHING);
  const same = Object.fromEntries(Object.entries(created.body).reverse());
  await call("PUT", FLOW, { body: { ...same, createdTimestamp: 1, lastUpdatedTimestamp: 2 } });
  assert.deepEqual(last(client), STORED_AGAIN, "the version moved, the content did not");
  assert.equal(client.emulator.document("flow", "ivr_main_menu_v2")?.version, 2);
  await call("PUT", FLOW, { body: { ...created.body, version: 2, name: "Renamed" } });
  assert.deepEqual(last(client), STORED);
  await call("PUT", FLOW, { body: { ...created.body, version: 2 } });
  assert.deepEqual(last(client), NOTHING, "stale");
  await call("POST", FLOWS, { body: articleFlow() });
  assert.deepEqual(last(client), NOTHING, "a creation that was refused created nothing");
  await call("DELETE", FLOW);
  assert.deepEqual(last(client), STORED);
  await call("DELETE", FLOW);
  assert.deepEqual(last(client), NOTHING);
});

test("a workflow's nodes count, also their order", async (context) => {
  const client = await startClient(context);
  const start = { id: "start_node", type: "start", properties: {} };
  const put = (nodes: readonly unknown[], version: number) =>
    client.call("PUT", WORKFLOW, { body: articleWorkflow(nodes, version) });
  await put([start], 3);
  assert.deepEqual(last(client), STORED_AGAIN);
  await put([start, articleEmailNode()], 4);
  assert.deepEqual(last(client), STORED);
  await put([articleEmailNode(), start], 5);
  assert.deepEqual(last(client), STORED);
});

test("a webhook's secret counts, and one that is not sent stays", async (context) => {
  const client = await startClient(context);
  const { call } = client;
  const { id } = (await call("POST", "/api/v2/webhooks", { body: HOOK })).body;
  assert.deepEqual(last(client), { carriedOut: true, changed: true, documentId: "Sync" });
  const path = `/api/v2/webhooks/${id}`;
  const { secret: _, ...shown } = HOOK;
  for (const { body, expected, why } of [
    { body: HOOK, expected: STORED_AGAIN, why: "the same" },
    { body: shown, expected: STORED_AGAIN, why: "the secret stays" },
    { body: { ...HOOK, secret: "whsec_b3RoZXI=" }, expected: STORED, why: "another secret" },
    { body: { ...shown, enabled: false }, expected: STORED, why: "another field" },
    { body: { name: "Sync" }, expected: NOTHING, why: "refused" },
  ]) {
    await call("PUT", path, { body });
    assert.deepEqual(last(client), expected, why);
  }
  await call("DELETE", path);
  assert.deepEqual(last(client), STORED);
  await call("DELETE", path);
  assert.deepEqual(last(client), NOTHING);
});

test("a replay changes nothing, and names what its first request created", async (context) => {
  const client = await startClient(context);
  const headers = { "idempotency-key": "key_1" };
  const post = () => client.call("POST", FLOWS, { body: articleFlow(), headers });
  await post();
  await post();
  assert.deepEqual(last(client), { ...NOTHING, documentId: "ivr_main_menu_v2" });
});

test("a lost answer: the log knows what was created all the same", async (context) => {
  const client = await startClient(context);
  client.emulator.addFault({ match: { method: "POST", path: FLOWS }, fault: { type: "lost-answer" } });
  await assert.rejects(client.call("POST", FLOWS, { body: articleFlow() }), TypeError);
  assert.deepEqual(last(client), { carriedOut: true, changed: true, documentId: "ivr_main_menu_v2" });
});

test("creations side by side are told apart, and a login is none", async (context) => {
  const { call, emulator } = await startClient(context);
  await Promise.all(["a", "b", "a"].map((id) => call("POST", FLOWS, { body: articleFlow(id) })));
  const created = emulator.log().filter(({ carriedOut, path }) => carriedOut && path === FLOWS);
  assert.deepEqual(created.map(({ documentId }) => documentId).toSorted(), ["a", "b"]);
  const logins = emulator.log().filter(({ path }) => path === "/oauth/token");
  assert.ok(logins.length > 0 && logins.every(({ documentId, changed }) => documentId === null && !changed));
});
