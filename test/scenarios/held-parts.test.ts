/** Several manifests of one workflow, of which a scheduled run may not write all: neither the document nor anybody's edit suffers from it. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { JsonObject } from "../../src/model/json.ts";
import { objectsAt, stringAt } from "../../src/model/json.ts";
import { EMAIL, SECOND_EMAIL } from "../helpers/manifests.ts";
import { startPlainCxone } from "../helpers/plain-cxone.ts";
import { takeStep } from "../helpers/steps.ts";
import { type EmulatedWorld, openEmulatedWorld, openWorld } from "../helpers/world.ts";

const REPORT = "annotations: { cxone-gitops/reconcile: report } }";
const workflow = (transitions: readonly string[], name = "X flow") => `apiVersion: cxone-gitops/v1
kind: Workflow
metadata: { name: wf_x }
spec:
  name: ${name}
  nodes:
    - { id: start_node, type: start }
    - { id: end_node, type: end }
  transitions:
    - { from: start_node, to: end_node, when: "total > 5" }
${transitions.map((one) => `    - ${one}\n`).join("")}`;
const TO_MAIL = "{ from: start_node, to: mail_x }";
const FROM_MAIL = "{ from: mail_x, to: end_node }";
const MAIL = `apiVersion: cxone-gitops/v1
kind: EmailNode
metadata: { name: mail-x }
spec:
  workflow: wf_x
  node: mail_x
  templateId: tmpl_inv_2024
`;
const REPORTED_MAIL = MAIL.replace("mail-x }", `mail-x, ${REPORT}`);

/** `source>target` of every transition. */
function transitionsOf(document: JsonObject | undefined): readonly string[] {
  const ends = objectsAt(document, "transitions").map((one) => [stringAt(one, "source"), stringAt(one, "target")]);
  return ends.map((pair) => pair.join(">")).toSorted();
}

const without = (source: string, target: string) => (document: JsonObject) => ({
  ...document,
  transitions: objectsAt(document, "transitions").filter((one) => one["source"] !== source || one["target"] !== target),
});

function withoutMail(document: JsonObject): JsonObject {
  const nodes = objectsAt(document, "nodes").filter(({ id }) => id !== "mail_x");
  const transitions = objectsAt(document, "transitions").filter(
    ({ source, target }) => source !== "mail_x" && target !== "mail_x",
  );
  return { ...document, nodes, transitions };
}

it("a workflow waits for the e-mail node that its transitions name, also on a tenant that would take anything", async (t) => {
  const plain = await startPlainCxone({
    documents: { templates: [{ id: "tmpl_inv_2024", name: "Invoice", status: "active" }] },
  });
  t.after(() => plain.close());
  const manifests = { "w.yaml": workflow([TO_MAIL, FROM_MAIL]), "mail.yaml": REPORTED_MAIL };
  const world = openWorld(t, plain.url, manifests);
  const held = await takeStep(world, "reconcile");
  assert.equal(held.code, 2, held.said);
  assert.match(held.said, /^dev: 2 held back\./);
  assert.match(held.said, /held back: with EmailNode mail-x: the transition from "start_node" to "mail_x" would name/);
  assert.equal(plain.documents.workflows.size, 0);

  world.write({ "mail.yaml": MAIL });
  assert.equal((await takeStep(world, "reconcile")).code, 0);
  const written: JsonObject = JSON.parse(JSON.stringify(plain.documents.workflows.get("wf_x")));
  assert.deepEqual(transitionsOf(written), ["mail_x>end_node", "start_node>end_node", "start_node>mail_x"]);
});

it("a workflow is not sent after somebody deletes an e-mail node of it meanwhile, nor while that one is held back", async (t) => {
  const world = await openEmulatedWorld(t, { "w.yaml": workflow([TO_MAIL, FROM_MAIL]), "mail.yaml": REPORTED_MAIL });
  assert.equal((await takeStep(world, "apply")).code, 0);
  world.write({ "w.yaml": workflow([TO_MAIL, FROM_MAIL], "Y flow") });
  const match = { method: "PUT", path: "/api/v2/workflows/wf_x" };
  world.emulator.addFault({ match, fault: { type: "concurrent-edit", edit: withoutMail } });
  world.emulator.clearLog();
  const stopped = await takeStep(world, "reconcile");
  assert.equal(stopped.code, 3, stopped.said);
  assert.match(
    stopped.said,
    /skipped update Workflow wf_x[\s\S]*"mail_x", and no such node is there \(apply\/unsuited\)/,
  );
  assert.deepEqual(world.writes(), []);

  world.emulator.clearLog();
  const held = await takeStep(world, "reconcile");
  assert.equal(held.code, 2, held.said);
  assert.match(held.said, /^dev: 2 held back\./);
  assert.deepEqual(world.writes(), []);
});

it("an edit that comes while another part is written, of what only a report is wanted of, is not undone", async (t) => {
  const one = EMAIL.replace("order-confirmation }", `order-confirmation, ${REPORT}`).replace(
    "after: [start_node]",
    "after: [start_node]\n  before: [email_send_02]",
  );
  const world = await openEmulatedWorld(t, { "one.yaml": one, "two.yaml": SECOND_EMAIL });
  assert.equal((await takeStep(world, "apply")).code, 0);
  world.write({ "two.yaml": SECOND_EMAIL.replace("templateId:", "deliveryMode: priority\n  templateId:") });
  const match = { method: "PUT", path: "/api/v2/workflows/wf_12345" };
  const edit = without("email_send_01", "email_send_02");
  world.emulator.addFault({ match, fault: { type: "concurrent-edit", edit } });
  const ran = await takeStep(world, "reconcile");
  assert.equal(ran.code, 3, ran.said);
  assert.match(ran.said, /skipped update EmailNode order-reminder[\s\S]*it would change EmailNode order-confirmation/);
  const live = () => transitionsOf(world.emulator.document("workflow", "wf_12345"));
  assert.deepEqual(live(), ["start_node>email_send_01"]);

  world.write({ "one.yaml": one.replace(`, ${REPORT}`, " }") });
  assert.equal((await takeStep(world, "apply")).code, 0);
  world.write({ "two.yaml": SECOND_EMAIL });
  world.emulator.addFault({ match, fault: { type: "concurrent-edit", edit } });
  assert.equal((await takeStep(world, "reconcile")).code, 0, "and what git may repair is");
  assert.deepEqual(live(), ["email_send_01>email_send_02", "start_node>email_send_01"]);
});

it("an edit stays an edit when what it was made of changes hands, run after run, until somebody decides", async (t) => {
  const policy = "repair-unless-edited";
  const live = (world: EmulatedWorld) => transitionsOf(world.emulator.document("workflow", "wf_x"));
  const world = await openEmulatedWorld(t, { "w.yaml": workflow([TO_MAIL, FROM_MAIL]), "mail.yaml": MAIL });
  assert.equal((await takeStep(world, "apply")).code, 0);
  world.emulator.editWorkflow("wf_x", without("start_node", "mail_x"));
  const given = { "w.yaml": workflow([FROM_MAIL]), "mail.yaml": `${MAIL}  after: [start_node]\n` };
  world.write(given);
  for (const times of ["once", "twice"]) {
    const ran = await takeStep(world, "reconcile", { policy });
    assert.equal(ran.code, 2, ran.said);
    assert.match(
      ran.said,
      /report EmailNode mail-x[\s\S]*held back: somebody edited it live, and the policy is/,
      times,
    );
  }
  world.write({ "w.yaml": workflow([FROM_MAIL], "Y flow") });
  for (const times of ["once", "twice"]) {
    const ran = await takeStep(world, "reconcile", { policy });
    assert.equal(ran.code, 2, ran.said);
    assert.match(ran.said, /held back: with EmailNode mail-x: it gives away to it what is held back/, times);
    assert.deepEqual(live(world), ["mail_x>end_node", "start_node>end_node"]);
  }
  assert.equal((await takeStep(world, "apply")).code, 0);
  assert.deepEqual(live(world), ["mail_x>end_node", "start_node>end_node", "start_node>mail_x"]);
});
