import assert from "node:assert/strict";
import { it } from "node:test";
import { groupIntoUnits, siblingsOf } from "../../src/engine/units.ts";
import { change, EMAIL, FLOW, validate, WEBHOOK, WORKFLOW } from "../kinds/manifests.ts";
import { kindOrder } from "./planning.ts";

const second = change(
  change(change(EMAIL, "order-confirmation", "a-reminder"), "email_send_01", "email_send_02"),
  "  after: [start_node]\n  before: [end_node]\n",
  "",
);
const elsewhere = change(change(EMAIL, "order-confirmation", "z-other"), "wf_12345", "wf_elsewhere");
const { resources } = validate({
  "a.yaml": WEBHOOK,
  "b.yaml": FLOW,
  "c.yaml": EMAIL,
  "d.yaml": second,
  "e.yaml": WORKFLOW,
  "f.yaml": elsewhere,
});

it("what lives in one document is one unit, its creator first; units come in the order of their stages", () => {
  const units = groupIntoUnits(resources, kindOrder());
  assert.deepEqual(
    units.map(({ ref, stage, resources: parts }) => [`${ref.type}/${ref.id}`, stage, parts.map(({ name }) => name)]),
    [
      ["workflow/wf_12345", 0, ["orders", "a-reminder", "order-confirmation"]],
      ["workflow/wf_elsewhere", 1, ["z-other"]],
      ["flow/ivr_main_menu_v2", 2, ["main-menu"]],
      ["webhook/ESP Sync Webhook", 3, ["esp-sync"]],
    ],
  );
});

it("siblings are the others of the unit", () => {
  const [unit] = groupIntoUnits(resources, kindOrder());
  const [first] = unit?.resources ?? [];
  assert.ok(unit !== undefined && first !== undefined);
  assert.deepEqual(
    siblingsOf(unit, first).map(({ name }) => name),
    ["a-reminder", "order-confirmation"],
  );
});

it("the order of resources changes nothing", () => {
  const names = (list: typeof resources) =>
    groupIntoUnits(list, kindOrder()).map((unit) => unit.resources.map(({ name }) => name));
  assert.deepEqual(names(resources.toReversed()), names(resources));
});
