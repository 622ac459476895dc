/** What is ours is what we made, not what somebody makes later under its name. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { EMAIL, FLOW, flowNamed } from "../helpers/manifests.ts";
import { createFlow } from "../helpers/other-client.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const THEIRS = { id: "ivr_main_menu_v2", name: "Theirs", type: "IVR" };

it("a flow that somebody deleted and made anew is theirs, and --prune leaves it alone", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "other.yaml": flowNamed("other") });
  await world.apply();
  world.remove("flow.yaml");
  world.emulator.removeDocument("flow", "ivr_main_menu_v2");
  await createFlow(world.emulator.url, THEIRS);
  const ran = await world.run("apply", "--auto-approve", "--prune");
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /kept: what we managed was deleted, and somebody has made another one since/);
  assert.equal(world.emulator.document("flow", "ivr_main_menu_v2")?.["name"], "Theirs");
  assert.equal((await world.plan()).plan.changes.length, 1, "and from now on it is none of our business");
});

it("a flow that was found gone is ours no longer, whatever stands there later", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "other.yaml": flowNamed("other") });
  await world.apply();
  world.remove("flow.yaml");
  world.emulator.removeDocument("flow", "ivr_main_menu_v2");
  assert.match((await world.apply()).stdout, /^ {2}recorded without a write: Flow\/main-menu$/m);
  await createFlow(world.emulator.url, THEIRS);
  assert.equal((await world.plan()).plan.changes.length, 1);
});

it("a node that has become another type is not taken out", async (t) => {
  const world = await openEmulatedWorld(t, { "mail.yaml": EMAIL, "other.yaml": flowNamed("other") });
  await world.apply();
  world.remove("mail.yaml");
  world.emulator.editWorkflow("wf_12345", { nodes: [{ id: "email_send_01", type: "sms" }] });
  const ran = await world.run("apply", "--auto-approve", "--prune");
  assert.match(ran.stdout, /orphaned, but kept: .*is live as type "sms"/);
  assert.match(JSON.stringify(world.emulator.document("workflow", "wf_12345")), /"type":"sms"/);
});

it("a write whose fate nobody knows stays open, and the next run accounts for it", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  world.emulator.addFault({ match: { method: "POST", path: "/api/v2/flows" }, fault: { type: "lost-answer" } });
  world.emulator.addFault({
    match: { method: "GET", path: "/api/v2/flows/*" },
    after: 1,
    times: "always",
    fault: { type: "status", status: 500 },
  });
  await world.apply(1);
  assert.equal(world.trail().at(-1)?.["type"], "intent");
  world.emulator.clearFaults();
  const ran = await world.apply();
  assert.match(ran.stderr, /left Flow main-menu open; done/);
  assert.deepEqual(world.writes(), ["POST /api/v2/flows"]);
  world.write({ "flow.yaml": flowNamed("another") });
  assert.match((await world.run("plan")).stdout, /report Flow main-menu.*\n.*orphaned/, "it is ours");
});

it("the trail says what a write replaced, also when that came after the plan", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  const edit = { nodes: [{ id: "node_queue_03", properties: { skill: "Retention" } }] };
  world.emulator.addFault({ match: { method: "PUT" }, fault: { type: "concurrent-edit", edit } });
  assert.equal((await world.run("reconcile")).code, 0);
  assert.deepEqual(world.trail().at(-1)?.["live"], { "/nodes/node_queue_03/properties/skill": "Retention" });
});

it("an id that comes from the environment, or reads like a secret, does not make us forget what is ours", async (t) => {
  const flow = FLOW.replace("ivr_main_menu_v2", "ivr_${env:STAGE}_menu");
  const literal = flowNamed("prod_other");
  const world = await openEmulatedWorld(
    t,
    { "flow.yaml": flow, "literal.yaml": literal, "stays.yaml": flowNamed("stays") },
    {},
    { STAGE: "prod" },
  );
  await world.apply();
  world.remove("flow.yaml", "literal.yaml");
  const { plan } = await world.plan();
  assert.deepEqual(
    plan.changes.map(({ action }) => action),
    ["unchanged", "report", "report"],
  );
  const ran = await world.run("apply", "--auto-approve", "--prune");
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.equal(world.emulator.document("flow", "ivr_prod_menu"), undefined);
  assert.equal(world.emulator.document("flow", "ivr_prod_other"), undefined);
});

it("what was hidden when it was kept is named by a restore that cannot put it back", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW }, {}, { UNRELATED: "billing-desk-17" });
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: billing-desk-17") });
  await world.apply();
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  await world.apply();
  const { runs } = JSON.parse((await world.run("audit", "log", "--runs", "--output", "json")).stdout);
  const ran = await world.run("restore", runs.at(-1).run, "--auto-approve");
  assert.match(
    ran.stderr,
    /not kept, because it was secret, and stays as it is live: \/nodes\/node_queue_03\/properties\/skill/,
  );
});
