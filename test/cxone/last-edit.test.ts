import assert from "node:assert/strict";
import { test } from "node:test";
import { lastEditOf } from "../../src/cxone/last-edit.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { LastEdit } from "../../src/model/live.ts";

const at = 1_672_617_600_000;
const cases: readonly (readonly [reason: string, document: JsonObject, edit: LastEdit | undefined])[] = [
  ["nothing says when", { lastUpdatedBy: "ann" }, undefined],
  ["when, and nobody", { lastUpdatedTimestamp: at }, { at, by: null }],
  ["a name", { lastUpdatedTimestamp: at, lastUpdatedBy: " ann@acme.example " }, { at, by: "ann@acme.example" }],
  ["another key", { lastUpdatedTimestamp: at, modifiedBy: "ann" }, { at, by: "ann" }],
  [
    "the first key that names somebody",
    { lastUpdatedTimestamp: at, lastUpdatedBy: "", updatedBy: "ann" },
    { at, by: "ann" },
  ],
  ["an object", { lastUpdatedTimestamp: at, lastUpdatedBy: { id: "u-1", email: "ann@x" } }, { at, by: "ann@x" }],
  ["an object that names nobody", { lastUpdatedTimestamp: at, lastUpdatedBy: { team: "x" } }, { at, by: null }],
  ["a list", { lastUpdatedTimestamp: at, lastUpdatedBy: ["ann"] }, { at, by: null }],
  ["half a letter", { lastUpdatedTimestamp: at, lastUpdatedBy: "ann\ud83d" }, { at, by: "ann\ufffd" }],
  [
    "a very long name is cut",
    { lastUpdatedTimestamp: at, lastUpdatedBy: "x".repeat(9000) },
    { at, by: "x".repeat(120) },
  ],
  ["a text for a time", { lastUpdatedTimestamp: "2023-01-01" }, undefined],
  ["no time that a date can hold", { lastUpdatedTimestamp: 1e300 }, undefined],
  ["a fraction", { lastUpdatedTimestamp: 1.5 }, undefined],
  ["nothing at all", { lastUpdatedTimestamp: 0 }, undefined],
];

for (const [reason, document, edit] of cases) {
  test(`who edited a document last: ${reason}`, () => assert.deepEqual(lastEditOf(document), edit));
}
