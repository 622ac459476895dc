/** Some of it works: what failed stops nothing but what depends on it, and the next run does the rest. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { EMAIL, FLOW, flowNamed, WORKFLOW } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

const MAIL_IN_NEW = EMAIL.replace("wf_12345", "wf_service_visit");

it("what is refused stops only what lives in it, the summary says what was done, and the next run finishes it", async (t) => {
  const manifests = {
    "flow.yaml": FLOW,
    "other.yaml": flowNamed("zz-menu"),
    "wf.yaml": WORKFLOW,
    "m.yaml": MAIL_IN_NEW,
  };
  const world = await openEmulatedWorld(t, manifests);
  const refuse = (path: string) => {
    const body = { code: "Invalid", message: "the editor is closed today" };
    world.emulator.addFault({ match: { method: "POST", path }, fault: { type: "status", status: 422, body } });
  };
  refuse("/api/v2/flows");
  refuse("/api/v2/workflows");
  const ran = await world.apply(4);
  assert.match(ran.stdout, /failed create Workflow service-visit\n.*the editor is closed today/);
  assert.match(
    ran.stdout,
    /skipped create EmailNode order-confirmation\n.*workflow "wf_service_visit" could not be created: .*the editor is closed today/,
  );
  assert.match(ran.stdout, /failed create Flow (main-menu|zz-menu)\n.*the editor is closed today/);
  assert.match(ran.stdout, /done create Flow (main-menu|zz-menu)/);
  assert.match(ran.stdout, /1 applied, 2 failed, 1 skipped\./);
  assert.deepEqual(world.writes(), ["POST /api/v2/flows"]);

  world.emulator.clearLog();
  const again = await world.apply();
  assert.match(again.stdout, /3 applied\./);
  assert.deepEqual(world.writes().toSorted(), ["POST /api/v2/flows", "POST /api/v2/workflows"]);
  assert.equal((await world.run("plan", "--detailed-exitcode")).code, 0);
  assert.equal((await world.run("audit", "verify")).code, 0);
});

it("what somebody else makes of a write within the window is told field by field", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  // The plan's read passes; each look after the write finds what an automation of the tenant makes of it.
  const edit = { nodes: [{ id: "node_queue_03", properties: { skill: "Billing (auto)" } }] };
  world.emulator.addFault({
    match: { method: "GET", path: "/api/v2/flows/*" },
    after: 1,
    fault: { type: "concurrent-edit", edit },
  });
  const ran = await world.apply(1);
  assert.match(ran.stdout, /failed create Flow main-menu/);
  assert.match(
    ran.stdout,
    /live is not as desired: \/nodes\/node_queue_03\/properties\/skill is "Billing \(auto\)", and git asks for "Billing"/,
  );
  const outcome = world.trail().at(-1);
  assert.equal(outcome?.["outcome"], "failed");
  assert.match(JSON.stringify(outcome?.["error"]), /apply\/verify.*Billing \(auto\)/);
  assert.deepEqual(world.writes(), ["POST /api/v2/flows"], "it is not fought over");
});

it("a write that shows late is waited for, and not sent again", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  world.emulator.addFault({ match: { method: "GET", path: "/api/v2/flows/*" }, after: 1, fault: { type: "lag" } });
  const ran = await world.apply();
  assert.match(ran.stdout, /done create Flow main-menu/);
  assert.deepEqual(world.writes(), ["POST /api/v2/flows"]);
});
