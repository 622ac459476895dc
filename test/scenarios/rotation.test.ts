/** A webhook's secret goes out when the webhook is created and when an annotation asks for it: at no other time, and nowhere else. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { type Emulator, startEmulator } from "../../src/emulator/server.ts";
import { valueAt } from "../../src/model/json.ts";
import { type Ran, runCommand, START } from "../helpers/command.ts";
import { type Gate, openGate } from "../helpers/gate.ts";
import { WEBHOOK } from "../helpers/manifests.ts";
import { CREDENTIALS, openWorld, type World } from "../helpers/world.ts";

const SECRETS = { first: "whsec_first-planted-secret", second: "whsec_second-planted-secret" };
const rotating = (text: string) =>
  WEBHOOK.replace("{ name: esp-sync }", `{ name: esp-sync, annotations: { cxone-gitops/rotate-secret: ${text} } }`);

interface RotationWorld extends World {
  readonly gate: Gate;
  readonly emulator: Emulator;
  /** Runs a command with one of the secrets in its environment. */
  runWith(secret: keyof typeof SECRETS | null, ...args: readonly string[]): Promise<Ran>;
  /** The secrets in the webhook's writes that reached the tenant, in order; `-` for a write without one. */
  sent(): readonly string[];
  path(): string;
}

/** Everything that any run of the world says is looked through for secrets at the end of the test, and everything that it leaves behind. */
async function openRotationWorld(t: TestContext): Promise<RotationWorld> {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  const gate = await openGate(t, emulator.url);
  const outputs: string[] = [];
  // What is to be done after a test is done in order: this comes before the folder is removed.
  t.after(() => assertClean([...outputs, ...filesOf(world.folder)]));
  const world = openWorld(t, gate.url, { "hook.yaml": WEBHOOK });
  return {
    ...world,
    gate,
    emulator,
    async runWith(secret, ...args) {
      const env = { ...CREDENTIALS, ...(secret && { HOOK_SECRET: SECRETS[secret] }) };
      const ran = await runCommand([...args, "--log-level", "trace"], { cwd: world.folder, env });
      outputs.push(ran.stdout, ran.stderr);
      return ran;
    },
    sent: () =>
      gate
        .passed()
        .filter(({ method }) => method === "POST" || method === "PUT")
        .flatMap(({ path, body }) => (path.includes("/webhooks") ? [secretIn(body)] : [])),
    path: () => `/api/v2/webhooks/${emulator.state().webhooks[0]?.id}`,
  };
}

function secretIn(body: string): string {
  const secret = valueAt(JSON.parse(body), "secret");
  return Object.entries(SECRETS).find(([, value]) => value === secret)?.[0] ?? "-";
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}

function assertClean(texts: readonly string[]): void {
  assert.ok(
    texts.some((text) => text.includes('"type":"outcome"')),
    "the trail is among what is looked through",
  );
  for (const secret of Object.values(SECRETS)) {
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64"), secret.slice(6)]) {
      for (const text of texts) assert.ok(!text.includes(form), `a secret was left in:\n${text}`);
    }
  }
}

async function applied(world: RotationWorld, secret: keyof typeof SECRETS | null): Promise<string> {
  const ran = await world.runWith(secret, "apply", "--auto-approve");
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  return ran.stdout;
}

it("the secret is sent with a new webhook, not with an update, and again once for each new annotation", async (t) => {
  const world = await openRotationWorld(t);
  await applied(world, "first");
  assert.deepEqual(world.sent(), ["first"]);

  world.write({ "hook.yaml": WEBHOOK.replace("X-Source: cxone-gitops", "X-Source: git") });
  await applied(world, "second");
  assert.deepEqual(world.sent(), ["first", "-"], "a new value alone is no reason");

  world.write({ "hook.yaml": rotating("monday") });
  const without = await world.runWith(null, "plan");
  assert.equal(without.code, 1);
  assert.match(without.stdout, /rotating this webhook's secret needs it, and \$\{env:HOOK_SECRET\} has no value/);
  const plan = await world.runWith("second", "plan", "--detailed-exitcode");
  assert.equal(plan.code, 2);
  assert.match(
    plan.stdout,
    /~ update Webhook esp-sync.*\n.* is told with another x-source header\n +the secret is sent again \(rotate-secret: monday\)/,
  );
  await applied(world, "second");
  assert.deepEqual(world.sent(), ["first", "-", "second"]);

  assert.match(await applied(world, "second"), /No changes/);
  assert.match(await applied(world, null), /No changes/, "and needs no value any more");
  world.write({ "hook.yaml": WEBHOOK });
  await applied(world, "second");
  assert.deepEqual(world.sent(), ["first", "-", "second"], "taking the annotation away is no reason");

  world.write({ "hook.yaml": rotating("monday") });
  await applied(world, "first");
  assert.deepEqual(world.sent(), ["first", "-", "second", "first"], "and then the old text is a new one");
  assert.equal((await world.runWith("first", "drift")).code, 0);
});

it("a webhook that the trail does not know is not sent a secret until it was adopted", async (t) => {
  const world = await openRotationWorld(t);
  await applied(world, "first");
  world.config((text) => `${text}audit: { file: other/audit.jsonl }\n`);
  world.write({ "hook.yaml": rotating("monday") });
  assert.match(await applied(world, "second"), /No changes/);
  const adopted = await world.runWith("second", "apply", "--adopt", "--auto-approve");
  assert.match(adopted.stdout, /recorded without a write: Webhook\/esp-sync/);
  assert.match(await applied(world, "second"), /No changes/);
  assert.deepEqual(world.sent(), ["first"]);
  world.write({ "hook.yaml": rotating("tuesday") });
  await applied(world, "second");
  assert.deepEqual(world.sent(), ["first", "second"]);
});

it("the secret travels with another change of the webhook, in one request", async (t) => {
  const world = await openRotationWorld(t);
  await applied(world, "first");
  world.write({ "hook.yaml": rotating("monday").replace("X-Source: cxone-gitops", "X-Source: git") });
  await applied(world, "second");
  assert.deepEqual(world.sent(), ["first", "second"]);
  assert.deepEqual(world.emulator.state().webhooks[0]?.headers, { "X-Source": "git" });
  assert.match(await applied(world, "second"), /No changes/);
});

describe("when nobody knows whether a secret arrived", () => {
  it("a lost answer: it is sent again until the tenant says that it has it", async (t) => {
    const world = await openRotationWorld(t);
    await applied(world, "first");
    world.write({ "hook.yaml": rotating("monday") });
    const match = { method: "PUT", path: world.path() };
    world.emulator.addFault({ match, fault: { type: "lost-answer" } });
    assert.match(await applied(world, "second"), /done update Webhook esp-sync/);
    assert.deepEqual(world.sent(), ["first", "second", "second"]);
    assert.match(await applied(world, "second"), /No changes/);
    assert.deepEqual(world.sent(), ["first", "second", "second"]);

    world.write({ "hook.yaml": rotating("tuesday") });
    world.emulator.addFault({ match, times: "always", fault: { type: "lost-answer" } });
    const failed = await world.runWith("first", "apply", "--auto-approve");
    assert.equal(failed.code, 1);
    assert.match(failed.stdout, /failed update Webhook esp-sync/);
    world.emulator.clearFaults();
    const before = world.sent().length;
    await applied(world, "first");
    assert.deepEqual(world.sent().slice(before), ["first"], "the next run sends it, once");
    assert.match(await applied(world, "first"), /No changes/);
  });

  for (const at of ["request", "answer"] as const) {
    const when = at === "request" ? "before the tenant saw it" : "before the tenant's answer came";
    it(`a run that was killed ${when}: the next one says so and sends it`, async (t) => {
      const world = await openRotationWorld(t);
      await applied(world, "first");
      world.write({ "hook.yaml": rotating("monday") });
      const held = world.gate.hold("PUT", world.path(), at);
      const env = { PATH: process.env["PATH"], HOME: world.folder, ...CREDENTIALS, HOOK_SECRET: SECRETS.second };
      const child = spawn(process.execPath, [START, "apply", "--auto-approve"], { cwd: world.folder, env });
      const closed = once(child, "close");
      await Promise.race([held.arrived, closed.then(() => assert.fail("it ended before it sent anything"))]);
      child.kill("SIGKILL");
      await closed;
      assert.deepEqual(world.sent(), at === "request" ? ["first"] : ["first", "second"]);

      const next = await world.runWith("second", "apply", "--auto-approve");
      assert.equal(next.code, 0, next.stdout + next.stderr);
      assert.match(next.stderr, /left Webhook esp-sync open; failed: .*whether the secret arrived cannot be read/);
      assert.equal(world.sent().at(-1), "second");
      assert.equal(world.sent().length, at === "request" ? 2 : 3);
      assert.match(await applied(world, "second"), /No changes/);
      assert.equal((await world.runWith(null, "audit", "verify")).code, 0);
    });
  }
});

it("a saved plan sends the secret once, and applied again it has nothing left to do", async (t) => {
  const world = await openRotationWorld(t);
  await applied(world, "first");
  world.write({ "hook.yaml": rotating("monday") });
  assert.equal((await world.runWith("second", "plan", "--out", "plan.json")).code, 0);
  assert.ok(existsSync(join(world.folder, "plan.json")));
  for (const says of [/done update Webhook esp-sync/, /No changes/]) {
    const ran = await world.runWith("second", "apply", "plan.json");
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, says);
  }
  assert.deepEqual(world.sent(), ["first", "second"]);

  world.write({ "hook.yaml": rotating("tuesday") });
  const moved = await world.runWith("second", "apply", "plan.json");
  assert.equal(moved.code, 3, "the plan knows which rotation it was made for");
  assert.deepEqual(world.sent(), ["first", "second"]);
});
