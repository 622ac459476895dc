/** What was edited live and what git has moved are told apart, by who changed what since it was applied. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { it } from "node:test";
import type { Plan } from "../../src/model/plan.ts";
import { runCommand } from "../helpers/command.ts";
import { EMAIL, FLOW, flowNamed } from "../helpers/manifests.ts";
import { takeStep } from "../helpers/steps.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

const byHand = (skill: string) => ({ nodes: [{ id: "node_queue_03", properties: { skill } }] });
const sales = (text: string) => text.replace("skill: Billing", "skill: Sales");
const SKILL = "/nodes/node_queue_03/properties/skill";

function git(world: EmulatedWorld, ...args: readonly string[]): string {
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...identity, ...args], { cwd: world.folder, encoding: "utf8" }).trim();
}

/** `name origin live|desired` of every change. */
function originsOf({ changes }: Plan): readonly string[] {
  return changes.map(({ name, drift }) =>
    drift === null ? `${name} none` : `${name} ${drift.origin} ${drift.live.join()}|${drift.desired.join()}`,
  );
}

it("tells an edit, a commit and both apart, with who, when and since which commit; applied, there is none", async (t) => {
  const manifests = {
    "mail.yaml": EMAIL,
    ...Object.fromEntries(["both", "commit", "edit", "gone", "keep"].map((name) => [`${name}.yaml`, flowNamed(name)])),
  };
  const world = await openEmulatedWorld(t, manifests, { editors: true });
  git(world, "init", "-q");
  git(world, "add", "manifests", "cxone-gitops.yaml");
  git(world, "commit", "-q", "-m", "first");
  const first = git(world, "rev-parse", "HEAD");
  assert.equal((await takeStep(world, "apply")).code, 0);

  world.emulator.editFlow("ivr_edit", { ...byHand("Support"), lastUpdatedBy: "ann@acme.example" });
  world.emulator.editFlow("ivr_both", { ...byHand("Support"), name: "By hand" });
  world.emulator.editFlow("ivr_keep", { ownerTeam: "dispatch" });
  world.emulator.removeDocument("flow", "ivr_gone");
  world.write({ "both.yaml": sales(flowNamed("both")), "commit.yaml": sales(flowNamed("commit")) });
  git(world, "commit", "-q", "-a", "-m", "second");

  const planned = await takeStep(world, "plan", { output: "json" });
  const plan: Plan = JSON.parse(planned.said);
  assert.equal(planned.code, 3, "a plan of so many updates is refused, and still says where each comes from");
  assert.deepEqual(originsOf(plan), [
    "order-confirmation none",
    `both both /name,${SKILL}|${SKILL}`,
    `commit not-deployed |${SKILL}`,
    `edit edited-live ${SKILL}|`,
    "gone edited-live |",
    "keep none",
  ]);
  const edited = plan.changes.find(({ name }) => name === "edit")?.drift;
  assert.equal(edited?.by, "ann@acme.example");
  const stamp = world.emulator.document("flow", "ivr_edit")?.["lastUpdatedTimestamp"];
  assert.equal(edited?.at, new Date(Number(stamp)).toISOString());
  assert.equal(plan.changes.find(({ name }) => name === "both")?.drift?.by, "editor");

  const drift = await world.run("drift");
  assert.equal(drift.code, 2);
  assert.match(drift.stdout, /Edited live\n[\s\S]*edited live by ann@acme.example at [-: 0-9]+ UTC\n/);
  assert.match(drift.stdout, /\+ create Flow gone .*\n {6}deleted live\n/);
  assert.match(drift.stdout, /applying git means: at node_queue_03, skill is now "Billing" instead of "Support"\n/);
  const both =
    /Both: edited live, and committed since\n.*Flow both.*\n {6}edited live by editor at .*: \/name, \/nodes.*; changed/;
  assert.match(drift.stdout.replaceAll("\n      changed", "; changed"), both);
  assert.ok(drift.stdout.includes(`Committed, not deployed (since ${first.slice(0, 12)} was applied, `), drift.stdout);
  assert.match(drift.stdout, /2 edited live, 1 both, 1 not deployed, 2 unchanged\.\n$/);

  const markdown = await takeStep(world, "plan", { output: "markdown" });
  assert.match(markdown.said, /- overwrites an edit made live by ann@.*acme.example at /);
  assert.match(markdown.said, /- puts back what was deleted live\n/);
  assert.equal((await takeStep(world, "apply", { allowLargeChange: true })).code, 0);
  assert.match((await takeStep(world, "drift")).said, /No changes: live equals desired for 6 resources\.\n$/);
});

it("a variable with another value is no edit, what a restore put back is one, and nothing is told without the trail", async (t) => {
  const greeting = FLOW.replace("Press one for billing", '"${env:GREETING}"');
  const world = await openEmulatedWorld(
    t,
    { "flow.yaml": greeting },
    // The tenant's clock is slow: only its own tells that the edit is later than our write.
    { editors: true, now: () => Date.now() - 3_600_000 },
    { GREETING: "planted-greeting-1" },
  );
  assert.equal((await takeStep(world, "apply")).code, 0);
  const env = { GREETING: "planted-greeting-2" };
  const moved = await takeStep(world, "drift", { env, output: "json" });
  const field = "/nodes/node_dtmf_02/properties/prompt";
  assert.deepEqual(originsOf(JSON.parse(moved.said)), [`main-menu not-deployed |${field}`]);

  world.emulator.editFlow("ivr_main_menu_v2", { name: "By hand", lastUpdatedBy: { email: "planted-greeting-1" } });
  const edited = await runCommand(["drift"], { cwd: world.folder, env: { ...world.env, ...env } });
  assert.match(edited.stdout, /edited live by \(secret\) at /, "also the tenant's words hold no secret");
  assert.doesNotMatch(edited.stdout + edited.stderr, /planted/);

  assert.equal((await takeStep(world, "apply", { env })).code, 0);
  const run = String(world.trail().at(-1)?.["run"]);
  assert.equal(
    (await takeStep(world, { restore: run }, { env })).code,
    4,
    "the greeting was secret, and stays as it is",
  );
  const restored = await takeStep(world, "drift", { env, output: "json" });
  assert.deepEqual(originsOf(JSON.parse(restored.said)), ["main-menu edited-live /name|"], "git has not moved");
  const ours = String(world.trail().at(-1)?.["run"]);
  const originNow = async () => {
    const plan: Plan = JSON.parse((await takeStep(world, "drift", { env, output: "json" })).said);
    return [plan.changes[0]?.drift?.restored, plan.changes[0]?.drift?.by];
  };
  assert.deepEqual(await originNow(), [ours, null], "and nobody has edited it");
  const told = await takeStep(world, "drift", { env });
  assert.match(told.said, /Put back by a restore, and not as git asks\n.*\n {6}put back by run \S+\n/);
  assert.match((await takeStep(world, "plan", { env })).said, /\n {6}overwrites what run \S+ put back\n/);
  const policy = "repair-unless-edited";
  const kept = await takeStep(world, "reconcile", { env, policy });
  assert.match(kept.said, /held back: run \S+ put it back, and the policy is repair-unless-edited/);
  world.emulator.editFlow("ivr_main_menu_v2", { ...byHand("Support"), lastUpdatedBy: "ann@acme.example" });
  assert.deepEqual(await originNow(), [null, "ann@acme.example"], "but by now somebody has");

  world.config((text) => `${text}audit: { file: another/audit.jsonl }\n`);
  const unknown = await takeStep(world, "drift");
  assert.match(unknown.said, /Never applied from here\n {2}~ update Flow main-menu/);
});
