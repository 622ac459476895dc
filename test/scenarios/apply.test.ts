/** Plan, apply, plan again: what is created and updated, and that a second apply sends nothing. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../../src/model/json.ts";
import { documentWithoutCost } from "../helpers/costs.ts";
import { EMAIL, FLOW, flowNamed, SECOND_EMAIL, WEBHOOK, WORKFLOW } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const ALL = {
  "flow.yaml": FLOW,
  "mail.yaml": `${EMAIL}---\n${SECOND_EMAIL}`,
  "hook.yaml": WEBHOOK,
  "workflow.yaml": WORKFLOW,
};
const SECRET = { HOOK_SECRET: "whsec_cGxhbnRlZC1zZWNyZXQ" };

it("creates everything with one write a document, in order; then nothing; then one change makes one write", async (t) => {
  const world = await openEmulatedWorld(t, ALL, {}, SECRET);
  const first = await world.plan();
  assert.equal(first.code, 0);
  assert.deepEqual(first.plan.summary, { create: 5, update: 0, delete: 0, unchanged: 0, unknown: 0, refused: 0 });
  assert.deepEqual(world.writes(), [], "a plan writes nothing");

  await world.apply();
  assert.deepEqual(world.writes().toSorted(), [
    "POST /api/v2/flows",
    "POST /api/v2/webhooks",
    "POST /api/v2/workflows",
    "PUT /api/v2/workflows/wf_12345",
  ]);
  assert.equal(world.writes().at(-1), "POST /api/v2/webhooks", "webhooks come last");

  world.emulator.clearLog();
  await world.apply();
  const second = await world.run("plan", "--detailed-exitcode");
  assert.equal(second.code, 0);
  assert.match(second.stdout, /No changes: live equals desired for 5 resources/);
  assert.deepEqual(world.writes(), [], "a second apply sends no write");

  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  const changed = await world.run("plan", "--detailed-exitcode");
  assert.equal(changed.code, 2);
  assert.match(changed.stdout, /~ \/nodes\/node_queue_03\/properties\/skill: "Billing" → "Sales"/);
  await world.apply();
  assert.deepEqual(world.writes(), ["PUT /api/v2/flows/ivr_main_menu_v2"]);
  assert.equal((await world.run("drift")).code, 0);
});

it("puts e-mail nodes into a workflow of others and leaves the rest of it alone", async (t) => {
  const world = await openEmulatedWorld(t, { "mail.yaml": `${EMAIL}---\n${SECOND_EMAIL}` });
  const before = world.emulator.editWorkflow("wf_12345", {
    owner: "another team",
    nodes: [{ id: "sms_send_01", type: "sms", properties: { text: "hello" }, "x-colour": "blue" }],
    transitions: [{ id: "tr_foreign", source: "start_node", target: "sms_send_01", condition: "vip" }],
  });
  await world.apply();
  const after = world.emulator.document("workflow", "wf_12345");
  const foreign = (document: JsonObject | undefined) => ({
    owner: document?.["owner"],
    created: document?.["createdTimestamp"],
    nodes: listOf(document?.["nodes"]).filter(({ id }) => !String(id).startsWith("email_")),
    transitions: listOf(document?.["transitions"]).filter(({ id }) => id === "tr_foreign"),
  });
  assert.deepEqual(foreign(after), foreign(before));
  assert.equal(listOf(after?.["nodes"]).length, 4);
  assert.equal(listOf(after?.["transitions"]).length, 3, "start → 01, 01 → 02, and theirs");
});

it("sees no change in server defaults, added fields, other order and other connection ids", async (t) => {
  const world = await openEmulatedWorld(t, ALL, { addDefaults: true }, SECRET);
  await world.apply();
  world.emulator.editFlow("ivr_main_menu_v2", (flow) => ({
    reviewedBy: "server",
    ...flow,
    nodes: listOf(flow["nodes"]).toReversed(),
    connections: listOf(flow["connections"])
      .toReversed()
      .map((connection, index) => ({
        ...connection,
        id: `conn_remade_${index}`,
        condition: ` ${connection["condition"]} `,
      })),
  }));
  const { plan } = await world.plan();
  assert.deepEqual(
    plan.changes.filter(({ action }) => action !== "unchanged"),
    [],
  );

  world.emulator.editFlow("ivr_main_menu_v2", { nodes: [{ id: "node_queue_03", properties: { skill: "Sales" } }] });
  const control = await world.plan();
  assert.deepEqual(
    control.plan.changes.flatMap(({ patch }) => patch),
    [{ op: "replace", path: "/nodes/node_queue_03/properties/skill", value: "Billing" }],
  );
});

it("gives the same plan, byte for byte, whatever the order of files and documents", async (t) => {
  const world = await openEmulatedWorld(t, { "a.yaml": `${FLOW}---\n${EMAIL}`, "b.yaml": flowNamed("billing") });
  const first = await world.run("plan", "--output", "json");
  const other = await openEmulatedWorld(t, { "1.yaml": flowNamed("billing"), "2.yaml": EMAIL, "3.yaml": FLOW });
  const second = await other.run("plan", "--output", "json");
  const [one, same] = [first, second].map(({ stdout }) => JSON.stringify(documentWithoutCost(stdout)));
  assert.equal(same, one);
});

it("creates a flow again that was deleted by hand within the hours that the tenant remembers its key", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  world.emulator.removeDocument("flow", "ivr_main_menu_v2");
  await world.apply();
  assert.ok(world.emulator.document("flow", "ivr_main_menu_v2"), "an old answer repeated is not taken for a creation");
});

function listOf(value: Json | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : [];
}
