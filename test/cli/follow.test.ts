/** The daemon: it follows a repository, repairs, lives through what fails, and ends when it is told to. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { runFollow } from "../../src/cli/following/follow.ts";
import { FLOW } from "../helpers/manifests.ts";
import { makeKey, makeRemote } from "../helpers/remote.ts";
import { type Running, startRun } from "../helpers/running.ts";
import { git, makeFolder, writeFiles } from "../helpers/temp-folder.ts";
import { openTestIo } from "../helpers/test-io.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

const FLOW_PATH = "/api/v2/flows/ivr_main_menu_v2";
const sales = FLOW.replace("skill: Billing", "skill: Sales");

/** Starts a daemon whose passes are far apart: only SIGHUP brings the next. */
function startDaemon(t: TestContext, world: EmulatedWorld, ...args: readonly string[]): Running {
  const daemon = startRun(world, "reconcile", "--every", "1h", ...args);
  t.after(() => daemon.end("SIGKILL"));
  return daemon;
}

const skillOf = (world: EmulatedWorld) =>
  /"skill":"(\w+)"/.exec(JSON.stringify(world.emulator.document("flow", "ivr_main_menu_v2")))?.[1];

/** The lines of stdout and stderr that are JSON, as far as they are complete. */
function linesOf(daemon: Running): readonly Readonly<Record<string, unknown>>[] {
  const lines = daemon.output().split("\n").slice(0, -1);
  return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}

it("follows a repository pass by pass: deploys, repairs, refuses what nobody signed, goes on, and ends with 0", async (t) => {
  const ann = makeKey(t);
  const remote = makeRemote(t, { "manifests/flow.yaml": FLOW.replace("skill: Billing", "skill: Unsigned") });
  const first = remote.push({ "manifests/flow.yaml": FLOW }, ann);
  const signers = join(makeFolder(t, { signers: ann.allow("ann@example.com") }), "signers");
  const world = await openEmulatedWorld(t, {});
  const flags = ["--repo", remote.path, "--require-signed", "--allowed-signers", signers];
  const daemon = startDaemon(
    t,
    world,
    ...flags,
    "--listen",
    "0",
    "--output",
    "json",
    "--log-level",
    "info",
    "--metrics-file",
    "m.prom",
  );
  const ended = (pass: number) => daemon.untilSaid(new RegExp(`"pass":${pass},`));

  await ended(1);
  assert.equal(skillOf(world), "Billing");
  const url = /health and metrics: (\S+)/.exec(daemon.output())?.[1] ?? "";
  assert.equal((await fetch(`${url}/readyz`)).status, 200);

  world.emulator.editFlow("ivr_main_menu_v2", { nodes: [{ id: "node_queue_03", properties: { skill: "Byhand" } }] });
  daemon.child.kill("SIGHUP");
  await ended(2);
  assert.equal(skillOf(world), "Billing", "git wins");
  const file = join(world.folder, "m.prom");
  const isTold = () => existsSync(file) && /runs_total\{.*\} 2\n/.test(readFileSync(file, "utf8"));
  while (!isTold()) await new Promise((tick) => setTimeout(tick, 5));

  world.emulator.clearLog();
  const unsigned = remote.push({ "manifests/flow.yaml": sales });
  daemon.child.kill("SIGHUP");
  await ended(3);
  assert.match(daemon.output(), new RegExp(`the commit ${unsigned} is not signed`));
  assert.deepEqual(world.emulator.log(), [], "nothing is read from the tenant, no token even");

  const signed = remote.push({}, ann);
  writeFiles(world.folder, { "cxone-gitops.yaml": "tenants: [" });
  daemon.child.kill("SIGHUP");
  await ended(4);
  world.config((text) => text);
  daemon.child.kill("SIGHUP");
  await ended(5);
  assert.equal(skillOf(world), "Sales");
  assert.deepEqual(
    linesOf(daemon).flatMap(({ msg, exitCode, failuresInARow }) =>
      /^pass /.test(String(msg)) ? [[exitCode, failuresInARow]] : [],
    ),
    [
      [0, 0],
      [0, 0],
      [1, 1],
      [1, 2],
      [0, 0],
    ],
  );

  const documents = linesOf(daemon).filter((line) => line["formatVersion"] === 1 || line["error"] !== undefined);
  assert.equal(documents.length, 5, "one line for each pass");
  assert.match(JSON.stringify(documents[2]), /"code":"git\/unsigned"/);
  assert.match(JSON.stringify(documents[4]), new RegExp(`"revision":"${signed}"`));
  assert.deepEqual(new Set(world.trail().map(({ commit }) => commit)), new Set([first, signed]));

  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /cxone_gitops_api_requests_total\{tenant="dev",.*method="PUT".*\} 2/, "over all passes");
  assert.match(metrics, /runs_total\{.*result="error".*\} [12]\n/);
  assert.equal(await daemon.end("SIGTERM"), 0, daemon.output());
  assert.ok(!`${daemon.output()}${metrics}`.includes("planted-client-secret"));
});

it("says each pass in one line, a forced push as well, and ends a pass that is under way", async (t) => {
  const remote = makeRemote(t, { "manifests/flow.yaml": FLOW });
  const before = git(remote.work, "rev-parse", "HEAD");
  const world = await openEmulatedWorld(t, {});
  const daemon = startDaemon(t, world, "--repo", `file://${remote.path}`);
  await daemon.untilSaid(new RegExp(`^dev at ${before}: 1 applied\\.`));
  const after = remote.forcePush({ "manifests/flow.yaml": sales });
  world.emulator.addFault({ match: { method: "PUT" }, fault: { type: "slow", milliseconds: 300 } });
  daemon.child.kill("SIGHUP");
  await daemon.untilSent("PUT", FLOW_PATH);
  assert.equal(await daemon.end("SIGTERM"), 0, "all of the pass was done");
  assert.match(daemon.output(), new RegExp(`"main" was rewritten: ${before} is not part of ${after}`));
  assert.match(daemon.output(), new RegExp(`\\ndev at ${after}: 1 applied\\.`));
  const outcomes = world.trail().filter(({ type }) => type === "outcome");
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ["done", "done"],
  );
  assert.equal((await world.run("audit", "verify")).code, 0);
});

it("is not kept by a remote that says nothing: a signal ends the fetch", async (t) => {
  const folder = makeFolder(t);
  const ssh = join(folder, "ssh");
  const begun = join(folder, "begun");
  writeFileSync(ssh, `#!/bin/sh\ntouch "${begun}"\ncat > /dev/null\n`, { mode: 0o755 });
  const world = await openEmulatedWorld(t, {}, {}, { GIT_SSH_COMMAND: ssh });
  const daemon = startDaemon(t, world, "--repo", "git@example.test:acme/flows.git");
  while (!existsSync(begun)) await new Promise((tick) => setTimeout(tick, 5));
  assert.equal(await daemon.end("SIGTERM"), 4);
  assert.match(daemon.output(), /stopped while it fetched the manifests; nothing was begun \(run\/stopped\)/);
  assert.deepEqual(world.emulator.log(), []);
});

it("is not ended by a SIGHUP that comes while it starts, and listens to none when it has ended", async (t) => {
  const { io } = openTestIo(makeFolder(t, { "cxone-gitops.yaml": "tenants: [" }));
  const never = new AbortController().signal;
  const begun = runFollow(
    io,
    { every: 60_000, output: "text", logLevel: "silent", color: false },
    { soft: never, hard: never },
  );
  assert.equal(process.listenerCount("SIGHUP"), 1);
  await assert.rejects(begun, /YAML/);
  assert.equal(process.listenerCount("SIGHUP"), 0);
});

it("does not begin what can never do", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  const cases: readonly (readonly [flags: readonly string[], said: RegExp])[] = [
    [["--every", "10m", "--repo", "/x", "--manifests", "../x"], /no folder inside the repository/],
    [["--every", "10m", "--listen", new URL(world.emulator.url).host], /cannot listen on .*EADDRINUSE/],
  ];
  for (const [flags, said] of cases) {
    const ran = await world.run("reconcile", ...flags);
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, said);
  }
  assert.deepEqual(world.emulator.log(), []);
});
