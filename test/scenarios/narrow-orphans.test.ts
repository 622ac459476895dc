/** A narrow `--prune` deletes the orphans that were selected, and nothing that only came along or still has callers sent to it. */
import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import type { Plan } from "../../src/model/plan.ts";
import { EMAIL, flowNamed, SECOND_EMAIL, WORKFLOW } from "../helpers/manifests.ts";
import { commitAll, git, writeFiles } from "../helpers/temp-folder.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

const MAIL = EMAIL.replace("wf_12345", "wf_service_visit");
const ONLY_MAIL = ["--only", "EmailNode/order-confirmation"];
const ONLY_WORKFLOW = ["--only", "Workflow/service-visit"];

const running = (name: string, other: string) =>
  flowNamed(name).replace(
    "node_end_05, type: terminal",
    `node_end_05, type: terminal, properties: { action: runFlow, flow: ivr_${other} }`,
  );

async function openApplied(t: TestContext, manifests: Readonly<Record<string, string>>): Promise<EmulatedWorld> {
  const world = await openEmulatedWorld(t, manifests);
  await world.apply();
  world.emulator.clearLog();
  return world;
}

/** What a narrow prune would do, `delete NAME`, or say: `NAME: note`. */
async function pruned(world: EmulatedWorld, ...flags: readonly string[]): Promise<readonly string[]> {
  const ran = await world.run("plan", "--prune", "--output", "json", ...flags);
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  const { changes }: Plan = JSON.parse(ran.stdout);
  return changes.map(({ action, name, notes }) =>
    action === "report" ? `${name}: ${notes.join()}` : `${action} ${name}`,
  );
}

it("an orphan that only came along is told of and kept, in a document that stays and in one that is an orphan itself", async (t) => {
  const mails = await openApplied(t, { "a.yaml": EMAIL, "b.yaml": SECOND_EMAIL, "f.yaml": flowNamed("f") });
  mails.remove("b.yaml");
  assert.deepEqual(await pruned(mails, ...ONLY_MAIL), [
    "unchanged order-confirmation",
    "order-reminder: orphaned, but kept: it is not selected",
  ]);
  assert.deepEqual(await pruned(mails), ["unchanged order-confirmation", "delete order-reminder", "unchanged f"]);

  const world = await openApplied(t, { "w.yaml": WORKFLOW, "m.yaml": MAIL, "f.yaml": flowNamed("f") });
  world.remove("w.yaml", "m.yaml");
  assert.deepEqual(await pruned(world, ...ONLY_WORKFLOW), [
    "order-confirmation: orphaned, but kept: it is not selected",
    "service-visit: orphaned, but kept: EmailNode order-confirmation belongs to it, and is kept",
  ]);
  assert.deepEqual(await pruned(world, ...ONLY_WORKFLOW, ...ONLY_MAIL), [
    "delete order-confirmation",
    "delete service-visit",
  ]);
  world.emulator.clearLog();
  assert.equal((await world.run("plan", "--prune", "--out", "plan.json", ...ONLY_MAIL)).code, 0);
  const applied = await world.run("apply", "plan.json");
  assert.equal(applied.code, 0, applied.stderr);
  assert.match(applied.stdout, /orphaned, but kept: it is not selected/);
  assert.deepEqual(world.writes(), ["PUT /api/v2/workflows/wf_service_visit"], "the workflow goes on without it");
});

it("a mail that an orphaned workflow leads to stays while that one is kept", async (t) => {
  const leading = WORKFLOW.replace(
    "{ from: start_node, to: end_node }",
    "{ from: start_node, to: email_send_01 }\n    - { from: email_send_01, to: end_node }",
  );
  const world = await openApplied(t, {
    "w.yaml": leading,
    "m.yaml": MAIL.replace("  after: [start_node]\n", ""),
    "f.yaml": flowNamed("f"),
  });
  world.remove("w.yaml", "m.yaml");
  assert.deepEqual(await pruned(world, ...ONLY_MAIL), [
    "order-confirmation: orphaned, but kept: Workflow service-visit would change with it, and is kept",
    "service-visit: orphaned, but kept: it is not selected",
  ]);
});

it("what went since a revision is deleted, and not what had gone before and lives in the same document", async (t) => {
  const world = await openApplied(t, { "w.yaml": WORKFLOW, "m.yaml": MAIL, "f.yaml": flowNamed("f") });
  writeFiles(world.folder, { ".gitignore": ".cxone-gitops/\n" });
  git(world.folder, "init", "-q", "-b", "main");
  git(world.folder, "config", "user.name", "Test Person");
  git(world.folder, "config", "user.email", "test@example.com");
  world.remove("w.yaml");
  commitAll(world.folder, "an orphan of before");
  world.remove("m.yaml");
  const ran = await world.run("apply", "--auto-approve", "--prune", "--changed-since", "main");
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(world.writes(), ["PUT /api/v2/workflows/wf_service_visit"]);
});

it("a flow that an orphan still sends calls to is kept while that one is, and so is what it sends them on to", async (t) => {
  const world = await openApplied(t, {
    "menu.yaml": running("menu", "billing"),
    "billing.yaml": running("billing", "survey"),
    "survey.yaml": flowNamed("survey"),
    "other.yaml": flowNamed("other"),
  });
  world.remove("menu.yaml", "billing.yaml", "survey.yaml");
  const why = "which is orphaned, too, and not deleted in this run";
  assert.deepEqual(await pruned(world, "--only", "Flow/billing", "--only", "Flow/survey"), [
    `billing: orphaned, but kept: Flow menu still names it, ${why}`,
    `survey: orphaned, but kept: Flow billing still names it, ${why}`,
  ]);
  assert.deepEqual(await pruned(world, "--only", "Flow/menu", "--only", "Flow/billing"), [
    "delete billing",
    "delete menu",
  ]);
});
