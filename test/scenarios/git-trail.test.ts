/** A trail on a git branch: what one machine did, a machine that has never seen its disk can account for. */
import assert from "node:assert/strict";
import { cpSync, renameSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { verifyTrail } from "../../src/audit/verify.ts";
import { type Emulator, startEmulator } from "../../src/emulator/server.ts";
import { BRANCH, makeRemote, type Remote, trailIn } from "../audit/git-world.ts";
import { type Ran, runCommand } from "../helpers/command.ts";
import { withoutCost } from "../helpers/costs.ts";
import { FLOW, flowNamed } from "../helpers/manifests.ts";
import { startRun } from "../helpers/running.ts";
import { commitAll, git, makeFolder, writeFiles } from "../helpers/temp-folder.ts";
import { CREDENTIALS, configFor } from "../helpers/world.ts";

const SALES = FLOW.replace("skill: Billing", "skill: Sales");
const ON_BRANCH = "audit: { git: { branch: cxone-audit } }\n";
const FLOW_PATH = "/api/v2/flows/ivr_main_menu_v2";
const APPLY = ["apply", "--auto-approve"] as const;

interface Machine {
  readonly folder: string;
  run(...args: readonly string[]): Promise<Ran>;
}

interface Shared {
  readonly remote: Remote;
  readonly emulator: Emulator;
  /** A runner with a fresh checkout, as shallow as pipelines make them. */
  machine(): Machine;
  /** Commits manifests to the main branch. */
  push(files: Readonly<Record<string, string>>): void;
}

async function openShared(t: TestContext, files: Readonly<Record<string, string>>, more = ON_BRANCH): Promise<Shared> {
  const emulator = await startEmulator({});
  t.after(() => emulator.close());
  const remote = makeRemote(t);
  const desk = remote.clone();
  const push: Shared["push"] = (changed) => {
    writeFiles(desk, changed);
    git(desk, "config", "user.name", "Test Person");
    git(desk, "config", "user.email", "test@example.com");
    commitAll(desk, "change");
    git(desk, "push", "-q", "origin", "main");
  };
  push({ "cxone-gitops.yaml": configFor(emulator.url, more), ...files });
  const machine = () => {
    const folder = remote.clone("--depth=1");
    const run = (...args: readonly string[]) => runCommand(args, { cwd: folder, env: CREDENTIALS });
    return { folder, run };
  };
  return { remote, emulator, machine, push };
}

function writesOf(emulator: Emulator): readonly string[] {
  return emulator
    .log()
    .filter(({ carriedOut }) => carriedOut)
    .map(({ method, path }) => `${method} ${path}`);
}

it("a trail that began in a file moves to a branch, and a machine that never saw its disk accounts for it", async (t) => {
  const { remote, emulator, machine, push } = await openShared(t, { "manifests/menu.yaml": FLOW }, "");
  const desk = machine();
  assert.equal((await desk.run(...APPLY)).code, 0);
  // As docs/audit-branch.md says.
  const start = makeFolder(t);
  git(start, "init", "-q", "-b", "cxone-audit");
  for (const part of ["audit.jsonl", "audit.jsonl.head", "audit.jsonl.objects"]) {
    cpSync(join(desk.folder, ".cxone-gitops", part), join(start, part), { recursive: true });
  }
  git(start, "config", "user.name", "Test Person");
  git(start, "config", "user.email", "test@example.com");
  commitAll(start, "Begin with the entries so far");
  git(start, "push", "-q", remote.url, "cxone-audit");
  push({ "cxone-gitops.yaml": configFor(emulator.url, ON_BRANCH), "manifests/menu.yaml": SALES });

  const second = await machine().run(...APPLY, "--output", "json");
  assert.equal(second.code, 0, second.stderr);
  const { run } = JSON.parse(second.stdout);
  const fresh = machine();
  const verified = await fresh.run("audit", "verify");
  assert.deepEqual([verified.code, verified.stderr], [0, ""]);
  assert.match(verified.stdout, /4 entries/);
  const drift = await fresh.run("drift");
  assert.deepEqual([drift.code, withoutCost(drift.stderr)], [0, ""]);
  const restored = await fresh.run("restore", run, "--auto-approve");
  assert.equal(restored.code, 0, restored.stderr);
  assert.match(JSON.stringify(emulator.document("flow", "ivr_main_menu_v2")), /"skill":"Billing"/);
  assert.equal(remote.commits(), 5, "the beginning, and a push for each intent and each outcome");
  assert.equal(git(fresh.folder, "status", "--porcelain"), "?? .cxone-gitops/");
});

it("two applies at once, of two tenants from two machines, both end, and their entries are one chain", async (t) => {
  const { remote, emulator, machine, push } = await openShared(t, {});
  const dev = configFor(emulator.url);
  const other = await startEmulator({});
  t.after(() => other.close());
  const prod = configFor(other.url).replace("tenants:\n  dev:", "  prod:").replace("org: acme-dev", "org: acme");
  const menus = Object.fromEntries([1, 2, 3, 4].map((menu) => [`manifests/${menu}.yaml`, flowNamed(`menu-${menu}`)]));
  push({ "cxone-gitops.yaml": `${dev}${prod}${ON_BRANCH}`, ...menus });
  const ran = await Promise.all(["dev", "prod"].map((tenant) => machine().run(...APPLY, "--tenant", tenant)));
  for (const { code, stderr } of ran) assert.equal(code, 0, stderr);
  const trail = trailIn(remote.clone());
  await trail.sync();
  const verdict = await verifyTrail(trail.file);
  assert.equal(verdict.ok && verdict.entries, 16);
  assert.deepEqual([writesOf(emulator).length, writesOf(other).length], [4, 4]);
  assert.ok(remote.commits() <= 6, `${remote.commits()} pushes: what is written side by side goes in one`);
});

it("what a runner left open when it was killed is closed by the next one, wherever that runs", async (t) => {
  const { emulator, machine } = await openShared(t, { "manifests/menu.yaml": FLOW });
  emulator.addFault({
    match: { method: "GET", path: FLOW_PATH },
    after: 1,
    fault: { type: "slow", milliseconds: 120_000 },
  });
  const killed = startRun({ ...machine(), env: CREDENTIALS, emulator }, ...APPLY);
  await killed.untilSent("POST", "/api/v2/flows", 201);
  await killed.end("SIGKILL");
  emulator.clearFaults();
  const next = await machine().run(...APPLY);
  assert.equal(next.code, 0, next.stderr);
  assert.match(next.stderr, /left Flow main-menu open; done/);
  assert.deepEqual(writesOf(emulator), ["POST /api/v2/flows"]);
});

it("nothing is planned or sent while the branch cannot be reached or was rewritten, and who only looks is told", async (t) => {
  const { remote, emulator, machine, push } = await openShared(t, { "manifests/menu.yaml": FLOW });
  const runner = machine();
  assert.equal((await runner.run(...APPLY)).code, 0);
  emulator.clearLog();
  push({ "manifests/menu.yaml": SALES });
  git(runner.folder, "pull", "-q");

  renameSync(remote.url, `${remote.url}.away`);
  const plan = await runner.run("plan");
  assert.equal(plan.code, 1);
  assert.match(
    plan.stderr,
    /cxone-audit" of origin cannot be used: the remote cannot be reached: .* \(audit\/unreadable\)/,
  );
  const apply = await runner.run(...APPLY);
  assert.equal(apply.code, 1);
  assert.match(apply.stderr, /cannot be reached: .* \(audit\/unwritable\)/);
  const log = await runner.run("audit", "log", "--output", "json");
  assert.equal(log.code, 0);
  assert.equal(JSON.parse(log.stdout).entries.length, 2);
  assert.match(log.stderr, /^warning: .*cannot be reached.* as it was read here last/);
  renameSync(`${remote.url}.away`, remote.url);

  git(remote.url, "update-ref", `refs/heads/${BRANCH}`, `${BRANCH}~1`);
  const refused = await runner.run(...APPLY);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /was rewritten since it was last read here .*Nothing was sent\. \(audit\/broken\)/);
  assert.deepEqual(emulator.log(), [], "the tenant was not even asked");
});
