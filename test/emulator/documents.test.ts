import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSeed } from "../../src/emulator/seed.ts";
import { articleFlow, startClient } from "./client.ts";

const SEED = loadSeed(
  `flows: [${Array.from({ length: 5 }, (_, index) => `{ id: flow_${index}, name: F${index}, type: IVR, nodes: [] }`).join(", ")}]`,
  "seed.yaml",
);
const FLOW = "/api/v2/flows/ivr_main_menu_v2";

for (const page of [
  { query: "", ids: ["flow_0", "flow_1", "flow_2", "flow_3", "flow_4"], page: 1, pageSize: 100 },
  { query: "?page=1&pageSize=2", ids: ["flow_0", "flow_1"], page: 1, pageSize: 2 },
  { query: "?page=3&pageSize=2", ids: ["flow_4"], page: 3, pageSize: 2 },
  { query: "?page=4&pageSize=2", ids: [], page: 4, pageSize: 2 },
  { query: "?pageSize=5000", ids: ["flow_0", "flow_1", "flow_2", "flow_3", "flow_4"], page: 1, pageSize: 1000 },
]) {
  test(`the list of flows ${page.query || "without a query"}`, async (context) => {
    const { call } = await startClient(context, { seed: SEED, now: () => 7 });
    const { body } = await call("GET", `/api/v2/flows${page.query}`);
    const items = page.ids.map((id) => ({
      id,
      name: `F${id.slice(-1)}`,
      type: "IVR",
      version: 1,
      lastUpdatedTimestamp: 7,
    }));
    assert.deepEqual(body, { items, page: page.page, pageSize: page.pageSize, total: 5 });
  });
}

test("a page that is no number is 400", async (context) => {
  const { call } = await startClient(context);
  assert.equal((await call("GET", "/api/v2/flows?page=0")).status, 400);
  assert.equal((await call("GET", "/api/v2/workflows?pageSize=many")).status, 400);
});

test("workflows are listed as flows are", async (context) => {
  const { call } = await startClient(context);
  const { body } = await call("GET", "/api/v2/workflows?page=1&pageSize=100");
  const item = { id: "wf_12345", name: "Order Confirmation Workflow", version: 3, lastUpdatedTimestamp: 1672617600000 };
  assert.deepEqual(body, { items: [item], page: 1, pageSize: 100, total: 1 });
});

test("a tenant without lists answers 405 and still answers single reads", async (context) => {
  const { call } = await startClient(context, { lists: false });
  assert.equal((await call("GET", "/api/v2/flows")).status, 405);
  assert.equal((await call("GET", "/api/v2/workflows")).status, 405);
  assert.equal((await call("GET", "/api/v2/workflows/wf_12345")).status, 200);
});

test("a flow is replaced with the version just read, and not with a stale one", async (context) => {
  const { call } = await startClient(context);
  const created = await call("POST", "/api/v2/flows", { body: articleFlow() });
  const put = await call("PUT", FLOW, { body: { ...created.body, name: "Renamed" } });
  assert.deepEqual([put.status, put.body.version, put.body.name], [200, 2, "Renamed"]);
  assert.equal((await call("PUT", FLOW, { body: { ...created.body, name: "Again" } })).status, 409);
  assert.equal((await call("PUT", FLOW, { body: articleFlow() })).status, 422, "the version is missing");
  assert.equal((await call("PUT", "/api/v2/flows/other", { body: created.body })).status, 404);
});

test("a delete is 204, then 404", async (context) => {
  const { call, emulator } = await startClient(context);
  await call("POST", "/api/v2/flows", { body: articleFlow() });
  for (const path of [FLOW, "/api/v2/workflows/wf_12345"]) {
    assert.equal((await call("DELETE", path)).status, 204);
    assert.equal((await call("DELETE", path)).status, 404);
    assert.equal((await call("GET", path)).status, 404);
  }
  assert.deepEqual(emulator.state().writes.workflows, { wf_12345: 1 });
});

test("an ETag changes with the flow and answers 304 to whoever has it", async (context) => {
  const { call, emulator } = await startClient(context);
  await call("POST", "/api/v2/flows", { body: articleFlow() });
  const etag = (await call("GET", FLOW)).headers.get("etag") ?? "";
  assert.match(etag, /^"[0-9a-f]+"$/);
  assert.equal((await call("GET", FLOW, { headers: { "if-none-match": etag } })).status, 304);
  emulator.editFlow("ivr_main_menu_v2", { name: "Edited" });
  const read = await call("GET", FLOW, { headers: { "if-none-match": etag } });
  assert.deepEqual([read.status, read.body.name], [200, "Edited"]);
});

test("a tenant may have no ETag", async (context) => {
  const { call } = await startClient(context, { etag: false });
  await call("POST", "/api/v2/flows", { body: articleFlow() });
  assert.equal((await call("GET", FLOW)).headers.get("etag"), null);
});

test("a tenant may have no versions on flows: none is shown, none is asked for, and the last write wins", async (context) => {
  const { call, emulator } = await startClient(context, { flowVersions: false });
  const created = await call("POST", "/api/v2/flows", { body: articleFlow() });
  assert.equal("version" in created.body, false);
  const put = await call("PUT", FLOW, { body: { ...articleFlow(), name: "Renamed" } });
  assert.deepEqual([put.status, "version" in put.body], [200, false]);
  assert.ok(!(await call("GET", "/api/v2/flows")).text.includes('"version"'));
  assert.equal(emulator.document("flow", "ivr_main_menu_v2")?.version, 2, "the controls see it all the same");
});

test("with addDefaults answers carry fields that nobody sent, in another order, and storing them again is no harm", async (context) => {
  const { call } = await startClient(context, { addDefaults: true });
  const flow = articleFlow();
  await call("POST", "/api/v2/flows", { body: flow });
  const { body } = await call("GET", FLOW);
  const nodes = flow.nodes.map((node) => ({ label: node.id, properties: {}, ...node })).reverse();
  assert.deepEqual(body.nodes, nodes);
  assert.deepEqual(body.connections, flow.connections.map((connection) => ({ priority: 0, ...connection })).reverse());
  assert.equal((await call("PUT", FLOW, { body })).status, 200);
  const { body: workflow } = await call("GET", "/api/v2/workflows/wf_12345");
  assert.deepEqual(workflow.nodes, [{ label: "start_node", properties: {}, id: "start_node", type: "start" }]);
});

test("an out-of-band edit merges objects, merges lists by id, removes what it is told to, and moves the version on", async (context) => {
  const { emulator } = await startClient(context, { now: () => 9 });
  const edited = emulator.editWorkflow("wf_12345", {
    name: "Edited",
    nodes: [
      { id: "start_node", properties: { x: 1 } },
      { id: "end_node", type: "end" },
    ],
  });
  assert.deepEqual(edited, {
    id: "wf_12345",
    name: "Edited",
    version: 4,
    nodes: [
      { id: "start_node", type: "start", properties: { x: 1 } },
      { id: "end_node", type: "end" },
    ],
    transitions: [],
    createdTimestamp: 1672531200000,
    lastUpdatedTimestamp: 9,
  });
  const again = emulator.editWorkflow("wf_12345", { transitions: null, nodes: [{ id: "end_node", $remove: true }] });
  assert.deepEqual(
    [again.nodes, "transitions" in again],
    [[{ id: "start_node", type: "start", properties: { x: 1 } }], false],
  );
  const byFunction = emulator.editWorkflow("wf_12345", (document) => ({
    ...document,
    name: `${String(document.name)}!`,
  }));
  assert.deepEqual([byFunction.name, byFunction.version], ["Edited!", 6]);
  assert.deepEqual(emulator.state().writes.workflows, {}, "no write of the API");
  assert.throws(() => emulator.editFlow("none", {}), /Flow none does not exist/);
});

test("a document may vanish without the API", async (context) => {
  const { call, emulator } = await startClient(context);
  assert.equal(emulator.removeDocument("workflow", "wf_12345"), true);
  assert.equal((await call("GET", "/api/v2/workflows/wf_12345")).status, 404);
  assert.equal(emulator.removeDocument("workflow", "wf_12345"), false);
});

test("an unknown path is 404 in the API's words, and logged", async (context) => {
  const { call, emulator } = await startClient(context);
  const answer = await call("GET", "/api/v2/nothing?x=1");
  assert.deepEqual([answer.status, answer.body.code], [404, "NotFound"]);
  const last = emulator.log().at(-1);
  assert.deepEqual([last?.path, last?.query, last?.status], ["/api/v2/nothing", "x=1", 404]);
});
