/** `plan --out FILE` and `apply FILE`: exactly what was approved is written. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { flowNamed } from "../helpers/manifests.ts";
import { openEmulatedWorld } from "../helpers/world.ts";
import { CHANGE, FLOW_ID, MANIFESTS, MENU, openPlannedWorld, PUT_FLOW, SECRETS } from "./planned-world.ts";

it("is applied once, without asking, and then there is nothing left to do", async (t) => {
  const world = await openPlannedWorld(t);
  const first = await world.applyFile();
  assert.equal(first.code, 0, first.said);
  assert.match(first.said, /done update Flow main-menu {2}version 2\n[\s\S]*1 applied\./);
  assert.deepEqual(first.writes, [PUT_FLOW]);
  assert.equal((await world.run("drift")).code, 0);
  const again = await world.applyFile();
  assert.match(again.said, /No changes/);
  assert.deepEqual([again.code, again.writes], [0, []]);
  world.write({ "menu.yaml": MENU });
  const reverted = await world.applyFile();
  assert.deepEqual([reverted.code, reverted.writes], [3, []], "what git asks for now is not what was approved");
});

describe("what the plan is not about does not stop it", () => {
  it("edits of other documents, and of what nobody here owns; they survive", async (t) => {
    const world = await openPlannedWorld(t);
    const { emulator } = world;
    emulator.editFlow(FLOW_ID, { note: "theirs", nodes: [{ id: "node_dtmf_02", properties: { voice: "theirs" } }] });
    emulator.editWorkflow("wf_12345", {
      name: "Renamed",
      nodes: [
        { id: "theirs", type: "wait" },
        { id: "email_send_01", properties: { colour: "theirs" } },
      ],
    });
    emulator.editWebhook(String(emulator.state().webhooks[0]?.id), { headers: { "x-theirs": "1" } });
    const ran = await world.applyFile();
    assert.deepEqual([ran.code, ran.writes], [0, [PUT_FLOW]], ran.said);
    assert.equal(world.skill(), "Sales");
    assert.match(
      JSON.stringify(emulator.document("flow", FLOW_ID)),
      /"note":"theirs".*"voice":"theirs"|"voice":"theirs".*"note":"theirs"/,
    );
    assert.equal((await world.run("drift")).code, 0);
  });

  it("an edit that makes it exactly as planned", async (t) => {
    const world = await openPlannedWorld(t);
    world.emulator.editFlow(FLOW_ID, { nodes: [{ id: "node_queue_03", properties: { skill: "Sales" } }] });
    const ran = await world.applyFile();
    assert.deepEqual([ran.code, ran.writes], [0, []], ran.said);
    assert.match(ran.said, /No changes/);
  });
});

it("finishes what a first time left half done: an update, a create and a delete", async (t) => {
  const world = await openEmulatedWorld(t, MANIFESTS, {}, SECRETS);
  await world.apply();
  world.write({ ...CHANGE, "new.yaml": flowNamed("new") });
  world.remove("hook.yaml");
  assert.equal((await world.run("plan", "--prune", "--out", "plan.json")).code, 0);
  const hook = `DELETE /api/v2/webhooks/${world.emulator.state().webhooks[0]?.id}`;
  const body = { message: "not today" };
  const match = { method: "POST", path: "/api/v2/flows" };
  world.emulator.addFault({ match, fault: { type: "status", status: 422, body } });
  world.emulator.clearLog();
  const first = await world.run("apply", "plan.json");
  assert.equal(first.code, 4, first.stdout + first.stderr);
  assert.match(first.stdout, /failed create Flow new\n.*not today/);
  assert.deepEqual(world.writes(), [PUT_FLOW, hook], "the flag went with the file");
  world.emulator.clearLog();
  const second = await world.run("apply", "plan.json");
  assert.equal(second.code, 0, second.stdout + second.stderr);
  assert.deepEqual(world.writes(), ["POST /api/v2/flows"]);
  assert.match((await world.run("apply", "plan.json")).stdout, /No changes/);
});

it("is not saved when it could not be applied", async (t) => {
  const world = await openEmulatedWorld(t, MANIFESTS, {}, SECRETS);
  await world.apply();
  const protect = (text: string) =>
    text.replace("{ name: main-menu }", '{ name: main-menu, annotations: { cxone-gitops/protect: "true" } }');
  const cases: readonly (readonly [what: string, flow: string, code: number])[] = [
    ["an error in a manifest", CHANGE["menu.yaml"].replace("start: node_start_01", "start: node_gone"), 1],
    ["a protected resource", protect(CHANGE["menu.yaml"]), 3],
  ];
  for (const [what, flow, code] of cases) {
    world.write({ "menu.yaml": flow });
    const ran = await world.run("plan", "--out", "plan.json");
    assert.equal(ran.code, code, what);
    assert.match(ran.stderr, /not saved to plan\.json: this plan could not be applied/, what);
    assert.ok(!existsSync(join(world.folder, "plan.json")), what);
  }
  const match = { method: "GET", path: `/api/v2/flows/${FLOW_ID}` };
  world.emulator.addFault({ match, times: "always", fault: { type: "status", status: 403 } });
  assert.equal((await world.run("plan", "--out", "plan.json", "--allow-protected")).code, 1, "an unknown read");
  assert.ok(!existsSync(join(world.folder, "plan.json")));
  world.emulator.clearFaults();
  assert.equal((await world.run("plan", "--out", "plan.json", "--allow-protected")).code, 0);
  assert.match(
    (await world.run("apply", "plan.json")).stdout,
    /done update Flow main-menu/,
    "the flag goes with the file",
  );
});

it("is guarded again when it is applied", async (t) => {
  const world = await openPlannedWorld(t);
  const usage = await world.applyFile("--prune", "--adopt", "--allow-large-change", "--allow-protected");
  assert.match(
    usage.said,
    /--prune and --adopt and --allow-large-change and --allow-protected cannot be added to a saved plan \(usage\)/,
  );
  assert.deepEqual([usage.code, world.emulator.log().length], [1, 0]);

  const match = { method: "GET", path: "/api/v2/flows/ivr_night" };
  world.emulator.addFault({ match, times: "always", fault: { type: "status", status: 500 } });
  const unknown = await world.applyFile();
  assert.deepEqual([unknown.code, unknown.writes], [1, []], "what cannot be read has perhaps moved");
  world.emulator.clearFaults();

  const annotations = '{ name: main-menu, annotations: { cxone-gitops/protect: "true" } }';
  world.write({ "menu.yaml": CHANGE["menu.yaml"].replace("{ name: main-menu }", annotations) });
  const guarded = await world.applyFile();
  assert.deepEqual([guarded.code, guarded.writes], [3, []], "protected since");
  assert.match(guarded.said, /protect/);
  world.write(CHANGE);
  assert.deepEqual((await world.applyFile()).writes, [PUT_FLOW]);
});
