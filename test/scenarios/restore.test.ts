/** What a run replaced is put back: that and nothing else, on top of whatever has happened since. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isJsonObject, type Json, type JsonObject, objectsAt, stringAt } from "../../src/model/json.ts";
import { type Ran, runCommand } from "../helpers/command.ts";
import { EMAIL, FLOW, flowNamed, SECOND_EMAIL, WEBHOOK, WORKFLOW } from "../helpers/manifests.ts";
import { CREDENTIALS, type EmulatedWorld, openEmulatedWorld, type World } from "../helpers/world.ts";

const FLOW_ID = "ivr_main_menu_v2";
const FLOW_PATH = `/api/v2/flows/${FLOW_ID}`;

/** Another name, a changed, an added and a removed property, a node more and one less, and the connections that this takes. */
const NEXT_FLOW = `apiVersion: cxone-gitops/v1
kind: Flow
metadata: { name: main-menu }
spec:
  id: ivr_main_menu_v2
  name: IVR Front Door
  start: node_start_01
  nodes:
    - { id: node_start_01, type: start }
    - { id: node_dtmf_02, type: decision, properties: { prompt: Press two for billing, retries: 2 } }
    - { id: node_queue_04, type: decision, properties: { skill: Sales } }
    - { id: node_end_05, type: terminal }
  connections:
    - { from: node_start_01, to: node_dtmf_02 }
    - { from: node_dtmf_02, to: node_queue_04, when: "dtmf == '2'" }
    - { from: node_dtmf_02, to: node_end_05, type: fallback }
    - { from: node_queue_04, to: node_end_05 }
`;

function lastRun(world: World): string {
  return String(world.trail().at(-1)?.["run"]);
}

async function restore(world: World, run: string, code = 0, ...flags: readonly string[]) {
  const ran = await world.run("restore", run, "--auto-approve", ...flags);
  assert.equal(ran.code, code, `${ran.stdout}\n${ran.stderr}`);
  return ran;
}

/** A document without what every write changes, and with its lists by id, because their order means nothing. */
function content(document: JsonObject | undefined): JsonObject {
  const { version: _version, lastUpdatedTimestamp: _time, ...rest } = document ?? {};
  const byId = (list: string): Record<string, Json> =>
    Object.fromEntries(objectsAt(document, list).map((item) => [stringAt(item, "id") ?? "", item]));
  const lists = ["nodes", "connections", "transitions"].filter((list) => list in rest);
  return { ...rest, ...Object.fromEntries(lists.map((list) => [list, byId(list)])) };
}

/** Without what a document that was created anew cannot have kept. */
const sinceCreation = ({ createdTimestamp: _created, ...rest }: JsonObject) => rest;

const flowOf = (world: EmulatedWorld) => content(world.emulator.document("flow", FLOW_ID));
const workflowOf = (world: EmulatedWorld) => content(world.emulator.document("workflow", "wf_12345"));

it("an update is put back exactly, once, edits beside it survive, and a restore can itself be restored", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  const theirs = { ownerTeam: "dispatch", nodes: [{ id: "node_dtmf_02", position: { x: 320, y: 80 } }] };
  const before = flowOf(world);
  world.write({ "flow.yaml": NEXT_FLOW });
  await world.apply();
  const run = lastRun(world);
  world.emulator.editFlow(FLOW_ID, theirs);
  const after = flowOf(world);
  world.emulator.clearLog();

  const unasked = await world.run("restore", run);
  assert.equal(unasked.code, 1);
  assert.match(unasked.stdout, /~ update Flow main-menu/);
  assert.match(unasked.stderr, /\(apply\/not-approved\)/);
  assert.deepEqual(world.writes(), []);

  const ran = await restore(world, run);
  assert.match(ran.stderr, /revert the commit as well/);
  assert.deepEqual(world.writes(), [`PUT ${FLOW_PATH}`]);
  const { nodes: nodesBefore, ...restBefore } = before;
  const { nodes: nodesNow, ...restNow } = flowOf(world);
  assert.deepEqual(restNow, { ...restBefore, ownerTeam: "dispatch" });
  assert.ok(isJsonObject(nodesBefore) && isJsonObject(nodesBefore["node_dtmf_02"] ?? null));
  const dtmf = nodesBefore["node_dtmf_02"];
  assert.ok(isJsonObject(dtmf));
  assert.deepEqual(nodesNow, { ...nodesBefore, node_dtmf_02: { ...dtmf, position: { x: 320, y: 80 } } });
  const restoring = lastRun(world);
  assert.ok(
    world.trail().every(({ run: of, restores }) => restores === (of === restoring ? run : null)),
    "the trail says which run was put back, and by which",
  );
  assert.equal((await world.run("audit", "verify")).code, 0);

  world.emulator.clearLog();
  const twice = await restore(world, run);
  assert.match(twice.stdout, /No changes/);
  assert.doesNotMatch(twice.stderr, /revert/);
  assert.deepEqual(world.writes(), []);

  await restore(world, restoring);
  assert.deepEqual(flowOf(world), after);
  assert.equal((await world.run("drift")).code, 0, "which is what git asks for again");
});

it("what was edited since in the same place is refused by name; --overwrite, or the later run first, puts it back", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  await world.apply();
  const before = flowOf(world);
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
  await world.apply();
  const run = lastRun(world);
  world.emulator.editFlow(FLOW_ID, { nodes: [{ id: "node_queue_03", properties: { skill: "Support" } }] });
  world.emulator.clearLog();
  const refused = await restore(world, run, 3);
  assert.match(
    refused.stdout,
    /refused Flow "main-menu" has been changed since that run, at \/nodes\/node_queue_03\/properties\/skill\n/,
  );
  assert.match(refused.stdout, /--overwrite/);
  assert.deepEqual(world.writes(), []);

  await world.apply();
  world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Retail") });
  await world.apply();
  const later = lastRun(world);
  await restore(world, run, 3);
  await restore(world, later);
  await restore(world, run);
  assert.deepEqual(flowOf(world), before);

  world.emulator.editFlow(FLOW_ID, { nodes: [{ id: "node_queue_03", properties: { skill: "Support" } }] });
  await restore(world, later, 3);
  await restore(world, run, 0, "--overwrite");
  assert.deepEqual(flowOf(world), before);
});

it("what a run created is deleted with --prune only, and in a workflow nothing but that", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "mail.yaml": EMAIL });
  const before = workflowOf(world);
  await world.apply();
  const run = lastRun(world);
  const theirs = { nodes: [{ id: "sms_send_01", type: "sms", properties: { text: "hello" } }] };
  world.emulator.editWorkflow("wf_12345", theirs);
  world.emulator.clearLog();
  const kept = await restore(world, run);
  assert.match(kept.stdout, /\? report Flow main-menu.*\n +created by run \S+; --prune deletes it/);
  assert.deepEqual(world.writes(), []);

  world.emulator.editFlow(FLOW_ID, { name: "Renamed by hand" });
  const edited = await restore(world, run, 3, "--prune");
  assert.match(edited.stdout, /refused Flow "main-menu" has been changed since that run/);
  assert.deepEqual(world.writes(), []);
  await restore(world, run, 0, "--prune", "--overwrite");
  assert.deepEqual(world.writes().toSorted(), [`DELETE ${FLOW_PATH}`, "PUT /api/v2/workflows/wf_12345"]);
  const { nodes, ...rest } = workflowOf(world);
  const { nodes: nodesBefore, ...restBefore } = before;
  assert.deepEqual(rest, restBefore);
  assert.ok(isJsonObject(nodesBefore ?? null) && isJsonObject(nodes ?? null));
  assert.deepEqual(Object.keys(Object(nodes)), ["start_node", "sms_send_01"]);

  world.emulator.clearLog();
  await restore(world, run, 0, "--prune");
  assert.deepEqual(world.writes(), [], "deleted twice is no change");
});

it("what a run pruned comes back, is an orphan again, and can go again", async (t) => {
  const planted = "whsec_cGxhbnRlZC1zZWNyZXQ";
  const manifests = {
    "flow.yaml": FLOW,
    "mail.yaml": EMAIL,
    "workflow.yaml": WORKFLOW,
    "hook.yaml": WEBHOOK,
    "keep.yaml": flowNamed("keep"),
  };
  const world = await openEmulatedWorld(t, manifests, {}, { HOOK_SECRET: planted });
  await world.apply();
  const [flow, workflow] = [flowOf(world), workflowOf(world)];
  const visit = content(world.emulator.document("workflow", "wf_service_visit"));
  world.remove("flow.yaml", "mail.yaml", "workflow.yaml", "hook.yaml");
  const pruned = await world.run("apply", "--auto-approve", "--prune", "--allow-large-change");
  assert.match(pruned.stdout, /4 applied/);
  const run = lastRun(world);
  world.emulator.clearLog();

  await restore(world, run);
  assert.equal(world.writes().length, 4);
  assert.deepEqual(sinceCreation(flowOf(world)), sinceCreation(flow));
  assert.deepEqual(workflowOf(world), workflow);
  const visitNow = content(world.emulator.document("workflow", "wf_service_visit"));
  assert.deepEqual(sinceCreation(visitNow), sinceCreation(visit));
  assert.equal(world.emulator.state().webhooks[0]?.name, "ESP Sync Webhook");
  assert.match((await world.run("plan")).stdout, /orphaned[\s\S]*orphaned[\s\S]*orphaned[\s\S]*orphaned/);

  const objects = join(world.folder, ".cxone-gitops", "audit.jsonl.objects");
  for (const name of readdirSync(objects)) {
    assert.ok(!readFileSync(join(objects, name), "utf8").includes(planted), `${name} holds a webhook's secret`);
  }
  const again = await restore(world, lastRun(world), 0, "--prune");
  assert.match(again.stdout, /4 applied/);
  assert.equal(world.emulator.document("flow", FLOW_ID), undefined);
});

it("a flow that was pruned comes back with what was not git's in it", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "keep.yaml": flowNamed("keep") });
  await world.apply();
  const theirs = { ownerTeam: "dispatch", nodes: [{ id: "node_dtmf_02", position: { x: 320, y: 80 } }] };
  world.emulator.editFlow(FLOW_ID, theirs);
  const before = flowOf(world);
  world.remove("flow.yaml");
  assert.equal((await world.run("apply", "--auto-approve", "--prune")).code, 0);
  await restore(world, lastRun(world));
  assert.deepEqual(sinceCreation(flowOf(world)), sinceCreation(before));
});

it("an e-mail node that was pruned comes back with what was not git's in it and around it", async (t) => {
  const world = await openEmulatedWorld(t, { "mail.yaml": EMAIL, "keep.yaml": flowNamed("keep") });
  await world.apply();
  world.emulator.editWorkflow("wf_12345", {
    nodes: [
      { id: "email_send_01", properties: { brand: "acme-home" }, canvas: { x: 560, y: 220 } },
      { id: "end_node", type: "end" },
    ],
    transitions: [{ id: "tr_out", source: "email_send_01", target: "end_node", condition: "true" }],
  });
  const before = workflowOf(world);
  world.remove("mail.yaml");
  assert.equal((await world.run("apply", "--auto-approve", "--prune")).code, 0);
  await restore(world, lastRun(world));
  assert.deepEqual(workflowOf(world), before);
});

it("several resources in one workflow go back in one write, and one of them that was edited since holds up all", async (t) => {
  const manifests = { "mail.yaml": `${EMAIL}---\n${SECOND_EMAIL}`, "workflow.yaml": WORKFLOW };
  const world = await openEmulatedWorld(t, manifests);
  await world.apply();
  const before = workflowOf(world);
  world.write({ "mail.yaml": `${EMAIL}---\n${SECOND_EMAIL}`.replaceAll("orderTotal", "total") });
  await world.apply();
  const run = lastRun(world);
  const edit = (deliveryMode: string, total: string) => ({
    nodes: [{ id: "email_send_02", properties: { deliveryMode, variables: { total } } }],
  });
  world.emulator.editWorkflow("wf_12345", edit("standard", "$workflow.data.sum"));
  world.emulator.clearLog();
  const refused = await restore(world, run, 3);
  assert.match(refused.stdout, /refused EmailNode "order-reminder" has been changed since that run, at .*\/total/);
  assert.deepEqual(world.writes(), []);

  world.emulator.editWorkflow("wf_12345", edit("priority", "$workflow.data.total"));
  await restore(world, run);
  assert.deepEqual(world.writes(), ["PUT /api/v2/workflows/wf_12345"]);
  const second = objectsAt(world.emulator.document("workflow", "wf_12345"), "nodes").find(
    (node) => stringAt(node, "id") === "email_send_02",
  );
  assert.match(JSON.stringify(second), /"priority"/, "the run did not touch that, so the edit stands");
  world.emulator.editWorkflow("wf_12345", {
    nodes: [{ id: "email_send_02", properties: { deliveryMode: "standard" } }],
  });
  assert.deepEqual(workflowOf(world), before);
});

it("a webhook goes back without its secret, which stays what it is", async (t) => {
  const world = await openEmulatedWorld(t, { "hook.yaml": WEBHOOK }, {}, { HOOK_SECRET: "whsec_cGxhbnRlZA" });
  await world.apply();
  const before = world.emulator.state().webhooks;
  world.write({ "hook.yaml": WEBHOOK.replace("/hook", "/other").replace("X-Source: cxone-gitops", "X-Source: git") });
  await world.apply();
  assert.notDeepEqual(world.emulator.state().webhooks, before);
  await restore(world, lastRun(world));
  assert.deepEqual(world.emulator.state().webhooks, before);
});

it("a word that a secret replaces in one flow stays a word in another, which comes back whole", async (t) => {
  const other = flowNamed("other");
  const env = { SKILL: "planted-skill-1" };
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "other.yaml": other }, {}, env);
  await world.apply();
  world.write({
    "flow.yaml": FLOW.replace("skill: Billing", 'skill: "${env:SKILL}"'),
    "other.yaml": other.replace("skill: Billing", "skill: Sales"),
  });
  const applied = await world.apply();
  assert.match(applied.stdout, /skill: "Billing" → "Sales"/);
  const run = lastRun(world);
  const ran = await world.run("restore", run, "--auto-approve");
  assert.equal(ran.code, 4, "what the secret has replaced was not kept");
  assert.match(ran.stderr, /Flow main-menu: not kept/);
  assert.doesNotMatch(ran.stderr, /Flow other/);
  const nodes = objectsAt(world.emulator.document("flow", "ivr_other"), "nodes");
  assert.deepEqual(nodes.find(({ id }) => id === "node_queue_03")?.["properties"], { skill: "Billing" });
});

describe("what was masked when it was kept", () => {
  const withPin = FLOW.replace("skill: Billing", `skill: Billing, pin: "\${env:PIN}"`);
  const propertiesOf = (world: EmulatedWorld) =>
    objectsAt(world.emulator.document("flow", FLOW_ID), "nodes").find(({ id }) => id === "node_queue_03")?.[
      "properties"
    ];
  async function runWith(world: World, PIN: string, ...args: readonly string[]) {
    const ran = await runCommand([...args, "--auto-approve"], { cwd: world.folder, env: { ...CREDENTIALS, PIN } });
    return assertCode(ran, 0);
  }
  /** What does not come back makes it a restore in part. */
  async function restoreInPart(world: World, PIN: string) {
    const args = ["restore", lastRun(world), "--auto-approve"];
    assertCode(await runCommand(args, { cwd: world.folder, env: { ...CREDENTIALS, PIN } }), 4);
  }
  function assertCode(ran: Ran, code: number) {
    assert.equal(ran.code, code, ran.stdout + ran.stderr);
    assert.doesNotMatch(ran.stdout + ran.stderr, /first-pin|second-pin/);
  }

  it("stays as it is live", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": withPin });
    await runWith(world, "first-pin", "apply");
    world.write({ "flow.yaml": withPin.replace("skill: Billing", "skill: Sales") });
    await runWith(world, "second-pin", "apply");
    await restoreInPart(world, "second-pin");
    assert.deepEqual(propertiesOf(world), { skill: "Billing", pin: "second-pin" });
  });

  it("does not come back with the node that the run took away", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": withPin });
    await runWith(world, "first-pin", "apply");
    world.write({ "flow.yaml": NEXT_FLOW });
    await runWith(world, "first-pin", "apply");
    assert.equal(propertiesOf(world), undefined);
    await restoreInPart(world, "first-pin");
    assert.deepEqual(propertiesOf(world), { skill: "Billing" });
  });

  it("is never written in the secret's place where nothing is live", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": withPin, "keep.yaml": flowNamed("keep") });
    await runWith(world, "first-pin", "apply");
    world.remove("flow.yaml");
    await runWith(world, "first-pin", "apply", "--prune");
    await runWith(world, "first-pin", "restore", lastRun(world));
    assert.deepEqual(
      propertiesOf(world),
      { skill: "Billing", pin: "first-pin" },
      "from the environment, as its manifest says",
    );
  });

  it("nor is the reference to it, when the environment does not have it any more", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": withPin, "keep.yaml": flowNamed("keep") });
    await runWith(world, "first-pin", "apply");
    world.remove("flow.yaml");
    await runWith(world, "first-pin", "apply", "--prune");
    const ran = await world.run("restore", lastRun(world), "--auto-approve");
    assert.equal(ran.code, 4, ran.stdout + ran.stderr);
    assert.deepEqual(propertiesOf(world), { skill: "Billing" });
  });
});

it("only what a run has written is put back: what was refused or stale is neither touched nor in the way", async (t) => {
  const texts = { "flow.yaml": FLOW, "keep.yaml": flowNamed("keep"), "edited.yaml": flowNamed("edited") };
  const world = await openEmulatedWorld(t, texts);
  await world.apply();
  const before = flowOf(world);
  const sales = Object.entries(texts).map(([name, text]) => [name, text.replace("skill: Billing", "skill: Sales")]);
  world.write(Object.fromEntries(sales));
  const edit = { nodes: [{ id: "node_queue_03", properties: { skill: "Support" } }] };
  world.emulator.addFault({
    match: { method: "PUT", path: "/api/v2/flows/ivr_keep" },
    fault: { type: "status", status: 422, body: { message: "no such skill" } },
  });
  world.emulator.addFault({
    match: { method: "PUT", path: "/api/v2/flows/ivr_edited" },
    fault: { type: "concurrent-edit", edit },
  });
  const applied = await world.run("apply", "--auto-approve", "--allow-large-change");
  assert.match(applied.stdout, /1 applied, 1 stale, 1 failed/);
  const others = () => ["ivr_keep", "ivr_edited"].map((id) => world.emulator.document("flow", id));
  const left = others();
  const ran = await restore(world, lastRun(world));
  assert.match(ran.stdout, /1 applied/);
  assert.deepEqual(flowOf(world), before);
  assert.deepEqual(others(), left);
});

describe("a run that cannot be put back", () => {
  it("an unknown run, a run of another tenant, and nobody to ask", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    world.config((text) => `${text}${text.replace("tenants:\n", "").replace("dev:", "prod:")}`);
    assert.equal((await world.run("apply", "--tenant", "dev", "--auto-approve")).code, 0);
    const run = lastRun(world);
    world.emulator.clearLog();
    const unknown = await world.run("restore", "no-such-run", "--tenant", "dev", "--auto-approve", "--prune");
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /holds no run "no-such-run" \(audit\/not-found\)\n.*audit log --runs/);
    const foreign = await world.run("restore", run, "--tenant", "prod", "--auto-approve", "--prune");
    assert.equal(foreign.code, 1);
    assert.match(foreign.stderr, /on tenant "dev", and this is "prod" \(restore\/impossible\)\n.*--tenant dev/);
    assert.equal((await world.run("restore", run, "--tenant", "dev", "--prune")).code, 1);
    assert.deepEqual(world.writes(), []);
    assert.equal((await world.run("restore", run, "--tenant", "dev", "--prune", "--auto-approve")).code, 0);
    assert.deepEqual(world.writes(), [`DELETE ${FLOW_PATH}`]);
  });

  const spoilings: readonly (readonly [reason: string, spoil: (file: string) => void])[] = [
    ["is gone", (file) => rmSync(file)],
    ["was changed", (file) => writeFileSync(file, readFileSync(file, "utf8").replace("Billing", "Selling"))],
  ];
  for (const [reason, spoil] of spoilings) {
    it(`a kept document that ${reason}: audit/broken, and nothing is sent`, async (t) => {
      const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
      await world.apply();
      world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
      await world.apply();
      const image = String(world.trail().findLast(({ type }) => type === "intent")?.["image"]);
      const file = join(world.folder, ".cxone-gitops", "audit.jsonl.objects", `${image.slice("sha256:".length)}.json`);
      const sound = readFileSync(file);
      spoil(file);
      world.emulator.clearLog();
      const ran = await world.run("restore", lastRun(world), "--auto-approve", "--overwrite");
      assert.equal(ran.code, 1);
      assert.match(ran.stderr, /\(audit\/broken\)\n +\S/);
      assert.deepEqual(world.emulator.log(), [], "not even a read");
      writeFileSync(file, sound);
      await restore(world, lastRun(world));
    });
  }
});

describe("protection holds", () => {
  const guarded = (text: string) =>
    text.replace("name: main-menu }", `name: main-menu, annotations: { cxone-gitops/protect: "true" } }`);

  it("an update goes back with --allow-protected only, and what was created and is protected is never deleted", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": guarded(FLOW) });
    await world.apply();
    const creating = lastRun(world);
    world.write({ "flow.yaml": guarded(FLOW).replace("skill: Billing", "skill: Sales") });
    assert.equal((await world.run("apply", "--auto-approve", "--allow-protected")).code, 0);
    const run = lastRun(world);
    world.emulator.clearLog();
    assert.match((await restore(world, run, 3)).stdout, /refused Flow "main-menu" is protected/);
    assert.deepEqual(world.writes(), []);
    await restore(world, run, 0, "--allow-protected");
    assert.deepEqual(world.writes(), [`PUT ${FLOW_PATH}`]);
    const deleting = await restore(world, creating, 3, "--prune", "--allow-protected");
    assert.match(deleting.stdout, /protected, and this plan would delete it/);
    assert.equal(world.writes().length, 1);
  });

  it("what is protected by now, though it was not when the run wrote it, is protected", async (t) => {
    const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
    await world.apply();
    world.write({ "flow.yaml": FLOW.replace("skill: Billing", "skill: Sales") });
    await world.apply();
    const run = lastRun(world);
    world.write({ "flow.yaml": guarded(FLOW).replace("skill: Billing", "skill: Sales") });
    assert.match((await world.apply()).stdout, /recorded/);
    world.emulator.clearLog();
    assert.match((await restore(world, run, 3)).stdout, /refused Flow "main-menu" is protected/);
    assert.deepEqual(world.writes(), []);
  });
});

it("a transition to a node that a later run took away does not come back before the node", async (t) => {
  const emailTo = (next: string) => EMAIL.replace("after: [start_node]", `after: [start_node]\n  before: [${next}]`);
  const second = SECOND_EMAIL.replace("  after: [email_send_01]\n", "");
  const world = await openEmulatedWorld(t, { "a.yaml": emailTo("email_send_02"), "b.yaml": second });
  await world.apply();
  world.write({ "a.yaml": EMAIL.replace("after: [start_node]", "after: [start_node]\n  before: []") });
  await world.apply();
  const turned = lastRun(world);
  world.remove("b.yaml");
  const pruned = await world.run("apply", "--prune", "--auto-approve");
  assert.equal(pruned.code, 0, pruned.stderr);
  const deleted = lastRun(world);
  const before = world.emulator.document("workflow", "wf_12345");

  const refused = await restore(world, turned, 1);
  assert.match(refused.stderr, /"email_send_02", and no such node is there \(restore\/impossible\)/);
  assert.deepEqual(world.emulator.document("workflow", "wf_12345"), before);

  await restore(world, deleted);
  await restore(world, turned);
  const ends = objectsAt(world.emulator.document("workflow", "wf_12345"), "transitions").map(
    (one) => `${stringAt(one, "source")}>${stringAt(one, "target")}`,
  );
  assert.ok(ends.includes("email_send_01>email_send_02"), ends.join());
});
