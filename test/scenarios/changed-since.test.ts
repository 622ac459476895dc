/** `--changed-since`: what a pull request touches, by real repositories. */
import assert from "node:assert/strict";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import type { Plan } from "../../src/model/plan.ts";
import { FLOW, flowNamed } from "../helpers/manifests.ts";
import { makeRemote } from "../helpers/remote.ts";
import { commitAll, git, makeFolder, writeFiles } from "../helpers/temp-folder.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

const prompting = (name: string, variable: string) =>
  flowNamed(name).replace("Press one for billing", `"\${var:${variable}}"`);
const selling = (name: string) => flowNamed(name).replace("skill: Billing", "skill: Sales");
const running = (name: string, other: string) =>
  flowNamed(name).replace(
    "node_end_05, type: terminal",
    `node_end_05, type: terminal, properties: { flow: ivr_${other} }`,
  );

const MANIFESTS = {
  "a.yaml": flowNamed("a"),
  "b.yaml": flowNamed("b"),
  "calls-b.yaml": running("calls-b", "b"),
  "two.yaml": `${flowNamed("first")}---\n${flowNamed("second")}`,
  "greets.yaml": prompting("greets", "greeting"),
  "says.yaml": prompting("says", "saying"),
};
const VARIABLES = "    variables: { greeting: Hello, saying: Press one }\n    guard: { maxUpdatePercent: 100 }\n";

/** A tenant as the first commit of a repository describes it, and a branch of that. */
async function openRepository(t: TestContext): Promise<EmulatedWorld> {
  const world = await openEmulatedWorld(t, MANIFESTS);
  world.config((text) => text + VARIABLES);
  writeFiles(world.folder, { ".gitignore": ".cxone-gitops/\n*.json\n" });
  git(world.folder, "init", "-q", "-b", "main");
  git(world.folder, "config", "user.name", "Test Person");
  git(world.folder, "config", "user.email", "test@example.com");
  commitAll(world.folder, "first");
  git(world.folder, "checkout", "-q", "-b", "feature");
  await world.apply();
  world.emulator.clearLog();
  return world;
}

/** The names in a narrow plan, and those among them that came along. */
async function planned(world: EmulatedWorld, ...flags: readonly string[]) {
  world.emulator.clearLog();
  const ran = await world.run("plan", "--output", "json", ...(flags.length > 0 ? flags : ["--changed-since", "main"]));
  assert.equal(ran.code, 0, ran.stderr + ran.stdout);
  const { changes, narrowed }: Plan = JSON.parse(ran.stdout);
  return {
    names: changes.map(({ name }) => name),
    along: (narrowed?.along ?? []).map(({ name, why }) => `${name}: ${why}`),
    notes: narrowed?.notes ?? [],
    reads: world.emulator.log().filter(({ method }) => method === "GET").length,
  };
}

it("with no change nothing is to do, and the tenant is not asked at all", async (t) => {
  const world = await openRepository(t);
  const ran = await world.run("apply", "--auto-approve", "--changed-since", "main");
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /Nothing to do\. Narrowed to 0 of 7 resources\./);
  assert.deepEqual(world.emulator.log(), []);
});

it("a manifest counts by its value: comments, other files and an advanced main are no change; edits that are not committed are", async (t) => {
  const world = await openRepository(t);
  const { folder } = world;
  world.write({
    "a.yaml": `# why\n${flowNamed("a").replace("name: IVR Main Menu", 'name: "IVR Main Menu"')}`,
    "two.yaml": flowNamed("first"),
    "moved.yaml": flowNamed("second"),
  });
  renameSync(join(folder, "manifests", "b.yaml"), join(folder, "manifests", "bb.yaml"));
  commitAll(folder, "move things");
  git(folder, "checkout", "-q", "main");
  world.write({ "says.yaml": selling("says") });
  commitAll(folder, "meanwhile on main");
  git(folder, "checkout", "-q", "feature");
  assert.deepEqual((await planned(world)).names, []);

  world.write({ "two.yaml": selling("first"), "new.yaml": flowNamed("new") });
  const { names, along, reads } = await planned(world);
  assert.deepEqual([names, along, reads], [["first", "new"], [], 2]);
  commitAll(folder, "edits");
  assert.deepEqual((await planned(world)).names, ["first", "new"]);
  assert.deepEqual((await planned(world, "--changed-since", "HEAD")).names, []);
  assert.deepEqual((await planned(world, "--changed-since", "HEAD~2", "--rev", "HEAD~1")).names, []);
  assert.deepEqual((await planned(world, "--changed-since", "HEAD~1", "--rev", "HEAD")).names, ["first", "new"]);
  assert.deepEqual((await planned(world, "--changed-since", "main", "--only", "Flow/new")).names, ["new"]);
});

it("who sends calls to what changed comes along, and what is gone is pruned with it, but no older orphan", async (t) => {
  const world = await openRepository(t);
  world.remove("a.yaml");
  commitAll(world.folder, "an orphan of before");
  world.write({ "b.yaml": selling("b") });
  world.remove("says.yaml");
  const { names, along } = await planned(world, "--changed-since", "HEAD", "--prune");
  assert.deepEqual(names, ["b", "calls-b", "says"]);
  assert.deepEqual(along, ["calls-b: it names Flow b, which changed"]);
  assert.deepEqual((await planned(world, "--changed-since", "main", "--prune")).names, ["b", "calls-b", "a", "says"]);
});

it("a variable of the tenant changes the manifests that use it; what else the tenant is told by changes all or nothing", async (t) => {
  const world = await openRepository(t);
  world.config((text) => text + VARIABLES.replace("Hello", "Good day").replace("100", "50"));
  const { names, notes } = await planned(world);
  assert.deepEqual([names, notes], [["greets"], ['the variable "greeting" changed']]);
  world.config((text) => `${text + VARIABLES}rules: { flow/missing-fallback: off }\n`);
  assert.deepEqual((await planned(world)).names, []);
  world.config((text) => text.replace("acme-dev", "acme-two") + VARIABLES);
  const all = await planned(world);
  assert.equal(all.names.length, 7);
  assert.deepEqual(all.notes, ["everything counts as changed, because cxone-gitops.yaml has another dev's org"]);
});

it("what is gone is known by the name and the id that it had with the variables of then", async (t) => {
  const world = await openRepository(t);
  const named = (name: string) => flowNamed(name).replace(`name: ${name} }`, `name: "${name}-\${var:stage}" }`);
  const staged = (stage: string) =>
    world.config((text) => `${text + VARIABLES.replace("greeting", `stage: ${stage}, greeting`)}`);
  staged("one");
  world.write({ "x.yaml": named("x"), "y.yaml": named("y") });
  commitAll(world.folder, "names with a variable");
  await world.apply();
  const since = ["--prune", "--allow-large-change", "--changed-since", "HEAD"];
  world.remove("x.yaml");
  assert.deepEqual((await planned(world, ...since)).names, ["x-one"]);
  world.write({ "x.yaml": named("x").replace("ivr_x", "ivr_z") });
  assert.deepEqual((await planned(world, ...since)).names, ["x-one", "x-one"], "another id is another flow");
  staged("two");
  world.remove("x.yaml");
  assert.deepEqual((await planned(world, ...since)).names, ["y-two", "x-one"]);
});

it("where a name of then cannot be told, all that is orphaned of its kind counts as changed", async (t) => {
  const world = await openRepository(t);
  world.write({ "x.yaml": flowNamed("x").replace("name: x }", `name: "\${var:gone}" }`) });
  world.remove("a.yaml");
  commitAll(world.folder, "a manifest that nobody could apply");
  world.remove("x.yaml");
  const { names, notes } = await planned(world, "--prune", "--changed-since", "HEAD");
  assert.deepEqual(names, ["a"]);
  assert.deepEqual(notes, [
    "what a changed Flow was called then cannot be told, so every orphaned Flow counts as changed",
  ]);
  world.write({ "x.yaml": "kind: [" });
  commitAll(world.folder, "a file that nobody could read");
  world.remove("x.yaml");
  const all = await planned(world, "--prune", "--changed-since", "HEAD");
  assert.equal(all.names.length, 7);
  assert.deepEqual(all.notes, ["everything counts as changed, because x.yaml could not be read as it was then"]);
});

it("a folder of manifests that was another one then counts as changed, all of it and what is gone of it", async (t) => {
  const world = await openRepository(t);
  const { folder } = world;
  renameSync(join(folder, "manifests"), join(folder, "ivr"));
  rmSync(join(folder, "ivr", "a.yaml"));
  const { names, notes } = await planned(world, "--manifests", "ivr", "--prune", "--changed-since", "main");
  assert.equal(names.length, 7);
  assert.equal(names.at(-1), "a");
  assert.match(notes.join(), /the manifests were in another folder then/);
});

it("a saved plan remembers the commit, not the branch that moves", async (t) => {
  const world = await openRepository(t);
  const base = git(world.folder, "rev-parse", "main");
  world.write({ "a.yaml": selling("a") });
  commitAll(world.folder, "edit");
  const saved = await world.run("plan", "--changed-since", "main", "--out", "plan.json");
  assert.equal(saved.code, 0, saved.stderr);
  git(world.folder, "branch", "-f", "main", "feature");
  world.emulator.clearLog();
  const applied = await world.run("apply", "plan.json");
  assert.equal(applied.code, 0, applied.stderr + applied.stdout);
  assert.match(applied.stdout, new RegExp(`by --changed-since ${base}`));
  assert.deepEqual(world.writes(), ["PUT /api/v2/flows/ivr_a"]);
});

it("a revision that is not there, or is no name of one, is an error, and nothing is sent", async (t) => {
  const world = await openRepository(t);
  git(world.folder, "checkout", "-q", "--orphan", "elsewhere");
  commitAll(world.folder, "another history");
  const cases: Readonly<Record<string, RegExp>> = {
    nowhere: /there is no revision "nowhere"/,
    "--upload-pack=touch x": /"--upload-pack=touch x" is not the name of a revision/,
    "main^{tree}": /"main\^\{tree\}" does not name one commit \(git.*\n +Name one branch, tag or commit/,
    "feature..elsewhere": /"feature\.\.elsewhere" does not name one commit/,
    "": /It is empty/,
    feature: /"feature" and what is planned have no commit in common.*\n +Name a revision that/,
  };
  for (const [rev, said] of Object.entries(cases)) {
    const ran = await world.run("apply", "--auto-approve", `--changed-since=${rev}`);
    assert.equal(ran.code, 1, rev);
    assert.match(ran.stderr, said);
  }
  assert.deepEqual(world.emulator.log(), []);
});

it("a repository that is followed is compared with what it has fetched", async (t) => {
  const remote = makeRemote(t, { "manifests/flow.yaml": FLOW, "manifests/other.yaml": flowNamed("other") });
  const first = git(remote.work, "rev-parse", "HEAD");
  const world = await openEmulatedWorld(t, {});
  const follow = ["--repo", remote.path, "--repo-dir", "clones"];
  assert.equal((await world.run("reconcile", ...follow)).code, 0);
  remote.push({ "manifests/other.yaml": selling("other") });
  assert.deepEqual((await planned(world, ...follow, "--changed-since", first)).names, ["other"]);
});

it("a clone that is cut short serves as far as it goes, and says what to fetch where it does not", async (t) => {
  const remote = makeRemote(t, { "manifests/flow.yaml": FLOW, "manifests/other.yaml": flowNamed("other") });
  const { work } = remote;
  git(work, "checkout", "-q", "-b", "topic");
  writeFiles(work, { "manifests/flow.yaml": FLOW.replace("Billing", "Sales") });
  commitAll(work, "topic");
  git(work, "checkout", "-q", "main");
  remote.push({ "manifests/other.yaml": selling("other") });
  // As a host makes it of a pull request: the first parent is the branch that it goes into.
  git(work, "checkout", "-q", "-b", "merged");
  git(work, "merge", "-q", "--no-ff", "-m", "merge", "topic");
  git(work, "push", "-q", "origin", "topic", "merged");
  const world = await openEmulatedWorld(t, {});
  const cloneOf = (branch: string, depth: number) => {
    const clone = join(makeFolder(t), "clone");
    git(work, "clone", "-q", `--depth=${depth}`, "--no-single-branch", "-b", branch, `file://${remote.path}`, clone);
    return ["--manifests", join(clone, "manifests")];
  };
  assert.deepEqual((await planned(world, ...cloneOf("merged", 2), "--changed-since", "HEAD^1")).names, ["main-menu"]);
  const cut = await world.run("plan", ...cloneOf("topic", 1), "--changed-since", "origin/main");
  assert.equal(cut.code, 1);
  assert.match(cut.stderr, /no commit in common in this clone, which is cut short[\s\S]*git fetch --unshallow/);
});
