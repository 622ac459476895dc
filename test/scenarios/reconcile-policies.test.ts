/** What a scheduled run may do by itself: what is held back is really not written, and told with what to do. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { EMAIL, FLOW, SECOND_EMAIL } from "../helpers/manifests.ts";
import { type Step, takeStep } from "../helpers/steps.ts";
import { type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";

const FLOW_ID = "ivr_main_menu_v2";
const FLOW_PATH = `/api/v2/flows/${FLOW_ID}`;
const WORKFLOW_PATH = "/api/v2/workflows/wf_12345";
const REPORT = "annotations: { cxone-gitops/reconcile: report } }";
const byHand = (skill: string) => ({ nodes: [{ id: "node_queue_03", properties: { skill } }] });
const sales = (text: string) => text.replace("skill: Billing", "skill: Sales");

/** Runs the command as a process. */
async function reconcile(world: EmulatedWorld, code: number, ...flags: readonly string[]): Promise<string> {
  world.emulator.clearLog();
  const ran = await world.run("reconcile", ...flags);
  assert.equal(ran.code, code, `${ran.stdout}\n${ran.stderr}`);
  return ran.stdout;
}

async function reconcileHere(world: EmulatedWorld, code: number, step: Step = {}): Promise<string> {
  world.emulator.clearLog();
  const ran = await takeStep(world, "reconcile", step);
  assert.equal(ran.code, code, ran.said);
  return ran.said;
}

it("one part of a document is held back while another of it is written, and goes out once nothing holds it", async (t) => {
  const world = await openEmulatedWorld(t, { "one.yaml": EMAIL, "two.yaml": SECOND_EMAIL });
  assert.equal((await takeStep(world, "apply")).code, 0);
  const immediate = (text: string) => text.replace("templateId:", "deliveryMode: immediate\n  templateId:");
  const held = immediate(EMAIL).replace("order-confirmation }", `order-confirmation, ${REPORT}`);
  world.write({ "one.yaml": held, "two.yaml": immediate(SECOND_EMAIL) });
  const modes = () =>
    Object.values(world.emulator.document("workflow", "wf_12345")?.["nodes"] ?? []).flatMap((node) => {
      const text = JSON.stringify(node);
      return /"id":"email_send/.test(text) ? [/"deliveryMode":"(\w+)"/.exec(text)?.[1]] : [];
    });

  const first = await reconcile(world, 2);
  assert.match(first, /^dev: 1 applied, 1 held back\. \(run \S+\)\n {2}\? report EmailNode order-confirmation/);
  assert.match(first, /held back: its annotation cxone-gitops\/reconcile is report; `cxone-gitops apply` would/);
  assert.match(first, /~ \/properties\/deliveryMode: "standard" → "immediate"/);
  assert.deepEqual(world.writes(), [`PUT ${WORKFLOW_PATH}`]);
  assert.deepEqual(modes(), ["standard", "immediate"]);

  const second = await reconcileHere(world, 2);
  assert.equal(second.split("\n")[0], "dev: 1 held back, 1 unchanged.");
  assert.deepEqual(world.writes(), []);

  world.write({ "one.yaml": immediate(EMAIL) });
  await reconcileHere(world, 0);
  assert.deepEqual(modes(), ["immediate", "immediate"]);
  assert.equal(await reconcileHere(world, 0), "dev: No changes: live equals desired for 2 resources.\n");
});

it("under repair-unless-edited a commit goes out, an edit stays, and so does one that comes while it writes", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "mail.yaml": EMAIL }, { editors: true });
  world.config((text) => `${text}    reconcile: { policy: repair-unless-edited }\n`);
  assert.equal((await takeStep(world, "apply")).code, 0);
  world.emulator.editFlow(FLOW_ID, { ...byHand("Support"), lastUpdatedBy: { name: "Ann" } });
  world.write({ "mail.yaml": EMAIL.replace("templateId:", "deliveryMode: immediate\n  templateId:") });
  const ran = await reconcileHere(world, 2);
  assert.match(ran, /^dev: 1 applied, 1 held back\./);
  assert.match(ran, /held back: somebody edited it live, and the policy is repair-unless-edited; put that into/);
  assert.match(ran, /\n {6}edited live by Ann at /);
  assert.deepEqual(world.writes(), [`PUT ${WORKFLOW_PATH}`]);
  assert.match(JSON.stringify(world.emulator.document("flow", FLOW_ID)), /"skill":"Support"/);

  await reconcile(world, 0, "--policy", "repair");
  assert.deepEqual(world.writes(), [`PUT ${FLOW_PATH}`], "the flag counts more than the tenant");

  world.write({ "flow.yaml": sales(FLOW) });
  const match = { method: "PUT", path: FLOW_PATH };
  world.emulator.addFault({ match, fault: { type: "concurrent-edit", edit: byHand("Retention") } });
  const stale = await reconcileHere(world, 3);
  assert.match(stale, /^dev: 1 stale\./);
  assert.match(JSON.stringify(world.emulator.document("flow", FLOW_ID)), /"skill":"Retention"/);
});

it("a field that something else writes again and again is left alone after three repairs, until a commit", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  assert.equal((await takeStep(world, "apply")).code, 0);
  for (const _ of [1, 2, 3]) {
    world.emulator.editFlow(FLOW_ID, byHand("Support"));
    await reconcileHere(world, 0);
    assert.deepEqual(world.writes(), [`PUT ${FLOW_PATH}`]);
  }
  world.emulator.editFlow(FLOW_ID, byHand("Support"));
  const held = JSON.parse(await reconcile(world, 2, "--output", "json"));
  assert.deepEqual(world.writes(), []);
  assert.deepEqual([held.run, held.outcomes, held.plan.summary.update], [null, [], 0]);
  const [change] = held.plan.changes;
  assert.deepEqual([change.action, change.drift.origin], ["report", "edited-live"]);
  const since = /^held back: (\S+) was repaired 3 times since \d\d:\d\d UTC, and something else writes it again; /;
  assert.equal(since.exec(change.notes[0])?.[1], "/nodes/node_queue_03/properties/skill");

  world.emulator.editFlow(FLOW_ID, { ...byHand("Billing"), name: "By hand" });
  await reconcileHere(world, 0);
  assert.deepEqual(world.writes(), [`PUT ${FLOW_PATH}`], "an edit of another field is repaired");
  world.emulator.editFlow(FLOW_ID, byHand("Support"));
  world.write({ "flow.yaml": sales(FLOW) });
  await reconcileHere(world, 0);
  assert.match(JSON.stringify(world.emulator.document("flow", FLOW_ID)), /"skill":"Sales"/);
});

it("a bad deploy is reverted at once, though a field was repaired three times before it and is edited again", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  assert.equal((await takeStep(world, "apply")).code, 0);
  for (const _ of [1, 2, 3]) {
    world.emulator.editFlow(FLOW_ID, byHand("Support"));
    await reconcileHere(world, 0);
  }
  world.write({ "flow.yaml": FLOW.replace("Press one for billing", "Bad deploy") });
  await reconcileHere(world, 0);
  world.emulator.editFlow(FLOW_ID, byHand("Support"));
  world.write({ "flow.yaml": FLOW });
  await reconcileHere(world, 0);
  assert.doesNotMatch(JSON.stringify(world.emulator.document("flow", FLOW_ID)), /Bad deploy|Support/);
});
