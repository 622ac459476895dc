import assert from "node:assert/strict";
import { it } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { plainPaint, terminalPaint } from "../../src/render/paint.ts";
import { renderPlan } from "../../src/render/plan-text.ts";
import { aChange, aPlan, unchanged } from "./plans.ts";

const PATCH = '      ~ /nodes/node_menu/properties/prompt: "Press one" → "Press two"';
const EFFECT = "      callers pressing 2 at node_menu now reach node_sales instead of node_billing";

function linesOf(...changes: Parameters<typeof aPlan>): readonly string[] {
  return renderPlan(aPlan(...changes), plainPaint).split("\n");
}

it("names, ids and impacts of several changes stand below each other", () => {
  const quiet = { effects: [], patch: [] };
  const lines = linesOf([
    aChange({ name: "a", ...quiet }),
    aChange({ kind: "EmailNode", name: "order-confirmation", action: "create", impact: "recipient-visible", ...quiet }),
    aChange({ kind: "Webhook", name: "hook", id: "hook", action: "delete", impact: "cosmetic", ...quiet }),
  ]);
  assert.deepEqual(lines.slice(2, 5), [
    "  ~ update Flow a                       (ivr_a)                   caller-visible",
    "  + create EmailNode order-confirmation (ivr_order-confirmation)  recipient-visible",
    "  - delete Webhook hook                                           cosmetic",
  ]);
});

it("a very long name moves its own line alone", () => {
  const long = aChange({ name: "n".repeat(200), id: "x", effects: [], patch: [] });
  const lines = linesOf([long, aChange({ name: "a", effects: [], patch: [] })]);
  assert.equal(lines[3], "  ~ update Flow a (ivr_a)  caller-visible");
});

it("what callers notice stands before the patch", () => {
  const lines = linesOf([aChange({ notes: ["added to workflow wf_1, which is live"] })]);
  assert.deepEqual(lines.slice(3, 6), [EFFECT, "      added to workflow wf_1, which is live", PATCH]);
});

it("a change without effects has its patch right below it", () => {
  assert.equal(linesOf([aChange({ effects: [] })])[3], PATCH);
});

it("what stays is one line for each kind", () => {
  const flows = Array.from({ length: 12 }, (_, index) => unchanged("Flow", `flow-${index}`));
  const lines = linesOf([...flows, unchanged("Webhook", "hook")]);
  assert.deepEqual(lines.slice(2, 5), ["  = 12 Flow, unchanged", "  = 1 Webhook, unchanged", ""]);
});

it("only changes of one name and id are told apart by their documents", () => {
  const inWorkflow = (id: string, name: string) =>
    aChange({ kind: "EmailNode", name, id: "email_1", document: { type: "workflow", id }, effects: [], patch: [] });
  const lines = linesOf([inWorkflow("wf_1", "twin"), inWorkflow("wf_2", "twin"), inWorkflow("wf_3", "other")]);
  assert.match(lines[2] ?? "", /\(email_1 in workflow wf_1\)/);
  assert.match(lines[3] ?? "", /\(email_1 in workflow wf_2\)/);
  assert.match(lines[4] ?? "", /\(email_1\)/);
});

it("text from outside begins no line of its own and moves no cursor", () => {
  const text = renderPlan(
    aPlan([aChange({ name: "a\n  - delete Flow b", effects: ["one\ntwo\u001b[2J"] })]),
    plainPaint,
  );
  assert.doesNotMatch(text, /^ {2}- delete/m);
  assert.doesNotMatch(text, /^two/m);
  assert.ok(!text.includes("\u001b"));
});

it("without its colours the text for a terminal is the plain one", () => {
  const plan = aPlan([aChange(), aChange({ name: "b", action: "create", impact: "cosmetic" }), unchanged("Flow", "c")]);
  const painted = renderPlan(plan, terminalPaint);
  assert.notEqual(painted, renderPlan(plan, plainPaint));
  assert.equal(stripVTControlCharacters(painted), renderPlan(plan, plainPaint));
});

it("nothing stands at the end of a line", () => {
  const changes = [aChange({ name: "a", impact: null }), aChange({ name: "longer", id: "longer" })];
  assert.doesNotMatch(renderPlan(aPlan(changes), plainPaint), / $/m);
});
