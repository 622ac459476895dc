/** Where manifests come from: `--repo`, `--rev` and signed commits, through the command. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { it } from "node:test";
import { openSource } from "../../src/cli/desired/source.ts";
import type { CommonOptions } from "../../src/cli/options.ts";
import { openLog } from "../../src/cli/outside/log.ts";
import { loadConfig } from "../../src/config/load.ts";
import { GitopsError } from "../../src/errors.ts";
import { FLOW, flowNamed } from "../helpers/manifests.ts";
import { commitSigned, makeKey, makeRemote } from "../helpers/remote.ts";
import { startRun } from "../helpers/running.ts";
import { commitAll, git, makeFolder, writeFiles } from "../helpers/temp-folder.ts";
import { openTestIo } from "../helpers/test-io.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

/** Makes the world's folder a repository that keeps its trail out of git. */
function makeItARepository({ folder }: EmulatedWorld): void {
  writeFiles(folder, { ".gitignore": ".cxone-gitops/\nmanifests/ignored.yaml\n" });
  git(folder, "init", "-q", "-b", "main");
  git(folder, "config", "user.name", "Test Person");
  git(folder, "config", "user.email", "test@example.com");
}

it("a saved plan of a followed repository, its application and the trail name the commit; the configuration stays the local one", async (t) => {
  const elsewhere = FLOW.replace("main-menu", "elsewhere");
  const remote = makeRemote(t, {
    "ivr/flow.yaml": FLOW,
    "manifests/other.yaml": elsewhere,
    "cxone-gitops.yaml": "tenants: { dev: { org: evil, flows: { baseUrl: 'https://evil.example' } } }\n",
  });
  const world = await openEmulatedWorld(t, {});
  const flags = ["--repo", remote.path, "--manifests", "ivr", "--repo-dir", "clones"];
  const planned = await world.run("plan", "--output", "json", "--out", "saved.json", ...flags);
  assert.equal(planned.code, 0, planned.stderr);
  const commit = git(remote.work, "rev-parse", "HEAD");
  const { revision, changes } = JSON.parse(planned.stdout);
  assert.deepEqual([revision, changes.length, changes[0].name], [commit, 1, "main-menu"]);

  const applied = await world.run("apply", "saved.json", ...flags);
  assert.equal(applied.code, 0, applied.stderr);
  assert.deepEqual(
    world.trail().map((entry) => [entry["type"], entry["commit"], entry["outcome"]]),
    [
      ["intent", commit, null],
      ["outcome", commit, "done"],
    ],
  );
  assert.equal(readdirSync(join(world.folder, "clones")).length, 1);
});

it("a password or token in the address goes to that host alone: no output, file or argument holds it", async (t) => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    const elsewhere = `http://localhost:${request.socket.localPort}/elsewhere/info/refs?service=git-upload-pack`;
    response.writeHead(302, { location: elsewhere }).end();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => server.close());
  const bound: AddressInfo | string | null = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;

  const world = await openEmulatedWorld(t, {});
  const said: string[] = [];
  const tokens = ["planted-token-1", "ghp_planted-token-2"];
  const headers = ["bot:planted-token-1", "ghp_planted-token-2:"].map((login) => `Basic ${btoa(login)}`);
  for (const login of ["bot:planted-token-1", "ghp_planted-token-2"]) {
    const address = `http://${login}@127.0.0.1:${port}/flows.git`;
    // A branch is quoted where it is not found: what is masked in one place is masked in all.
    const flags = ["--branch", login.replace("bot:", ""), "--output", "json", "--log-level", "trace"];
    const ran = await world.run("drift", "--repo", address, ...flags);
    assert.equal(ran.code, 1);
    assert.equal(JSON.parse(ran.stdout).error.code, "git/unavailable");
    assert.match(ran.stderr, /a password or token in --repo is in the list of processes/);
    said.push(ran.stdout, ran.stderr);
  }
  assert.deepEqual(asked, headers, "sent once each, and the redirect was not followed");
  const clones = join(world.folder, ".cxone-gitops", "repos");
  const kept = readdirSync(clones, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  for (const text of [...said, ...kept]) {
    for (const secret of [...tokens, ...headers.map((header) => header.slice("Basic ".length))]) {
      assert.ok(!text.includes(secret), text);
    }
  }
  assert.deepEqual(world.emulator.log(), []);
});

it("with source.requireSigned what writes takes a signed commit's manifests only, as they are in the commit", async (t) => {
  const ann = makeKey(t);
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  const signers = join(makeFolder(t, { signers: ann.allow("ann@example.com") }), "signers");
  world.config((text) => `source: { requireSigned: true, allowedSigners: "${signers}" }\n${text}`);
  const refuses = async (said: RegExp, ...args: readonly string[]) => {
    const ran = await world.run(...args);
    assert.equal(ran.code, 1, ran.stdout);
    assert.match(ran.stderr, said);
    assert.deepEqual(world.emulator.log(), [], "nothing was read from the tenant");
  };
  makeItARepository(world);
  commitAll(world.folder, "unsigned");
  await refuses(/the commit [0-9a-f]{40} is not signed \(git\/unsigned\)/, "apply", "--auto-approve");

  const signed = commitSigned(world.folder, ann);
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  await refuses(/the folder .* differs from its commit: .* \(git\/unsigned\)/, "reconcile");
  git(world.folder, "checkout", "-q", "manifests");
  world.write({ "ignored.yaml": flowNamed("ignored") });
  const ran = await world.run("reconcile");
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, new RegExp(`^dev at ${signed}, signed by ann@example.com: 1 applied\\.`));
  assert.match(ran.stderr, new RegExp(`${signed} is signed by ann@example.com \\(SHA256:`));
  assert.deepEqual(world.writes(), ["POST /api/v2/flows"], "what git ignores, nobody has signed");

  rmSync(join(world.folder, "manifests", "ignored.yaml"));
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  commitSigned(world.folder, ann);
  world.emulator.addFault({ match: { method: "PUT" }, fault: { type: "slow", milliseconds: 60_000 } });
  const killed = startRun(world, "reconcile");
  await killed.untilSent("PUT", "/api/v2/flows/ivr_main_menu_v2");
  await killed.end("SIGKILL");
  commitAll(world.folder, "unsigned again");
  world.emulator.clearLog();
  await refuses(/is not signed/, "reconcile");

  world.write({ "flow.yaml": FLOW });
  assert.equal((await world.plan()).code, 0, "a plan may be of anything, unless --require-signed is given");
});

it("the flags that make no sense together are refused, and so is what nobody can vouch for", async (t) => {
  const ann = makeKey(t);
  const folder = makeFolder(t, { "cxone-gitops.yaml": "manifests: m\n", "m/flow.yaml": FLOW });
  const settle = async (flags: Partial<CommonOptions>) => {
    const { io } = openTestIo(folder);
    const config = await loadConfig({ cwd: folder, env: {}, needCredentials: false, secrets: io.secrets });
    const options = { output: "text", logLevel: "silent", color: false, ...flags } as const;
    const stop = new AbortController().signal;
    return openSource({ io, options, config, log: await openLog(io, options), stop, deploys: false })();
  };
  const refuses = (code: string, said: RegExp, flags: Partial<CommonOptions>) =>
    assert.rejects(settle(flags), (thrown) => {
      assert.ok(thrown instanceof GitopsError);
      assert.equal(thrown.code, code, thrown.message);
      assert.match(thrown.message, said);
      return true;
    });
  await refuses("usage", /--branch says nothing without --repo/, { branch: "main" });
  await refuses("usage", /--repo-dir says nothing without --repo/, { repoDir: "x" });
  await refuses("usage", /--repo and --rev do not go together/, { repo: "/x", rev: "main" });
  await refuses("usage", /--allowed-signers verifies nothing without --require-signed/, { allowedSigners: "nope" });
  for (const manifests of ["../m", "/m", "m/../../m", "m\\..\\..\\m"]) {
    await refuses("usage", /no folder inside the repository/, { repo: "/x", manifests });
  }
  await refuses("git/unsigned", /the folder .* has no commit, so nobody has signed it/, { requireSigned: true });

  git(folder, "init", "-q", "-b", "main");
  git(folder, "config", "user.name", "Test Person");
  git(folder, "config", "user.email", "test@example.com");
  writeFiles(folder, { signers: ann.allow("ann@example.com") });
  const commit = commitSigned(folder, ann);
  const outside = join(makeFolder(t, { signers: ann.allow("ann@example.com") }), "signers");
  const signed = await settle({ requireSigned: true, allowedSigners: outside });
  assert.ok(signed.kind === "commit" && signed.signature?.signer === "ann@example.com");
  assert.equal(signed.from.commit, commit);
  const flags = { requireSigned: true, rev: "HEAD" };
  await refuses("git/unsigned", /is in the repository that it is to judge/, { ...flags, allowedSigners: "signers" });
  await refuses("source/unreadable", /signers' file .* is not there/, { ...flags, allowedSigners: "nope" });
  writeFiles(folder, { "m/new.yaml": FLOW });
  await refuses("git/unsigned", /differs from its commit/, { requireSigned: true, allowedSigners: outside });
});
