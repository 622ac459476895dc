/** A run that ended before it could say what became of its writes is accounted for by the next one, before that plans. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { FaultRule } from "../../src/emulator/faults.ts";
import { mountSmallDisk } from "../audit/world.ts";
import { withoutCost } from "../helpers/costs.ts";
import { EMAIL, FLOW, flowNamed, WEBHOOK, WORKFLOW } from "../helpers/manifests.ts";
import { startRun } from "../helpers/running.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

const FLOW_ID = "ivr_main_menu_v2";
const FLOW_PATH = `/api/v2/flows/${FLOW_ID}`;
const SALES = FLOW.replace("skill: Billing", "skill: Sales");
const RETAIL = FLOW.replace("skill: Billing", "skill: Retail");
const SLOW = { type: "slow", milliseconds: 120_000 } as const;
const APPLY = ["apply", "--auto-approve"] as const;

/** Kills an apply when its write has arrived; `fault` decides whether that write was carried out by then. */
async function killAtPut(world: EmulatedWorld, fault: FaultRule["fault"]): Promise<void> {
  world.emulator.clearLog();
  world.emulator.addFault({ match: { method: "PUT", path: FLOW_PATH }, times: "always", fault });
  const running = startRun(world, ...APPLY);
  await running.untilSent("PUT", FLOW_PATH);
  await running.end("SIGKILL");
  world.emulator.clearFaults();
}

const skillOf = (world: EmulatedWorld) =>
  /"skill":"(\w+)"/.exec(JSON.stringify(world.emulator.document("flow", FLOW_ID)))?.[1];

const byHand = (skill: string) => ({ nodes: [{ id: "node_queue_03", properties: { skill } }] });

describe("an apply that creates is killed", () => {
  const kills: readonly (readonly [reason: string, fault: FaultRule["fault"] | undefined, said: RegExp])[] = [
    ["before the write was carried out", { type: "reset" }, /left Flow main-menu open; failed: .*not carried out/],
    ["after it was carried out and before the answer", { type: "lost-answer" }, /left Flow main-menu open; done/],
    ["after the answer and before the outcome", undefined, /left Flow main-menu open; done/],
  ];
  for (const [reason, fault, said] of kills) {
    it(reason, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
      const match = { method: "POST", path: "/api/v2/flows" };
      if (fault !== undefined) world.emulator.addFault({ match, fault });
      // Whatever would let the run find out by itself is slow, so that it is killed in between.
      world.emulator.addFault({ match: { method: "GET", path: FLOW_PATH }, after: 1, fault: SLOW });
      const running = startRun(world, ...APPLY);
      await running.untilSent("POST", "/api/v2/flows", fault === undefined ? 201 : undefined);
      await running.end("SIGKILL");
      world.emulator.clearFaults();

      const next = await world.apply();
      assert.match(withoutCost(next.stderr), said);
      assert.deepEqual(world.writes(), ["POST /api/v2/flows"], "carried out exactly once");
      assert.equal((await world.run("audit", "verify")).code, 0);
      assert.equal((await world.run("drift")).code, 0);
      assert.equal(withoutCost((await world.apply()).stderr), "", "nothing is left open");
    });
  }
});

describe("an apply that updates is killed, and the next run finds", () => {
  const cases: readonly {
    readonly reason: string;
    readonly isCarriedOut: boolean;
    readonly since: (world: EmulatedWorld) => void;
    readonly said: RegExp;
    readonly outcome: string;
    readonly writes: readonly string[];
    readonly skill: string | undefined;
  }[] = [
    {
      reason: "what the run wanted: done, and nothing is left to do",
      isCarriedOut: true,
      since: () => {},
      said: /^run \S+ left Flow main-menu open; done\n$/,
      outcome: "done",
      writes: [],
      skill: "Sales",
    },
    {
      reason: "what the run found: failed, and what is still wanted is written",
      isCarriedOut: false,
      since: () => {},
      said: /open; failed: the run ended before its outcome was recorded, and the write was not carried out\n$/,
      outcome: "failed",
      writes: [`PUT ${FLOW_PATH}`],
      skill: "Sales",
    },
    {
      reason: "neither: stale, for a person to look at",
      isCarriedOut: true,
      since: (world) => world.emulator.editFlow(FLOW_ID, byHand("Support")),
      said: /open; stale: .*neither as before nor as it was to be: look at it in CXone\n$/,
      outcome: "stale",
      writes: [`PUT ${FLOW_PATH}`],
      skill: "Sales",
    },
    {
      reason: "no manifest any more: done all the same, and an orphan",
      isCarriedOut: true,
      since: (world) => world.remove("flow.yaml"),
      said: /open; done\n$/,
      outcome: "done",
      writes: [],
      skill: "Sales",
    },
    {
      reason: "another wish by now: accounted for first, then written",
      isCarriedOut: true,
      since: (world) => world.write({ "flow.yaml": RETAIL }),
      said: /open; done\n$/,
      outcome: "done",
      writes: [`PUT ${FLOW_PATH}`],
      skill: "Retail",
    },
    {
      reason: "nothing, because somebody deleted it: stale, and it is created again",
      isCarriedOut: true,
      since: (world) => void world.emulator.removeDocument("flow", FLOW_ID),
      said: /open; stale: /,
      outcome: "stale",
      writes: ["POST /api/v2/flows"],
      skill: "Sales",
    },
  ];
  for (const { reason, isCarriedOut, since, said, outcome, writes, skill } of cases) {
    it(reason, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "keep.yaml": flowNamed("keep") });
      world.config((text) => text.replace("consistencyWindowMs: 300", "consistencyWindowMs: 50"));
      await world.apply();
      world.write({ "flow.yaml": SALES });
      await killAtPut(world, isCarriedOut ? SLOW : { type: "reset" });
      const intent = world.trail().at(-1);
      assert.equal(intent?.["type"], "intent");
      since(world);
      world.emulator.clearLog();

      const next = await world.apply();
      assert.match(withoutCost(next.stderr), said);
      assert.deepEqual(world.writes(), writes);
      assert.equal(skillOf(world), skill);
      const closing = world.trail().find(({ type, run }) => type === "outcome" && run === intent?.["run"]);
      assert.equal(closing?.["outcome"], outcome, "under the run that had left it open");
      assert.equal(withoutCost((await world.apply()).stderr), "", "nothing is left open");
      assert.equal((await world.run("audit", "verify")).code, 0);
    });
  }
});

it("plan says what is open and changes nothing; while it cannot be read it stays open, and reconcile closes it too", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  world.write({ "flow.yaml": SALES });
  await killAtPut(world, SLOW);
  const trail = world.trail();
  world.emulator.clearLog();
  const planned = await world.run("plan");
  assert.match(withoutCost(planned.stderr), /^run \S+ left Flow main-menu open; the next apply looks at it first\n$/);
  assert.deepEqual(world.trail(), trail);

  const match = { method: "GET", path: FLOW_PATH };
  world.emulator.addFault({ match, times: "always", fault: { type: "status", status: 500 } });
  await world.apply(1);
  assert.deepEqual(world.trail(), trail, "what nobody could read is not judged");
  assert.deepEqual(world.writes(), []);
  world.emulator.clearFaults();

  const reconciled = await world.run("reconcile");
  assert.equal(reconciled.code, 0);
  assert.match(reconciled.stderr, /open; done/);
  assert.equal(withoutCost((await world.run("plan")).stderr), "");
});

it("one run after the other is killed: while it writes, while it looks, and while it writes again", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  world.write({ "flow.yaml": SALES });
  await killAtPut(world, SLOW);

  world.emulator.clearLog();
  world.emulator.addFault({ match: { method: "GET", path: FLOW_PATH }, fault: SLOW });
  const looking = startRun(world, ...APPLY);
  await looking.untilSent("GET", FLOW_PATH);
  await looking.end("SIGKILL");
  world.emulator.clearFaults();

  world.write({ "flow.yaml": RETAIL });
  await killAtPut(world, { type: "reset" });
  const last = await world.apply();
  assert.match(last.stderr, /left Flow main-menu open; failed/);
  assert.equal(skillOf(world), "Retail");
  assert.deepEqual(
    world.trail().map(({ type, outcome }) => outcome ?? type),
    ["intent", "done", "intent", "done", "intent", "failed", "intent", "done"],
  );
  assert.equal((await world.run("audit", "verify")).code, 0);
});

it("a restore that is killed is closed as what it is, and finished by the same command", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  world.write({ "flow.yaml": SALES });
  await world.apply();
  const run = String(world.trail().at(-1)?.["run"]);
  world.emulator.clearLog();
  world.emulator.addFault({ match: { method: "PUT" }, times: "always", fault: { type: "reset" } });
  const running = startRun(world, "restore", run, "--auto-approve");
  await running.untilSent("PUT", FLOW_PATH);
  await running.end("SIGKILL");
  world.emulator.clearFaults();
  const again = await world.run("restore", run, "--auto-approve");
  assert.equal(again.code, 0, again.stdout);
  assert.match(again.stderr, /left Flow main-menu open; failed/);
  assert.equal(skillOf(world), "Billing");
  assert.deepEqual(
    world.trail().flatMap(({ restores, outcome }) => (outcome !== null && restores === run ? [outcome] : [])),
    ["failed", "done"],
  );
});

it("a webhook that does not show in the list yet is not registered again, neither after a kill nor after an apply", async (t) => {
  const world = await openEmulatedWorld(t, { "hook.yaml": WEBHOOK }, {}, { HOOK_SECRET: "whsec_cGxhbnRlZA" });
  const list = { method: "GET", path: "/api/v2/webhooks" };
  world.emulator.addFault({ match: { method: "POST", path: "/api/v2/webhooks" }, fault: SLOW });
  const running = startRun(world, ...APPLY);
  await running.untilSent("POST", "/api/v2/webhooks");
  await running.end("SIGKILL");
  world.emulator.clearFaults();
  world.emulator.addFault({ match: list, fault: { type: "lag" } });
  assert.match((await world.apply()).stderr, /left Webhook esp-sync open; done/);
  world.emulator.addFault({ match: list, fault: { type: "lag" } });
  assert.match((await world.apply()).stdout, /No changes/);
  assert.equal(world.emulator.log().filter(({ fault }) => fault === "lag").length, 2);
  assert.deepEqual(world.writes(), ["POST /api/v2/webhooks"]);
});

it("killed at whatever request, the next run ends with everything there once", async (t) => {
  const manifests = { "flow.yaml": FLOW, "mail.yaml": EMAIL, "hook.yaml": WEBHOOK, "workflow.yaml": WORKFLOW };
  for (const requests of [8, 9, 10, 11, 12, 13]) {
    const env = { HOOK_SECRET: "whsec_cGxhbnRlZA" };
    const world = await openEmulatedWorld(t, manifests, { latency: 20 }, env);
    const running = startRun(world, ...APPLY);
    await running.untilCount(requests);
    await running.end("SIGKILL");
    const next = await world.apply();
    assert.deepEqual(
      world.writes().toSorted(),
      ["POST /api/v2/flows", "POST /api/v2/webhooks", "POST /api/v2/workflows", "PUT /api/v2/workflows/wf_12345"],
      `after ${requests} requests: ${next.stdout}${next.stderr}`,
    );
    assert.equal((await world.run("drift")).code, 0);
    assert.equal((await world.run("audit", "verify")).code, 0);
  }
});

describe("a trail that cannot account for what comes stops everything, and says what to do", () => {
  const damages: readonly (readonly [reason: string, damage: (file: string) => void, said: RegExp])[] = [
    [
      "its last entries were cut off",
      (file) => writeFileSync(file, `${readFileSync(file, "utf8").split("\n").slice(0, -2).join("\n")}\n`),
      /does not verify, so nothing was sent: .*\(audit\/broken\)\n +Find out who changed it; then move the trail aside/,
    ],
    [
      "it was deleted",
      (file) => rmSync(file),
      /does not verify, so nothing was sent: .*\(audit\/broken\)\n +Find out who changed it; then move the trail aside/,
    ],
    [
      "a kept manifest is gone, and with it what is managed",
      (file) => rmSync(`${file}.objects`, { recursive: true }),
      /nothing was sent: .*kept document is gone.*\(audit\/broken\)\n +\S/,
    ],
  ];
  for (const [reason, damage, said] of damages) {
    it(reason, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
      await world.apply();
      const run = String(world.trail().at(-1)?.["run"]);
      world.write({ "flow.yaml": SALES });
      damage(join(world.folder, ".cxone-gitops", "audit.jsonl"));
      world.emulator.clearLog();
      for (const command of [APPLY, ["reconcile"], ["restore", run, "--prune", "--auto-approve"]]) {
        const ran = await world.run(...command);
        assert.equal(ran.code, 1, ran.stdout);
        assert.match(ran.stderr, said);
      }
      assert.deepEqual(world.emulator.log(), []);
    });
  }

  it("its disk is full, or read-only; once it is neither, the run goes through", async (t) => {
    const disk = await mountSmallDisk(t);
    if (disk === undefined) return;
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    world.config((text) => `${text}audit: { file: ${join(disk, "audit.jsonl")} }\n`);
    await world.apply();
    world.emulator.clearLog();
    world.write({ "flow.yaml": SALES });
    const filler = join(disk, "filler");
    assert.throws(() => writeFileSync(filler, Buffer.alloc(1024 * 1024)), /ENOSPC/);
    assert.ok(statSync(filler).size > 0);
    const full = await world.run(...APPLY);
    assert.equal(full.code, 1, full.stdout);
    assert.match(full.stdout + full.stderr, /no space left.*\(audit\/unwritable\)\n.*Free space on that disk/);
    assert.deepEqual(world.writes(), []);

    rmSync(filler);
    execFileSync("mount", ["-o", "remount,ro", disk]);
    const readOnly = await world.run(...APPLY);
    assert.equal(readOnly.code, 1, readOnly.stdout);
    assert.match(readOnly.stdout + readOnly.stderr, /read-only.*\(audit\/unwritable\)\n.*mount it for writing/);
    assert.deepEqual(world.writes(), []);
    execFileSync("mount", ["-o", "remount,rw", disk]);
    await world.apply();
    assert.deepEqual(world.writes(), [`PUT ${FLOW_PATH}`]);
    assert.equal((await world.run("audit", "verify")).code, 0);
  });
});
