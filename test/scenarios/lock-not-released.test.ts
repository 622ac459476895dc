/** A lock that cannot be given back at the end hides nothing of what the run has to say. */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { startEmulator } from "../../src/emulator/server.ts";
import type { Ran } from "../helpers/command.ts";
import { openGate } from "../helpers/gate.ts";
import { EMAIL, FLOW } from "../helpers/manifests.ts";
import { writeFiles } from "../helpers/temp-folder.ts";
import { openWorld } from "../helpers/world.ts";

const FLOW_PATH = "/api/v2/flows/ivr_main_menu_v2";
const SALES = FLOW.replace("skill: Billing", "skill: Sales");
const NOT_RELEASED = /"what":"lock-not-released".*tenant \\"dev\\".*EISDIR/;

/** A tenant that holds the flow, with a gate before it. */
async function openAppliedWorld(t: TestContext) {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  const gate = await openGate(t, emulator.url);
  const world = openWorld(t, gate.url, { "flow.yaml": FLOW });
  const trailFile = join(world.folder, ".cxone-gitops", "audit.jsonl");
  await world.apply();
  return {
    ...world,
    emulator,
    /** Waits until the next request of that method for the flow is answered, and with it until `meanwhile` is done. */
    async during(method: string, running: Promise<Ran>, meanwhile: () => unknown): Promise<void> {
      const held = gate.hold(method, FLOW_PATH, "answer");
      await Promise.race([held.arrived, running.then(({ stdout, stderr }) => assert.fail(stdout + stderr))]);
      await meanwhile();
      held.letGo();
    },
    /** Neither root nor anybody else can read a folder as a file. */
    breakRunLock() {
      rmSync(`${trailFile}.dev.run`);
      mkdirSync(`${trailFile}.dev.run`);
    },
    breakTrail: () => mkdirSync(`${trailFile}.lock`),
    forget: () => rmSync(join(world.folder, ".cxone-gitops"), { recursive: true }),
  };
}

function assertUnwritable({ code, stderr }: Ran): void {
  assert.match(stderr, /error: .*could not be written.*\(audit\/unwritable\)/);
  assert.match(stderr, NOT_RELEASED);
  assert.doesNotMatch(stderr, /defect/);
  assert.equal(code, 1);
}

it("that the trail cannot record what is adopted is said, whatever becomes of the lock", async (t) => {
  const world = await openAppliedWorld(t);
  world.forget();
  writeFiles(join(world.folder, "other"), { "mail.yaml": EMAIL });
  const adopting = world.run("apply", "--auto-approve", "--adopt");
  await world.during("GET", adopting, async () => {
    const theirs = await world.run("apply", "--auto-approve", "--manifests", "other");
    assert.equal(theirs.code, 0, theirs.stdout + theirs.stderr);
  });
  // It was overtaken, so it plans anew while it holds the lock.
  await world.during("GET", adopting, () => {
    world.breakRunLock();
    world.breakTrail();
  });
  assertUnwritable(await adopting);
});

it("that the trail cannot record what an earlier run left open is said, whatever becomes of the lock", async (t) => {
  const world = await openAppliedWorld(t);
  world.write({ "flow.yaml": SALES });
  const match = { method: "GET", path: FLOW_PATH };
  world.emulator.addFault({ match: { method: "PUT" }, fault: { type: "lost-answer" } });
  world.emulator.addFault({ match, after: 1, times: "always", fault: { type: "status", status: 500 } });
  await world.apply(1);
  assert.equal(world.trail().at(-1)?.["type"], "intent", "left open");
  world.emulator.clearFaults();
  const applying = world.run("apply", "--auto-approve");
  await world.during("GET", applying, () => {
    world.breakRunLock();
    world.breakTrail();
  });
  assertUnwritable(await applying);
});

it("what was written is done, and that the lock stays is a warning", async (t) => {
  const world = await openAppliedWorld(t);
  world.write({ "flow.yaml": SALES });
  const applying = world.run("apply", "--auto-approve");
  await world.during("PUT", applying, () => world.breakRunLock());
  const { code, stdout, stderr } = await applying;
  assert.match(stdout, /done update Flow main-menu/);
  assert.match(stderr, NOT_RELEASED);
  assert.equal(code, 0, stderr);
});
