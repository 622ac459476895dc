/** The command as a process: help, unknown words, exit codes, JSON also when it fails, approval, signals. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { runCommand, START } from "../helpers/command.ts";
import { FLOW } from "../helpers/manifests.ts";
import { startRun } from "../helpers/running.ts";
import { commitAll, git, makeFolder } from "../helpers/temp-folder.ts";
import { openEmulatedWorld } from "../helpers/world.ts";

describe("help and mistakes", () => {
  it("-h works everywhere and exits 0", async (t) => {
    const cwd = makeFolder(t);
    for (const command of [
      [],
      ["validate"],
      ["plan"],
      ["apply"],
      ["drift"],
      ["audit"],
      ["audit", "log"],
      ["emulator"],
      ["demo"],
    ]) {
      const ran = await runCommand([...command, "-h"], { cwd });
      assert.equal(ran.code, 0);
      assert.match(ran.stdout, /Usage: cxone-gitops/);
    }
  });

  const mistakes: readonly (readonly [words: string, message: RegExp])[] = [
    ["plan --prnue", /unknown option '--prnue'/],
    ["plan extra", /too many arguments/],
    ["plna", /unknown command|plna/],
    ["plan --output yaml", /Allowed choices are text, json/],
    ["plan --tenant", /argument missing/],
    ["plan --manifests=", /--manifests <dir>.*It is empty/],
    ["emulator --port none", /must be a whole number/],
    ["audit show", /missing required argument 'run'/],
  ];
  for (const [words, message] of mistakes) {
    it(`${words}: exit 1, one clear message`, async (t) => {
      const cwd = makeFolder(t);
      const ran = await runCommand(words.split(" "), { cwd });
      assert.equal(ran.code, 1);
      assert.equal(ran.stdout, "");
      assert.match(ran.stderr, message);
      assert.match(ran.stderr, /\(usage\)\n {4}\S/);
      const json = await runCommand([...words.split(" "), "--output", "json"], { cwd });
      assert.equal(json.code, 1);
      if (words !== "plan --tenant") assert.equal(JSON.parse(json.stdout).error.code, "usage");
    });
  }

  it("without configuration it says what to do", async (t) => {
    const ran = await runCommand(["plan"], { cwd: makeFolder(t) });
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /\(config\/missing\)\n {4}.*cxone-gitops\.yaml/);
  });

  it("an old Node gets one sentence", async (t) => {
    // The system's own Node may be old; where it is not, its version is made to look old.
    const cwd = makeFolder(t, {
      "old.mjs": `Object.defineProperty(process, "versions", { value: { node: "20.1.0" } });`,
    });
    const env = { PATH: process.env["PATH"], NODE_OPTIONS: `--import=${join(cwd, "old.mjs")}` };
    const ran = await promisify(execFile)(process.execPath, [START, "plan"], { cwd, env }).catch(
      (error: unknown) => error,
    );
    assert.ok(ran instanceof Error && "stderr" in ran && "code" in ran);
    assert.equal(ran.code, 1);
    assert.match(String(ran.stderr), /^cxone-gitops needs Node\.js 22\.18 or newer, and this is 20\.1\.0\..*\n$/);
  });

  it("--version prints the package's version and nothing else", async (t) => {
    const ran = await runCommand(["--version"], { cwd: makeFolder(t) });
    assert.match(ran.stdout, /^\d+\.\d+\.\d+\n$/);
  });
});

it("validate needs no credentials, no tenant and no network", async (t) => {
  const cwd = makeFolder(t, { "manifests/flow.yaml": FLOW });
  const ran = await runCommand(["validate"], { cwd });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /1 manifest read, no findings/);
});

it("environment variables alone describe a tenant, whose trail is in the working directory", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  const cwd = makeFolder(t, { "manifests/flow.yaml": FLOW });
  const env = { CXONE_ORG: "acme-planted", CXONE_CLIENT_ID: "client-id-1", CXONE_CLIENT_SECRET: "planted-secret" };
  const ran = await runCommand(["plan", "--log-level", "silent"], { cwd, env: { ...env, HTTPS_PROXY: "" } });
  assert.equal(ran.code, 1, "that tenant does not exist");
  assert.match(ran.stdout, /Plan for tenant default/);
  assert.deepEqual(world.emulator.log(), []);
});

it("apply without approval and without a terminal sends nothing, and plan --detailed-exitcode exits 2", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  assert.equal((await world.run("plan")).code, 0);
  assert.equal((await world.run("plan", "--detailed-exitcode")).code, 2);
  const ran = await world.run("apply");
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /needs an approval.*\(apply\/not-approved\)/);
  assert.deepEqual(world.writes(), []);
  assert.ok(!existsSync(join(world.folder, ".cxone-gitops")), "not even a trail");
});

it("prints exactly one JSON document, whose summary counts every action", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  const applied = await world.run("apply", "--auto-approve", "--output", "json");
  assert.equal(applied.code, 0);
  const { run, plan, outcomes } = JSON.parse(applied.stdout);
  assert.equal(plan.summary.create, 1);
  assert.deepEqual(outcomes, [
    {
      kind: "Flow",
      name: "main-menu",
      id: "ivr_main_menu_v2",
      document: { type: "flow", id: "ivr_main_menu_v2" },
      action: "create",
      outcome: "done",
      version: 1,
      attempts: 1,
      conflicts: 0,
      error: null,
    },
  ]);
  const shown = await world.run("audit", "show", run, "--output", "json");
  assert.deepEqual(
    JSON.parse(shown.stdout).entries.map(({ type, outcome }: { type: string; outcome: string | null }) => [
      type,
      outcome,
    ]),
    [
      ["intent", null],
      ["outcome", "done"],
    ],
  );
  const listed = await world.run("audit", "log", "--runs", "--output", "json");
  assert.deepEqual(
    JSON.parse(listed.stdout).runs.map((one: { run: string; outcomes: { done: number }; unfinished: number }) => [
      one.run,
      one.outcomes.done,
      one.unfinished,
    ]),
    [[run, 1, 0]],
  );
  assert.match((await world.run("audit", "log", "--runs")).stdout, new RegExp(run));
  const verdict = await world.run("audit", "verify", "--output", "json");
  assert.equal(JSON.parse(verdict.stdout).ok, true);
});

it("names the commit that the manifests come from, in the plan and in the trail, and reads them from a revision", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  git(world.folder, "init", "-q", "-b", "main");
  git(world.folder, "config", "user.name", "Test Person");
  git(world.folder, "config", "user.email", "test@example.com");
  const first = commitAll(world.folder, "first");
  assert.equal((await world.plan()).plan.revision, first);
  world.config((config) => `${config}# Another configuration is another desired.\n`);
  assert.equal((await world.plan()).plan.revision, `${first}-dirty`);
  world.config((config) => config);
  assert.equal((await world.plan()).plan.revision, first);
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  assert.equal((await world.plan()).plan.revision, `${first}-dirty`);
  const ran = await world.run("apply", "--auto-approve", "--rev", "main");
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(JSON.stringify(world.emulator.document("flow", "ivr_main_menu_v2")), /"skill":"Billing"/);
  assert.equal(world.trail()[0]?.["commit"], first);
  assert.equal(world.trail()[0]?.["actor"], "Test Person <test@example.com>");
  assert.equal((await world.run("drift")).code, 2, "the work tree is ahead of what was applied");
});

it("a trail that cannot be written stops everything before it is sent", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  world.write({ "../.cxone-gitops/audit.jsonl.lock/file": "a folder where the lock should be" });
  const late = await world.run("apply", "--auto-approve");
  assert.equal(late.code, 1);
  assert.match(late.stdout, /failed create Flow main-menu\n.*\(audit\/unwritable\)\n.*Nothing was sent/);

  rmSync(join(world.folder, ".cxone-gitops"), { recursive: true });
  world.write({ "../.cxone-gitops": "a file where the folder should be" });
  const early = await world.run("apply", "--auto-approve");
  assert.equal(early.code, 1);
  assert.match(early.stderr, /nothing was sent.*\(audit\/unreadable\)/);
  assert.deepEqual(world.writes(), []);
});

it("SIGTERM finishes the write in flight, records it, skips the rest and exits 4", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "second.yaml": FLOW.replaceAll("main", "zz") });
  world.config((text) => text.replace("concurrency: 8", "concurrency: 1"));
  world.emulator.addFault({
    match: { method: "POST", path: "/api/v2/flows" },
    fault: { type: "slow", milliseconds: 700 },
  });
  const apply = startRun(world, "apply", "--auto-approve");
  await apply.untilSent("POST", "/api/v2/flows");
  assert.equal(await apply.end("SIGTERM"), 4, apply.output());
  assert.match(apply.output(), /done create Flow main-menu/);
  assert.match(apply.output(), /skipped create Flow zz-menu/);
  assert.deepEqual(
    world.trail().map(({ type, outcome }) => outcome ?? type),
    ["intent", "done"],
  );
});

it("half a line that a crash left in the trail is set aside, said, and stops nothing", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  appendFileSync(join(world.folder, ".cxone-gitops", "audit.jsonl"), '{"action":"update","act');
  world.emulator.removeDocument("flow", "ivr_main_menu_v2");
  const ran = await world.apply();
  assert.match(ran.stderr, /stopped while it wrote entry 3/);
  assert.equal((await world.run("audit", "verify")).code, 0);
});

it("a trail that somebody changed stops everything, and says what is wrong with it", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  const file = join(world.folder, ".cxone-gitops", "audit.jsonl");
  writeFileSync(file, readFileSync(file, "utf8").replace('"create"', '"update"'));
  world.emulator.removeDocument("flow", "ivr_main_menu_v2");
  world.emulator.clearLog();
  const ran = await world.run("apply", "--auto-approve");
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /does not verify, so nothing was sent: Line 1 .*\(audit\/broken\)/);
  assert.deepEqual(world.writes(), []);
});

it("once the trail has failed, the rest of the run is skipped", async (t) => {
  const world = await openEmulatedWorld(t, { "a.yaml": FLOW, "b.yaml": FLOW.replaceAll("main", "zz") });
  world.config((text) => text.replace("concurrency: 8", "concurrency: 1"));
  world.write({ "../.cxone-gitops/audit.jsonl.lock/file": "a folder where the lock should be" });
  const ran = await world.apply(1);
  assert.match(ran.stdout, /failed create Flow main-menu/);
  assert.match(ran.stdout, /skipped create Flow zz-menu\n.*the audit trail could not be written/);
  assert.deepEqual(world.writes(), []);
});

it("the second signal leaves at once, and the write under way is left to the next run", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  const slow = { type: "slow", milliseconds: 120_000 } as const;
  world.emulator.addFault({ match: { method: "POST", path: "/api/v2/flows" }, fault: slow });
  const apply = startRun(world, "apply", "--auto-approve");
  await apply.untilSent("POST", "/api/v2/flows");
  apply.child.kill("SIGINT");
  await apply.untilSaid(/finishing what is under way/);
  assert.equal(await apply.end("SIGINT"), 4, apply.output());
  assert.match(apply.output(), /failed create Flow main-menu/);
});
