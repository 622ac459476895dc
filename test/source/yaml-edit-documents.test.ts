/** Several documents of one file are edited together, and each as it would be alone. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { Json } from "../../src/model/json.ts";
import { editYaml } from "../../src/source/edit/yaml-edit.ts";
import { editYamlDocuments } from "../../src/source/edit/yaml-edit-documents.ts";
import { DEFAULT_LIMITS } from "../../src/source/limits.ts";
import { EXAMPLES } from "./yaml-edit-examples.ts";

/** Those that have one document, and can stand behind another. */
const SINGLE = EXAMPLES.filter(
  ({ text, document = 0 }) => document === 0 && !/^(?:---|%|\uFEFF|\s*[{[])|\n---|\r/.test(text),
);

it("edits each document as it would be edited alone", () => {
  assert.ok(SINGLE.length > 15);
  for (const mark of ["", "\uFEFF"]) {
    for (const [at, { why, text, wanted }] of SINGLE.entries()) {
      const others = [1, 2].map((step) => SINGLE[(at + step) % SINGLE.length] ?? assert.fail());
      const all = [{ text, wanted }, ...others];
      const written = mark + all.map((one) => one.text.replace(/\n*$/, "\n")).join("---\n");
      const values = new Map<number, Json>(all.map((one, index) => [index, one.wanted]));
      const alone = [...values].reduce((before, [index, value]) => editYaml(before, index, value), written);
      assert.deepEqual(editYamlDocuments(written, values), { text: alone, unwritable: [] }, why);
    }
  }
});

it("leaves the document that cannot hold its value, and edits the others", () => {
  const text = "a: 1 # one\n---\na: 2 # two\n---\na: 3 # three\n---\na: 4 # four\n";
  const values = new Map<number, Json>([
    [0, { a: 10 }],
    [1, { a: "\ud800" }],
    [3, { a: 40 }],
  ]);
  const edited = "a: 10 # one\n---\na: 2 # two\n---\na: 3 # three\n---\na: 40 # four\n";
  assert.deepEqual(editYamlDocuments(text, values), { text: edited, unwritable: [1] });
  assert.deepEqual(editYamlDocuments(text, new Map()), { text, unwritable: [] });
});

it("writes only that document anew which an edit in place does not fit", () => {
  // The comment fills the file to the last byte that is read.
  const filled = (text: string) =>
    text.replace("NOTE", "x".repeat(DEFAULT_LIMITS.fileBytes - text.length + "NOTE".length));
  const text = filled("a: 1 # stays\n---\nx: 1 # stays\nd:\n  a: 1\n  # NOTE\n  b: [1] # gone\n");
  const values = new Map<number, Json>([
    [0, { a: 2 }],
    [1, { x: 1, d: { a: 1, b: [1], c: 2 } }],
  ]);
  const edited = "a: 2 # stays\n---\nx: 1 # stays\nd:\n  a: 1\n  b: [1]\n  c: 2\n";
  assert.deepEqual(editYamlDocuments(text, values), { text: edited, unwritable: [] });
});
