/** An id may be unique only in its document: an e-mail node that moves to another workflow is not confused with the one it leaves. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { loadSeed } from "../../src/emulator/seed.ts";
import type { Ran } from "../helpers/command.ts";
import { EMAIL, WORKFLOW } from "../helpers/manifests.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

const workflow = (id: string) =>
  `  - { id: ${id}, name: ${id}, nodes: [{ id: start_node, type: start }, { id: end_node, type: end }], transitions: [] }\n`;
const SEED = loadSeed(
  `workflows:\n${workflow("wf_1")}${workflow("wf_2")}templates:
  - { id: tmpl_a, name: A }
  - { id: tmpl_b, name: B }
  - { id: tmpl_c, name: C }
`,
  "seed.yaml",
);
const mail = (where: string, template: string, name = "mail", annotations = "{}") => `apiVersion: cxone-gitops/v1
kind: EmailNode
metadata: { name: ${name}, annotations: ${annotations} }
spec: { workflow: ${where}, node: email_1, templateId: ${template} }
`;

function templateIn({ emulator }: EmulatedWorld, id: string): string | undefined {
  return /"id":"email_1".*?"templateId":"(\w+)"/.exec(JSON.stringify(emulator.document("workflow", id)))?.[1];
}

const edit = (templateId: string) => ({ nodes: [{ id: "email_1", properties: { templateId } }] });

it("the new one is created, a colleague's edit of the old one stays, and only --prune takes the old one out", async (t) => {
  const world = await openEmulatedWorld(t, { "mail.yaml": mail("wf_1", "tmpl_a") }, { seed: SEED });
  await world.apply();
  world.emulator.editWorkflow("wf_1", edit("tmpl_c"));
  world.write({ "mail.yaml": mail("wf_2", "tmpl_b") });
  const ran = await world.apply();
  assert.match(ran.stdout, /report EmailNode mail \(email_1 in workflow wf_1\)\n.*orphaned/);
  assert.match(ran.stdout, /create EmailNode mail \(email_1 in workflow wf_2\)/);
  assert.match(ran.stdout, /1 applied\./);
  assert.deepEqual([templateIn(world, "wf_1"), templateIn(world, "wf_2")], ["tmpl_c", "tmpl_b"]);

  const pruned = await world.run("apply", "--auto-approve", "--prune");
  assert.equal(pruned.code, 0, pruned.stdout + pruned.stderr);
  assert.deepEqual([templateIn(world, "wf_1"), templateIn(world, "wf_2")], [undefined, "tmpl_b"]);
  assert.equal((await world.plan()).plan.changes.length, 1, "the old one is ours no longer");
});

it("a protected one does not go because its successor has the same name", async (t) => {
  const protect = '{ cxone-gitops/protect: "true" }';
  const world = await openEmulatedWorld(t, { "mail.yaml": mail("wf_1", "tmpl_a", "mail", protect) }, { seed: SEED });
  await world.apply();
  world.write({ "mail.yaml": mail("wf_2", "tmpl_b") });
  const ran = await world.run("apply", "--auto-approve", "--prune");
  assert.equal(ran.code, 3, ran.stdout);
  assert.deepEqual([templateIn(world, "wf_1"), templateIn(world, "wf_2")], ["tmpl_a", undefined]);
});

it("a saved plan sees an edit of the one that is to go", async (t) => {
  const world = await openEmulatedWorld(t, { "mail.yaml": mail("wf_1", "tmpl_a") }, { seed: SEED });
  await world.apply();
  world.write({ "mail.yaml": mail("wf_2", "tmpl_b") });
  assert.equal((await world.run("plan", "--prune", "--out", "p.json")).code, 0);
  world.emulator.editWorkflow("wf_1", edit("tmpl_c"));
  const ran = await world.run("apply", "p.json");
  assert.equal(ran.code, 3, ran.stdout + ran.stderr);
  assert.match(ran.stderr, /templateId/);
  assert.equal(templateIn(world, "wf_1"), "tmpl_c");
});

describe("a workflow that a run created is not taken back under what a later run has put into it", () => {
  /** Two runs: the first has created the workflow, the second an e-mail node in it. */
  async function openInhabited(t: TestContext) {
    const mail = { "mail.yaml": EMAIL.replace("wf_12345", "wf_service_visit") };
    const world = await openEmulatedWorld(t, { "wf.yaml": WORKFLOW });
    await world.apply();
    world.write(mail);
    await world.apply();
    const { runs } = JSON.parse((await world.run("audit", "log", "--runs", "--output", "json")).stdout);
    const restore = (run: 0 | 1, ...flags: readonly string[]) =>
      world.run("restore", runs[run].run, "--auto-approve", ...flags);
    return { ...world, restore, isThere: () => world.emulator.document("workflow", "wf_service_visit") !== undefined };
  }

  const ways: readonly (readonly [
    reason: string,
    go: (world: Awaited<ReturnType<typeof openInhabited>>) => Promise<Ran>,
  ])[] = [
    ["the later run is put back with --prune", (world) => world.restore(1, "--prune")],
    [
      "the node's manifest is taken out, and that is applied with --prune",
      (world) => {
        world.remove("mail.yaml");
        return world.run("apply", "--auto-approve", "--prune");
      },
    ],
  ];
  for (const [reason, go] of ways) {
    it(`until ${reason}, as the hint says`, async (t) => {
      const world = await openInhabited(t);
      assert.equal((await world.restore(1)).code, 0, "without --prune the node stays");
      assert.equal((await world.restore(0)).code, 0, "without --prune nothing is deleted, so nothing is refused");
      const refused = await world.restore(0, "--prune", "--overwrite");
      assert.equal(refused.code, 3, refused.stdout + refused.stderr);
      assert.match(refused.stdout, /Workflow "service-visit" holds EmailNode "order-confirmation" of another run/);
      assert.match(
        refused.stdout,
        /Restore that run with --prune first, or take its manifest out and apply with --prune\./,
      );
      assert.equal(world.isThere(), true);

      const gone = await go(world);
      assert.equal(gone.code, 0, gone.stdout + gone.stderr);
      const restored = await world.restore(0, "--prune");
      assert.equal(restored.code, 0, restored.stdout + restored.stderr);
      assert.equal(world.isThere(), false);
    });
  }
});

it("a workflow and the mail node in it that were pruned together come back together", async (t) => {
  const manifests = {
    "wf.yaml": WORKFLOW,
    "mail.yaml": EMAIL.replace("wf_12345", "wf_service_visit"),
    "x.yaml": EMAIL.replace("order-confirmation", "stays"),
  };
  const world = await openEmulatedWorld(t, manifests);
  await world.apply();
  const before = world.emulator.document("workflow", "wf_service_visit")?.["nodes"];
  world.remove("wf.yaml", "mail.yaml");
  assert.equal((await world.run("apply", "--auto-approve", "--prune")).code, 0);
  assert.equal(world.emulator.document("workflow", "wf_service_visit"), undefined);
  const { runs } = JSON.parse((await world.run("audit", "log", "--runs", "--output", "json")).stdout);
  const ran = await world.run("restore", runs.at(-1).run, "--auto-approve");
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  assert.deepEqual(world.emulator.document("workflow", "wf_service_visit")?.["nodes"], before);
});
