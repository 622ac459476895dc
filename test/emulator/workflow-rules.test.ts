import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSeed } from "../../src/emulator/seed.ts";
import { articleEmailNode, articleWorkflow, startClient } from "./client.ts";

const WORKFLOW = "/api/v2/workflows/wf_12345";
const START = { id: "start_node", type: "start", properties: {} };

function withProperties(change: Readonly<Record<string, unknown>>) {
  const node = articleEmailNode();
  return articleWorkflow([START, { ...node, properties: { ...node.properties, ...change } }]);
}

function withTransition(change: Readonly<Record<string, unknown>>) {
  const transition = { id: "tr_01", source: "start_node", target: "email_send_01", condition: "true", ...change };
  return { ...articleWorkflow([START, articleEmailNode()]), transitions: [transition] };
}

const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
  ["nodes that are no list", { ...articleWorkflow([]), nodes: {} }, /nodes must be a list/],
  ["a node without a type", articleWorkflow([{ id: "start_node" }]), /Node start_node: type/],
  ["a node id that is there twice", articleWorkflow([START, START]), /node id start_node is there twice/],
  ["properties that are no object", articleWorkflow([{ ...START, properties: [] }]), /Node start_node: properties/],
  ["an e-mail node without a template", withProperties({ templateId: "" }), /Node email_send_01: templateId/],
  [
    "a variable of an unknown scope",
    withProperties({ variables: { x: "$env.secret" } }),
    /Node email_send_01: variable x/,
  ],
  [
    "an attachment without a name",
    withProperties({ attachments: [{ fileId: "att_1" }] }),
    /attachments\[0\] must have fileId and fileName/,
  ],
  [
    "an attachment id without its prefix",
    withProperties({ attachments: [{ fileId: "f1", fileName: "a" }] }),
    /f1 must begin with att_/,
  ],
  ["a flag that is no boolean", withProperties({ trackOpens: "yes" }), /Node email_send_01: trackOpens/],
  [
    "a transition to an unknown node",
    withTransition({ target: "gone" }),
    /Transition tr_01: target names the unknown node gone/,
  ],
  ["a transition from nowhere", withTransition({ source: undefined }), /Transition tr_01: source/],
  ["another id than the path's", { ...articleWorkflow([START]), id: "wf_other" }, /id must be wf_12345/],
  ["no version", { ...articleWorkflow([START]), version: undefined }, /version must be the number/],
  ["text that is no JSON", "{", /not JSON/],
];

for (const [why, body, message] of REFUSED) {
  test(`${why} is 400 and named`, async (context) => {
    const { call, emulator } = await startClient(context);
    const answer = await call("PUT", WORKFLOW, { body });
    assert.equal(answer.status, 400);
    assert.match(String(answer.body.message), message);
    assert.equal(emulator.document("workflow", "wf_12345")?.version, 3);
  });
}

test("transitions between known nodes and system variables are accepted", async (context) => {
  const { call } = await startClient(context);
  assert.equal((await call("PUT", WORKFLOW, { body: withTransition({}) })).status, 200);
  const body = { ...withProperties({ variables: { now: "$system.date" } }), version: 4 };
  assert.equal((await call("PUT", WORKFLOW, { body })).status, 200);
});

test("an unknown template fails to compile, and the message names template and node", async (context) => {
  const { call, emulator } = await startClient(context);
  const answer = await call("PUT", WORKFLOW, { body: withProperties({ templateId: "tmpl_none" }) });
  assert.deepEqual([answer.status, answer.body.code], [400, "TemplateCompilationError"]);
  assert.deepEqual(answer.body.errors, [
    {
      message: "Node email_send_01: template tmpl_none does not compile: does not exist",
      node: "email_send_01",
      template: "tmpl_none",
    },
  ]);
  assert.deepEqual(emulator.state().writes.workflows, {});
});

test("a broken template fails to compile with the seed's words, on a PUT and on a POST", async (context) => {
  const seed = loadSeed(
    `workflows: [{ id: wf_12345, name: W, version: 3, nodes: [] }]
templates: [{ id: tmpl_inv_2024, broken: "unresolved macro {{total}}" }]`,
    "seed.yaml",
  );
  const { call } = await startClient(context, { seed });
  const body = withProperties({});
  for (const answer of [
    await call("PUT", WORKFLOW, { body }),
    await call("POST", "/api/v2/workflows", { body: { ...body, id: "wf_new" } }),
  ]) {
    assert.equal(answer.status, 400);
    assert.match(
      String(answer.body.message),
      /template tmpl_inv_2024 does not compile: unresolved macro \{\{total\}\}/,
    );
  }
});

test("a stale version is found before templates are compiled", async (context) => {
  const { call } = await startClient(context);
  const body = { ...withProperties({ templateId: "tmpl_none" }), version: 2 };
  assert.equal((await call("PUT", WORKFLOW, { body })).status, 409);
});
