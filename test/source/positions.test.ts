import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { JsonPath } from "../../src/model/json.ts";
import { parseYaml } from "../../src/source/yaml.ts";

const text = `# a comment
kind: Flow
spec:
  name: "quoted"
  text: |
    first | line
    second
  folded: >-  # > comment
    x
  tagged: !!str 5
  anchored: &all { from: a, to: 'b' }
  again: *all
  nodes:
    - { id: one, type: start }
    - id: two
      list: [1, [2, {deep: 3}]]
    -
    - last
  empty:
"quoted key": 1
? explicit
: |
  block
---
second: { a: [ 10,
    20 ] }
`;

test("every path leads to its line and column", () => {
  const { documents, problems } = parseYaml(text, { file: "f.yaml" });
  assert.deepEqual(problems, []);
  const cases: readonly (readonly [path: JsonPath, part: "key" | "value", place: string, reason: string])[] = [
    [[], "value", "2:1", "the document starts at its first key"],
    [["kind"], "key", "2:1", "a key"],
    [["kind"], "value", "2:7", "a plain value"],
    [["spec"], "value", "4:3", "a block mapping starts at its first key"],
    [["spec"], "key", "3:1", "its key is above"],
    [["spec", "name"], "value", "4:9", "at the quote, not after it"],
    [["spec", "text"], "value", "5:9", "at the bar, not at a bar in the text"],
    [["spec", "folded"], "value", "8:11", "at the sign, not at one in the comment"],
    [["spec", "tagged"], "value", "10:17", "after the tag"],
    [["spec", "anchored"], "value", "11:18", "after the anchor"],
    [["spec", "anchored", "to"], "value", "11:33", "flow style"],
    [["spec", "anchored", "to"], "key", "11:29", "a key in flow style"],
    [["spec", "again"], "value", "12:10", "an alias"],
    [["spec", "again", "to"], "value", "12:10", "within an alias: where the alias is"],
    [["spec", "nodes", 0], "value", "14:7", "an item"],
    [["spec", "nodes", 0, "type"], "value", "14:24", "a value in an item"],
    [["spec", "nodes", 1], "value", "15:7", "a block mapping in a sequence"],
    [["spec", "nodes", 1, "list", 1, 1, "deep"], "value", "16:28", "deep in flow style"],
    [["spec", "nodes", 2], "value", "14:5", "nothing is written: where the sequence starts"],
    [["spec", "nodes", 3], "value", "18:7", "the item after the empty one"],
    [["spec", "nodes", 3], "key", "18:7", "an item has no key"],
    [["spec", "empty"], "value", "19:3", "nothing is written: the key"],
    [["quoted key"], "key", "20:1", "a quoted key"],
    [["explicit"], "value", "22:3", "an explicit key's block"],
    [["spec", "missing"], "value", "4:3", "a path that is not there: the nearest ancestor"],
    [["spec", "nodes", 9, "x"], "key", "14:5", "an item that is not there"],
    [["kind", "x", 0], "value", "2:7", "below a scalar"],
    [["__proto__"], "value", "2:1", "never a prototype"],
  ];
  for (const [path, part, place, reason] of cases) {
    const position = documents[0]?.positionOf(path, part);
    assert.equal(`${position?.line}:${position?.column}`, place, `${JSON.stringify(path)} ${part}: ${reason}`);
  }
  assert.deepEqual(documents[1]?.positionOf(["second", "a", 1]), { line: 26, column: 5 }, "the second document");
});

test("lines end as YAML says, and a byte order mark has no column", () => {
  const of = (written: string, path: JsonPath) => parseYaml(written, { file: "f" }).documents[0]?.positionOf(path);
  assert.deepEqual(of("a: 1\r\nb: 2\r\n", ["b"]), { line: 2, column: 4 });
  assert.deepEqual(of("a: 1\rb: 2\r", ["b"]), { line: 2, column: 4 });
  assert.deepEqual(of("\uFEFFa: 1", ["a"]), { line: 1, column: 4 });
  assert.deepEqual(of("a: |", ["a"]), { line: 1, column: 4 }, "a block that ends with the text");
  assert.deepEqual(of("a>|: |\n  x\n", ["a>|"]), { line: 1, column: 6 }, "a bar in the key is no block");
  assert.deepEqual(of("a: &b|c |\n  x\n", ["a"]), { line: 1, column: 9 }, "nor is one in an anchor");
  assert.deepEqual(of("--- |\n  x\n", []), { line: 1, column: 5 }, "a block that is the document");
});

test("positions never throw, and stand within the text", () => {
  const step = fc.oneof(fc.constantFrom("a", "b", "spec", ""), fc.integer({ min: -2, max: 5 }), fc.string());
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(step), fc.constantFrom("key", "value"), (value, path, part) => {
      const written = JSON.stringify(value, null, 2);
      const lines = written.split("\n");
      for (const document of parseYaml(written, { file: "f" }).documents) {
        const { line, column } = document.positionOf(path, part);
        assert.ok(line >= 1 && line <= lines.length);
        assert.ok(column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1);
      }
    }),
  );
});

test("each path of a document has its own place", () => {
  const key = fc.string({ minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.dictionary(key, fc.array(fc.nat(99), { maxLength: 4 })), (value) => {
      const written = JSON.stringify(value, null, 1);
      const [document] = parseYaml(written, { file: "f" }).documents;
      if (document === undefined) return;
      const lines = written.split("\n");
      for (const [name, items] of Object.entries(value)) {
        const at = document.positionOf([name], "key");
        assert.ok(lines[at.line - 1]?.slice(at.column - 1).startsWith(JSON.stringify(name)));
        for (const [index, item] of items.entries()) {
          const place = document.positionOf([name, index]);
          assert.equal(Number.parseInt(lines[place.line - 1]?.slice(place.column - 1) ?? "", 10), item);
        }
      }
    }),
  );
});
