import assert from "node:assert/strict";
import { test } from "node:test";
import { articleEmailNode, startClient } from "./client.ts";

const WORKFLOW = "/api/v2/workflows/wf_12345";

test("the workflow is the one that seed SE shows, field by field", async (context) => {
  const { call } = await startClient(context);
  const read = await call("GET", WORKFLOW);
  assert.equal(read.status, 200);
  assert.deepEqual(read.body, {
    id: "wf_12345",
    name: "Order Confirmation Workflow",
    version: 3,
    nodes: [{ id: "start_node", type: "start", properties: {} }],
    transitions: [],
    createdTimestamp: 1672531200000,
    lastUpdatedTimestamp: 1672617600000,
  });
});

test("a workflow that is not there is 404, as the article's client expects", async (context) => {
  const { call } = await startClient(context);
  assert.equal((await call("GET", "/api/v2/workflows/wf_demo_001")).status, 404);
});

test("the template and the attachments of the article are there, with sizes in bytes", async (context) => {
  const { call } = await startClient(context);
  const template = await call("GET", "/api/v2/interactions/templates/tmpl_inv_2024");
  assert.deepEqual(template.body, { id: "tmpl_inv_2024", name: "Invoice 2024", status: "active" });
  for (const fileId of ["att_pdf_001", "att_png_002"]) {
    const { status, body } = await call("GET", `/api/v2/interactions/attachments/${fileId}`);
    assert.deepEqual([status, body.fileId, typeof body.fileName, typeof body.size], [200, fileId, "string", "number"]);
  }
  assert.equal((await call("GET", "/api/v2/interactions/templates/tmpl_none")).status, 404);
  assert.equal((await call("GET", "/api/v2/interactions/attachments/att_none")).status, 404);
});

test("the article's PUT moves version 3 to 4 and keeps every field that it sends", async (context) => {
  const { call, emulator } = await startClient(context, { now: () => 1700000000000 });
  const read = await call("GET", WORKFLOW);
  const nodes = [{ id: "start_node", type: "start", properties: {} }, articleEmailNode()];
  const body = { ...read.body, nodes, lastUpdatedTimestamp: 1, custom: { kept: true } };
  const put = await call("PUT", WORKFLOW, { body });
  assert.equal(put.status, 200);
  assert.deepEqual(put.body, {
    ...body,
    version: 4,
    createdTimestamp: 1672531200000,
    lastUpdatedTimestamp: 1700000000000,
  });
  assert.deepEqual((await call("GET", WORKFLOW)).body, put.body);
  assert.deepEqual(emulator.state().writes.workflows, { wf_12345: 1 });
});

test("a stale PUT is 409 and writes nothing; after a re-fetch it goes through", async (context) => {
  const { call, emulator } = await startClient(context);
  const stale = await call("GET", WORKFLOW);
  emulator.editWorkflow("wf_12345", { name: "Renamed meanwhile" });
  const nodes = [{ id: "start_node", type: "start" }, articleEmailNode()];
  const refused = await call("PUT", WORKFLOW, { body: { ...stale.body, nodes } });
  assert.equal(refused.status, 409);
  assert.match(String(refused.body.message), /at version 4.*for version 3/);
  assert.deepEqual(emulator.state().writes.workflows, {});
  const fresh = await call("GET", WORKFLOW);
  const put = await call("PUT", WORKFLOW, { body: { ...fresh.body, nodes } });
  assert.deepEqual([put.status, put.body.version, put.body.name], [200, 5, "Renamed meanwhile"]);
});

test("the article's webhook is registered and never shows its secret; registering again makes a second one", async (context) => {
  const { call } = await startClient(context);
  const body = {
    name: "ESP Sync Webhook",
    url: "https://your-esp.example.com/webhook",
    events: ["workflow.updated"],
    enabled: true,
    headers: { "X-Source": "CXone-Workflow-Configurator", "X-Organization": "acme" },
    secret: "whsec_00112233445566778899aabbccddeeff",
  };
  const first = await call("POST", "/api/v2/webhooks", { body });
  assert.equal(first.status, 201);
  assert.equal(typeof first.body.id, "string");
  const { secret, ...shown } = body;
  assert.deepEqual(first.body, { ...shown, id: first.body.id });
  const { secret: _, ...withoutSecret } = body;
  const second = await call("POST", "/api/v2/webhooks", { body: withoutSecret });
  assert.equal(second.status, 201, "the complete example of the article sends no secret");
  const list = await call("GET", "/api/v2/webhooks");
  assert.equal(list.body.total, 2);
  assert.ok(!list.text.includes(secret));
});
