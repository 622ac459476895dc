/** Other people write at the same time: their edits survive, or we stop and say so. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { EMAIL, FLOW, WEBHOOK, WORKFLOW } from "../helpers/manifests.ts";
import { createFlow } from "../helpers/other-client.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const PUT_WORKFLOW = { method: "PUT", path: "/api/v2/workflows/wf_12345" };

it("re-applies on top of a foreign edit that came between read and write, and the edit survives", async (t) => {
  const world = await openEmulatedWorld(t, { "mail.yaml": EMAIL });
  const edit = { nodes: [{ id: "sms_send_01", type: "sms", properties: { text: "from a colleague" } }] };
  world.emulator.addFault({ match: PUT_WORKFLOW, fault: { type: "concurrent-edit", edit } });
  const ran = await world.apply();
  assert.match(ran.stdout, /done create EmailNode order-confirmation.*one other write came first/);
  const nodes = JSON.stringify(world.emulator.document("workflow", "wf_12345"));
  assert.match(nodes, /from a colleague/);
  assert.match(nodes, /email_send_01/);
  assert.equal((await world.run("drift")).code, 0);
  assert.equal(world.trail().at(-1)?.["conflicts"], 1);
});

it("stops, and changes nothing, when the conflicting edit is in the part that git owns", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  const edit = { nodes: [{ id: "node_queue_03", properties: { skill: "Support" } }] };
  world.emulator.addFault({ match: { method: "PUT" }, fault: { type: "concurrent-edit", edit } });
  const ran = await world.apply(3);
  assert.match(ran.stdout, /stale update Flow main-menu/);
  assert.match(ran.stdout, /skill was "Billing" in the plan, is "Support" now, and git asks for "Sales"/);
  assert.match(JSON.stringify(world.emulator.document("flow", "ivr_main_menu_v2")), /"skill":"Support"/);
});

it("finds a conflicting write that did the same already done", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  const edit = { nodes: [{ id: "node_queue_03", properties: { skill: "Sales" } }] };
  world.emulator.addFault({ match: { method: "PUT" }, fault: { type: "concurrent-edit", edit } });
  assert.match((await world.apply()).stdout, /already-done update Flow main-menu/);
});

it("never creates a second one when somebody created the flow after the plan", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  // Read as absent by the plan; by the time of the POST it is there, because this read lies.
  const other = { id: "ivr_main_menu_v2", name: "Theirs", type: "IVR", nodes: [], connections: [] };
  world.emulator.addFault({
    match: { method: "GET", path: "/api/v2/flows/ivr_main_menu_v2" },
    fault: { type: "status", status: 404 },
  });
  await createFlow(world.emulator.url, other);
  const ran = await world.apply(3);
  assert.match(ran.stdout, /stale create Flow main-menu/);
  assert.equal(world.emulator.document("flow", "ivr_main_menu_v2")?.["name"], "Theirs");
});

it("gives up after four attempts against a writer that never rests, and says so", async (t) => {
  const world = await openEmulatedWorld(t, { "mail.yaml": EMAIL });
  world.emulator.addFault({
    match: PUT_WORKFLOW,
    times: "always",
    fault: { type: "concurrent-edit", edit: { touched: true } },
  });
  const ran = await world.apply(1);
  assert.match(ran.stdout, /failed create EmailNode order-confirmation/);
  assert.match(ran.stdout, /gave up after 4 attempts/);
  assert.equal(world.emulator.log().filter(({ method }) => method === "PUT").length, 4);
});

it("two applies at once in one folder register a webhook once, and the second finds nothing left to do", async (t) => {
  const world = await openEmulatedWorld(t, { "hook.yaml": WEBHOOK }, {}, { HOOK_SECRET: "whsec_cGxhbnRlZA" });
  const slow = { type: "slow", milliseconds: 150 } as const;
  world.emulator.addFault({ match: { method: "GET", path: "/api/v2/webhooks" }, times: "always", fault: slow });
  const runs = await Promise.all([world.run("apply", "--auto-approve"), world.run("apply", "--auto-approve")]);
  for (const { code, stdout, stderr } of runs) assert.equal(code, 0, stdout + stderr);
  assert.deepEqual(world.writes(), ["POST /api/v2/webhooks"]);
  assert.equal((await world.run("audit", "verify")).code, 0);
});

it("an e-mail node does not go out when the workflow part that brings its neighbour was stopped", async (t) => {
  const world = await openEmulatedWorld(t, { "workflow.yaml": WORKFLOW });
  await world.apply();
  world.emulator.clearLog();
  world.write({
    "workflow.yaml": WORKFLOW.replace(
      "- { id: end_node, type: end }",
      "- { id: end_node, type: end }\n    - { id: mid, type: wait }",
    ),
    "mail.yaml": EMAIL.replace("wf_12345", "wf_service_visit").replace("after: [start_node]", "after: [mid]"),
  });
  const edit = { name: "Renamed by hand" };
  world.emulator.addFault({ match: { method: "PUT" }, fault: { type: "concurrent-edit", edit } });
  const ran = await world.apply(3);
  assert.match(ran.stdout, /stale update Workflow service-visit/);
  assert.match(ran.stdout, /skipped create EmailNode order-confirmation.*\n.*"mid".*\(apply\/unsuited\)/);
  assert.deepEqual(world.writes(), [], "the refused PUT is the only one that was sent");
});

it("a chain of e-mail nodes stops as a whole when the node that it hangs on is gone", async (t) => {
  const first = EMAIL.replace("order-confirmation", "a-second")
    .replace("email_send_01", "email_02")
    .replace("[start_node]", "[email_03]");
  const second = EMAIL.replace("order-confirmation", "b-first").replace("email_send_01", "email_03");
  const world = await openEmulatedWorld(t, { "mail.yaml": `${first}---\n${second}` });
  const edit = {
    nodes: [
      { id: "start_node", $remove: true },
      { id: "other", type: "start" },
    ],
  };
  world.emulator.addFault({ match: PUT_WORKFLOW, fault: { type: "concurrent-edit", edit } });
  const ran = await world.apply(3);
  assert.match(ran.stdout, /skipped create EmailNode a-second/);
  assert.match(ran.stdout, /skipped create EmailNode b-first/);
  assert.equal(world.emulator.log().filter(({ method }) => method === "PUT").length, 1);
});
