/** What a scheduler runs: git wins over edits of what it owns, the trail keeps what was overwritten, and one line says so. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { FaultRule } from "../../src/emulator/faults.ts";
import { withoutCost } from "../helpers/costs.ts";
import { EMAIL, FLOW, flowNamed } from "../helpers/manifests.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

const FLOW_ID = "ivr_main_menu_v2";
const FLOW_PATH = `/api/v2/flows/${FLOW_ID}`;
const PUT_FLOW = { method: "PUT", path: FLOW_PATH };

const byHand = (skill: string) => ({ nodes: [{ id: "node_queue_03", properties: { skill } }] });

const flowText = (world: EmulatedWorld) => JSON.stringify(world.emulator.document("flow", FLOW_ID));

async function reconcile(world: EmulatedWorld, code = 0, ...flags: readonly string[]) {
  const ran = await world.run("reconcile", ...flags);
  assert.equal(ran.code, code, `${ran.stdout}\n${ran.stderr}`);
  return ran;
}

/** What the trail has kept of a document before it was written over. */
function keptBefore(world: EmulatedWorld): readonly string[] {
  return world.trail().flatMap(({ type, image }) => {
    if (type !== "intent" || typeof image !== "string") return [];
    const file = `${image.slice("sha256:".length)}.json`;
    return [readFileSync(join(world.folder, ".cxone-gitops", "audit.jsonl.objects", file), "utf8")];
  });
}

it("repairs an edit of what git owns, leaves every other, says so in one line, and then has nothing to do", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "mail.yaml": EMAIL });
  const created = await reconcile(world);
  assert.match(created.stdout, /^dev: 2 applied\. \(run \S+\)\n$/, "nobody is asked");
  world.emulator.editFlow(FLOW_ID, { ...byHand("Support"), ownerTeam: "dispatch" });
  world.emulator.editWorkflow("wf_12345", {
    nodes: [{ id: "sms_send_01", type: "sms", properties: { text: "from a colleague" } }],
  });
  world.emulator.clearLog();

  const repaired = await reconcile(world);
  assert.match(repaired.stdout, /^dev: 1 applied\. \(run \S+\)\n$/);
  assert.equal(withoutCost(repaired.stderr), "");
  assert.deepEqual(world.writes(), [`PUT ${FLOW_PATH}`]);
  assert.match(flowText(world), /"skill":"Billing"/);
  assert.match(flowText(world), /"ownerTeam":"dispatch"/);
  assert.match(JSON.stringify(world.emulator.document("workflow", "wf_12345")), /from a colleague/);
  assert.match(keptBefore(world).at(-1) ?? "", /"skill":"Support"/);

  world.emulator.clearLog();
  const quiet = await reconcile(world);
  assert.equal(quiet.stdout, "dev: No changes: live equals desired for 2 resources.\n");
  assert.deepEqual(world.writes(), []);
  assert.equal((await world.run("audit", "verify")).code, 0);
});

it("an owned edit that comes between read and write is overwritten, and kept where the trail says", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  const edit = { ...byHand("Support"), ownerTeam: "dispatch" };
  world.emulator.addFault({ match: PUT_FLOW, fault: { type: "concurrent-edit", edit } });
  await reconcile(world);
  assert.match(flowText(world), /"skill":"Sales"/);
  assert.match(flowText(world), /"ownerTeam":"dispatch"/, "the same person's edit of something else survives");
  const [planned, overwritten, ...more] = keptBefore(world);
  assert.deepEqual(more, []);
  assert.match(planned ?? "", /"skill":"Billing"/);
  assert.match(overwritten ?? "", /"skill":"Support"/);
  const run = String(world.trail().at(-1)?.["run"]);
  assert.equal(world.trail().at(-1)?.["conflicts"], 1);

  const restored = await world.run("restore", run, "--auto-approve");
  assert.equal(restored.code, 0, restored.stdout);
  assert.match(flowText(world), /"skill":"Support"/, "so it can be put back");
});

it("what was deleted between read and write is left to the next run, which creates it", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  world.emulator.clearLog();
  world.emulator.addFault({ match: PUT_FLOW, fault: { type: "conflict" } });
  // The plan's read finds it, the one after the conflict does not.
  const gone = { match: { method: "GET", path: FLOW_PATH }, after: 1, fault: { type: "status", status: 404 } } as const;
  world.emulator.addFault(gone);
  const stale = await reconcile(world, 3);
  assert.match(stale.stdout, /^dev: 1 stale\. \(run \S+\)\n {2}stale update Flow main-menu.*\n.*it was deleted/);
  assert.deepEqual(world.writes(), []);
  world.emulator.removeDocument("flow", FLOW_ID);
  await reconcile(world);
  assert.deepEqual(world.writes(), ["POST /api/v2/flows"]);
});

describe("exit codes, and what is told in full", () => {
  const status = (code: number): FaultRule["fault"] => ({
    type: "status",
    status: code,
    body: { message: "no skill" },
  });
  const protectedFlow = FLOW.replace(
    "name: main-menu }",
    `name: main-menu, annotations: { cxone-gitops/protect: "true" } }`,
  );
  const cases: readonly {
    readonly reason: string;
    readonly flow: string;
    readonly fault: FaultRule | undefined;
    readonly keepMoves: boolean;
    readonly code: number;
    readonly said: RegExp;
    readonly writes: number;
  }[] = [
    {
      reason: "1, a read failed: the plan, and nothing is written",
      flow: FLOW,
      fault: { match: { method: "GET", path: FLOW_PATH }, times: "always", fault: status(403) },
      keepMoves: true,
      code: 1,
      said: /Plan for tenant dev[\s\S]*unknown: [\s\S]*Nothing will be applied: 1 unknown resource\./,
      writes: 0,
    },
    {
      reason: "1, a manifest is wrong: the findings",
      flow: FLOW.replace("type: terminal", "type: decision"),
      fault: undefined,
      keepMoves: true,
      code: 1,
      said: /manifests\/flow\.yaml:\d+:\d+ error [\s\S]*Nothing will be applied/,
      writes: 0,
    },
    {
      reason: "3, a guard refuses: the plan with its refusal",
      flow: protectedFlow,
      fault: undefined,
      keepMoves: true,
      code: 3,
      said: /refused Flow "main-menu" is protected/,
      writes: 0,
    },
    {
      reason: "1, every write failed: the line and the error",
      flow: FLOW,
      fault: { match: PUT_FLOW, fault: status(422) },
      keepMoves: false,
      code: 1,
      said: /^dev: 1 failed\. \(run \S+\)\n {2}failed update Flow main-menu\n.*no skill.*\(api\/rejected\)/,
      writes: 0,
    },
    {
      reason: "4, some of them: the line and the error",
      flow: FLOW,
      fault: { match: PUT_FLOW, fault: status(422) },
      keepMoves: true,
      code: 4,
      said: /^dev: 1 applied, 1 failed\. \(run \S+\)\n {2}failed update Flow main-menu\n/,
      writes: 1,
    },
  ];
  for (const { reason, flow, fault, keepMoves, code, said, writes } of cases) {
    it(reason, async (t) => {
      const world = await openEmulatedWorld(t, {
        "flow.yaml": flow === protectedFlow ? flow : FLOW,
        "keep.yaml": flowNamed("keep"),
      });
      await world.apply();
      world.write({ "flow.yaml": flow });
      world.emulator.editFlow(FLOW_ID, byHand("Support"));
      if (keepMoves) world.emulator.editFlow("ivr_keep", byHand("Support"));
      if (fault !== undefined) world.emulator.addFault(fault);
      world.emulator.clearLog();
      const ran = await reconcile(world, code);
      assert.match(ran.stdout, said);
      assert.equal(world.writes().length, writes);
    });
  }
});

it("as JSON one document, with a run only when there was something to write", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  const first = JSON.parse((await reconcile(world, 0, "--output", "json")).stdout);
  assert.deepEqual(Object.keys(first).toSorted(), ["formatVersion", "outcomes", "plan", "recorded", "requests", "run"]);
  assert.equal(first.formatVersion, 1);
  assert.equal(first.run, world.trail()[0]?.["run"]);
  assert.equal(first.plan.summary.create, 1);
  assert.equal(first.outcomes[0].outcome, "done");
  const second = JSON.parse((await reconcile(world, 0, "--output", "json")).stdout);
  assert.deepEqual([second.run, second.outcomes, second.plan.summary.unchanged], [null, [], 1]);
});
