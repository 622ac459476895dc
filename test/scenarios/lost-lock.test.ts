/** A run that was held up until another one may have taken its place finishes what is under way, and sends nothing more. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { type Emulator, startEmulator } from "../../src/emulator/server.ts";
import { openGate } from "../helpers/gate.ts";
import { EMAIL, FLOW } from "../helpers/manifests.ts";
import { openWorld } from "../helpers/world.ts";

const WORKFLOW_PATH = "/api/v2/workflows/wf_12345";

/** Applies an e-mail node and then a flow; while the e-mail node's write is held, another run takes the lock. */
async function applyAndLoseLock(t: TestContext, meanwhile: (emulator: Emulator) => unknown = () => undefined) {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  const gate = await openGate(t, emulator.url);
  const world = openWorld(t, gate.url, { "mail.yaml": EMAIL, "flow.yaml": FLOW });
  const lockFile = join(world.folder, ".cxone-gitops", "audit.jsonl.dev.run");
  const write = gate.hold("PUT", WORKFLOW_PATH, "request");
  const applying = world.run("apply", "--auto-approve");
  await Promise.race([write.arrived, applying.then(({ stdout, stderr }) => assert.fail(stdout + stderr))]);
  const times = { startedAt: new Date().toISOString(), expires: new Date(Date.now() + 3_600_000).toISOString() };
  const theirs = JSON.stringify({ pid: process.pid, host: hostname(), ...times, nonce: "theirs" });
  assert.ok(readFileSync(lockFile, "utf8").includes('"nonce"'), "the run holds the lock");
  writeFileSync(lockFile, theirs);
  meanwhile(emulator);
  write.letGo();
  const ran = await applying;
  assert.equal(readFileSync(lockFile, "utf8"), theirs, "another run's lock is left alone");
  const sent = gate.passed().filter(({ method, path }) => method !== "GET" && !path.startsWith("/oauth"));
  return { ...world, ran, sent: sent.map(({ method, path }) => `${method} ${path}`) };
}

it("the documents of the next stage are not sent", async (t) => {
  const { ran, sent, run } = await applyAndLoseLock(t);
  assert.equal(ran.code, 4, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /done create EmailNode order-confirmation/);
  assert.match(ran.stdout, /failed create Flow main-menu[\s\S]*another one may be at work[\s\S]*\(apply\/busy\)/);
  assert.deepEqual(sent, [`PUT ${WORKFLOW_PATH}`]);
  assert.equal((await run("audit", "verify")).code, 0);
});

it("the document under way is not sent a second time", async (t) => {
  const edit = { nodes: [{ id: "start_node", properties: { label: "Hello" } }] };
  const { ran, sent } = await applyAndLoseLock(t, (emulator) => emulator.editWorkflow("wf_12345", edit));
  assert.equal(ran.code, 1, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /failed create EmailNode order-confirmation[\s\S]*\(apply\/busy\)/);
  assert.deepEqual(sent, [`PUT ${WORKFLOW_PATH}`]);
});
