import assert from "node:assert/strict";
import { test } from "node:test";
import { articleEmailNode, articleFlow, articleWorkflow, startClient } from "./client.ts";

const HOURS = 60 * 60 * 1000;
const KEY = { "idempotency-key": "key_1" };

test("a key is remembered for 24 hours and no longer", async (context) => {
  let now = 1_000_000;
  const { call } = await startClient(context, { now: () => now, tokenLifetimeSeconds: 1_000_000 });
  const post = () => call("POST", "/api/v2/flows", { body: articleFlow(), headers: KEY });
  assert.equal((await post()).status, 201);
  now += 24 * HOURS - 1;
  assert.equal((await post()).status, 201, "still the first answer");
  now += 1;
  assert.equal((await post()).status, 409, "the key is forgotten, the id is taken");
});

test("a PUT under a key is carried out once, though its version is stale the second time", async (context) => {
  const { call, emulator } = await startClient(context);
  const put = () =>
    call("PUT", "/api/v2/workflows/wf_12345", { body: articleWorkflow([articleEmailNode()]), headers: KEY });
  const first = await put();
  const second = await put();
  assert.deepEqual([first.status, second.status, second.body], [200, 200, first.body]);
  assert.deepEqual(emulator.state().writes.workflows, { wf_12345: 1 });
});

test("a PUT under a key with another body is a conflict", async (context) => {
  const { call } = await startClient(context);
  const put = (body: unknown) => call("PUT", "/api/v2/workflows/wf_12345", { body, headers: KEY });
  await put(articleWorkflow([articleEmailNode()]));
  assert.equal((await put(articleWorkflow([], 4))).status, 409);
});

test("a refused write does not use up its key: what was wrong may be put right", async (context) => {
  const { call, emulator } = await startClient(context);
  const put = () => call("PUT", "/api/v2/workflows/wf_12345", { body: articleWorkflow([], 4), headers: KEY });
  assert.equal((await put()).status, 409);
  emulator.editWorkflow("wf_12345", {});
  assert.equal((await put()).status, 200);
});

test("the order of the body's keys does not make another request", async (context) => {
  const { call } = await startClient(context);
  const flow = articleFlow();
  const reordered = Object.fromEntries(Object.entries(flow).reverse());
  await call("POST", "/api/v2/flows", { body: flow, headers: KEY });
  assert.equal((await call("POST", "/api/v2/flows", { body: reordered, headers: KEY })).status, 201);
});

test("a POST of a workflow is carried out once per key, and an id is taken once", async (context) => {
  const { call, emulator } = await startClient(context);
  const body = { id: "wf_new", name: "New", nodes: [{ id: "start", type: "start" }], transitions: [] };
  const first = await call("POST", "/api/v2/workflows", { body, headers: KEY });
  const second = await call("POST", "/api/v2/workflows", { body, headers: KEY });
  assert.deepEqual([first.status, first.body.version, second.status, second.body], [201, 1, 201, first.body]);
  assert.equal((await call("POST", "/api/v2/workflows", { body })).status, 409);
  assert.deepEqual(emulator.state().writes.workflows, { wf_new: 1 });
});

for (const { path, create } of [
  { path: "/api/v2/flows/ivr_main_menu_v2", create: articleFlow() },
  { path: "/api/v2/workflows/wf_new", create: { ...articleWorkflow([{ id: "start", type: "start" }]), id: "wf_new" } },
]) {
  test(`a DELETE under a key is carried out once: ${path}`, async (context) => {
    const { call, emulator } = await startClient(context);
    const collection = path.slice(0, path.lastIndexOf("/"));
    const recreate = async () => assert.equal((await call("POST", collection, { body: create })).status, 201);
    await recreate();
    assert.equal((await call("DELETE", path, { headers: KEY })).status, 204);
    assert.equal((await call("DELETE", path, { headers: KEY })).status, 204, "the first answer again");
    assert.equal((await call("DELETE", path)).status, 404, "without the key: there is none");
    await recreate();
    assert.equal((await call("DELETE", path, { headers: KEY })).status, 204);
    assert.equal((await call("GET", path)).status, 200, "the key is spent, so what was created anew stays");
    assert.equal((await call("DELETE", path, { headers: { "idempotency-key": "key_2" } })).status, 204);
    const deletes = emulator.log().filter(({ method, carriedOut }) => method === "DELETE" && carriedOut);
    assert.equal(deletes.length, 2);
  });
}

test("a DELETE that found nothing does not use up its key", async (context) => {
  const { call } = await startClient(context);
  const path = "/api/v2/flows/ivr_main_menu_v2";
  assert.equal((await call("DELETE", path, { headers: KEY })).status, 404);
  await call("POST", "/api/v2/flows", { body: articleFlow() });
  assert.equal((await call("DELETE", path, { headers: KEY })).status, 204);
  assert.equal((await call("GET", path)).status, 404);
});

test("webhooks know no idempotency keys: the seed's client would register twice, and a DELETE is 404 the second time", async (context) => {
  const { call, emulator } = await startClient(context);
  const body = { name: "Same", url: "http://127.0.0.1:9/hook", events: ["workflow.updated"] };
  await call("POST", "/api/v2/webhooks", { body, headers: KEY });
  await call("POST", "/api/v2/webhooks", { body, headers: KEY });
  assert.equal(emulator.state().webhooks.length, 2);
  const path = `/api/v2/webhooks/${emulator.state().webhooks[0]?.id}`;
  assert.equal((await call("DELETE", path, { headers: KEY })).status, 204);
  assert.equal((await call("DELETE", path, { headers: KEY })).status, 404);
});
