import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { isSameJson, type Json } from "../../src/model/json.ts";
import { parseYaml } from "../../src/source/yaml.ts";
import { writeYaml } from "../../src/source/yaml-write.ts";

function readBack(text: string): Json | undefined {
  const { documents, problems } = parseYaml(text, { file: "written.yaml" });
  assert.deepEqual(problems, [], text);
  return documents[0]?.value;
}

const AWKWARD: readonly Json[] = [
  "yes",
  "012",
  "1e3",
  "2020-01-01",
  "~",
  "",
  " lead",
  "a: b # c",
  "line\nline\n",
  "\ttab",
  "ends in spaces  ",
  "=",
  "<<",
  "word ".repeat(60),
  { n: { y: [[], {}, [{}]] } },
];

it("is read back as the same value", () => {
  for (const value of AWKWARD) assert.deepEqual(readBack(writeYaml({ value })), { value });
  // What manifests cannot hold (keys that mean something to JavaScript, characters that YAML has no place for) is not made here.
  const text = fc.string({ unit: fc.constantFrom(..."abz019 -:#'\"{}[],&*!|>%@`\n\té日~.=?") });
  const tree = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      text,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(text, tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(fc.property(tree, (value) => assert.ok(isSameJson(readBack(writeYaml({ value })) ?? null, { value }))));
});

it("keeps the order of keys, and writes a value that is there twice twice", () => {
  const shared = { b: 1, a: 2 };
  assert.equal(writeYaml({ z: shared, y: shared }), "z:\n  b: 1\n  a: 2\n'y':\n  b: 1\n  a: 2\n");
});
