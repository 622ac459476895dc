/** A run that may have lost its place to another one finishes what is under way, and sends nothing more. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { type Emulator, startEmulator } from "../../src/emulator/server.ts";
import { type Gate, type Held, openGate } from "../helpers/gate.ts";
import { EMAIL, FLOW, flowNamed } from "../helpers/manifests.ts";
import { startRun } from "../helpers/running.ts";
import { openWorld } from "../helpers/world.ts";

const WORKFLOW_PATH = "/api/v2/workflows/wf_12345";

interface Loss {
  readonly how: string;
  /** What the run says of it. */
  readonly said: string;
  lose(lockFile: string): void;
  /** Fails when what stands at the lock's place is not what was put there. */
  assertLeftAlone(lockFile: string): void;
}

const THEIRS = JSON.stringify({
  pid: process.pid,
  host: hostname(),
  startedAt: new Date().toISOString(),
  expires: new Date(Date.now() + 3_600_000).toISOString(),
  nonce: "theirs",
});

const LOSSES: readonly Loss[] = [
  {
    how: "another run has taken the lock",
    said: "another one may be at work",
    lose: (lockFile) => writeFileSync(lockFile, THEIRS),
    assertLeftAlone: (lockFile) => assert.equal(readFileSync(lockFile, "utf8"), THEIRS),
  },
  {
    how: "the lock cannot be read",
    said: "EISDIR",
    // Neither root nor anybody else can read a folder as a file.
    lose: (lockFile) => {
      rmSync(lockFile);
      mkdirSync(lockFile);
    },
    assertLeftAlone: (lockFile) => assert.ok(statSync(lockFile).isDirectory()),
  },
];

async function openGatedWorld(t: TestContext, manifests: Readonly<Record<string, string>>) {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  const gate = await openGate(t, emulator.url);
  const world = openWorld(t, gate.url, manifests);
  return { ...world, emulator, gate, lockFile: join(world.folder, ".cxone-gitops", "audit.jsonl.dev.run") };
}

function sentThrough(gate: Gate): readonly string[] {
  const writes = gate.passed().filter(({ method, path }) => method !== "GET" && !path.startsWith("/oauth"));
  return writes.map(({ method, path }) => `${method} ${path}`);
}

/** Applies an e-mail node and then a flow; while the e-mail node's write is held, the lock is lost. */
async function applyAndLoseLock(
  t: TestContext,
  loss: Loss,
  meanwhile: (emulator: Emulator) => unknown = () => undefined,
) {
  const world = await openGatedWorld(t, { "mail.yaml": EMAIL, "flow.yaml": FLOW });
  const { emulator, gate, lockFile } = world;
  const write = gate.hold("PUT", WORKFLOW_PATH, "request");
  const applying = world.run("apply", "--auto-approve");
  await Promise.race([write.arrived, applying.then(({ stdout, stderr }) => assert.fail(stdout + stderr))]);
  assert.ok(readFileSync(lockFile, "utf8").includes('"nonce"'), "the run holds the lock");
  loss.lose(lockFile);
  meanwhile(emulator);
  write.letGo();
  const ran = await applying;
  loss.assertLeftAlone(lockFile);
  return { ...world, ran, sent: sentThrough(gate) };
}

for (const loss of LOSSES) {
  describe(loss.how, () => {
    it("the documents of the next stage are not sent", async (t) => {
      const { ran, sent, run } = await applyAndLoseLock(t, loss);
      assert.match(ran.stdout, /done create EmailNode order-confirmation/, ran.stderr);
      assert.match(
        ran.stdout,
        new RegExp(`failed create Flow main-menu[\\s\\S]*${loss.said}[\\s\\S]*\\(apply/busy\\)`),
      );
      assert.equal(ran.code, 4, ran.stdout + ran.stderr);
      assert.deepEqual(sent, [`PUT ${WORKFLOW_PATH}`]);
      assert.equal((await run("audit", "verify")).code, 0);
    });

    it("the document under way is not sent a second time", async (t) => {
      const edit = { nodes: [{ id: "start_node", properties: { label: "Hello" } }] };
      const { ran, sent } = await applyAndLoseLock(t, loss, (emulator) => emulator.editWorkflow("wf_12345", edit));
      const said = new RegExp(
        `failed create EmailNode order-confirmation[\\s\\S]*${loss.said}[\\s\\S]*\\(apply/busy\\)`,
      );
      assert.match(ran.stdout, said, ran.stderr);
      assert.equal(ran.code, 1, ran.stdout + ran.stderr);
      assert.deepEqual(sent, [`PUT ${WORKFLOW_PATH}`]);
    });

    it("another document's write in flight is waited for and recorded", async (t) => {
      const flows = { "first.yaml": flowNamed("first"), "second.yaml": flowNamed("second") };
      const world = await openGatedWorld(t, flows);
      await world.apply();
      const sales = Object.entries(flows).map(([name, text]) => [name, text.replace("skill: Billing", "skill: Sales")]);
      world.write(Object.fromEntries(sales));
      const hold = (name: string) => world.gate.hold("PUT", `/api/v2/flows/ivr_${name}`, "request");
      const [first, second]: readonly Held[] = [hold("first"), hold("second")];
      const applying = startRun(world, "apply", "--auto-approve");
      await Promise.all([first?.arrived, second?.arrived]);
      loss.lose(world.lockFile);
      world.emulator.editFlow("ivr_second", { touched: true });
      second?.letGo();
      await applying.untilSaid(/failed update Flow second[\s\S]*\(apply\/busy\)/);
      const ended = once(applying.child, "close");
      first?.letGo();
      await ended;
      assert.match(applying.output(), /done update Flow first[\s\S]*1 applied, 1 failed/);
      assert.equal(world.trail().filter(({ outcome }) => outcome !== null).length, 4);
    });
  });
}
