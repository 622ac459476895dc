/** Whatever a connection's condition says: a tree that prints and parses alike, or a problem at a place in the text. */
import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import type { Condition, Operand, Scalar } from "../../src/conditions/condition.ts";
import { parseCondition } from "../../src/conditions/parse.ts";
import { canonicalCondition, printCondition } from "../../src/conditions/print.ts";
import { mangled } from "./mangle.ts";
import { fuzzRuns } from "./runs.ts";

const RUNS = fuzzRuns(8000);

const SOUND = [
  "true",
  "dtmf == '1'",
  'dtmf=="1" && !isOpen or not (tries > 3)',
  "$contact.language in ['de', \"fr\", 1, true]",
  "dtmf not in ['1']",
  "a and not b or c",
  "not balance <= -5.5",
  "name == 'O\\'Hara \\n' || x != .5e3",
];
const WORDS = [
  ..."a b $contact.language dtmf not in and or true false null this 1 0 0.5 1e3 1.5e20 1e999 9007199254740993 -1 'x' \"y\" ''".split(
    " ",
  ),
  ..."( ) [ ] , ; . ! == != < <= > >= = && || & | - + ?. ? : ` \\ ' \" $ @ # =~ === ** // /* => ... {}".split(" "),
  " ",
  "\u00a0",
  "\n",
  "\0",
  "é",
  "__proto__",
  "constructor",
];
const OPERANDS = [
  "a",
  "$b.c",
  "'x'",
  "1",
  "-1",
  "true",
  "(a)",
  "!a",
  "not a",
  "['x', 2]",
  " a",
  "a\u00a0",
  "ü",
  "1.5e20",
  "not",
  "in",
];
const SIGNS = ["==", " == ", "!=", "<", ">=", " in ", " not in ", "&&", " and ", "||", " or ", "==\u00a0", "", " "];
const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 20 });
const text = fc.oneof(
  words.map((parts) => parts.join("")),
  words.map((parts) => parts.join(" ")),
  mangled(SOUND),
  // Tokens that fit together, and now and then one that does not.
  fc
    .array(fc.tuple(fc.constantFrom(...OPERANDS), fc.constantFrom(...SIGNS)), { maxLength: 6 })
    .map((p) => p.flat().join("")),
  fc.string({ unit: "binary", maxLength: 30 }),
);

const path = fc
  .stringMatching(/^\$?[a-z_]{1,4}(\.[a-z_]{1,4}){0,3}$/)
  .filter((name) => !/\b(in|or|not|and|true|this|null)\b/.test(name));
const value: fc.Arbitrary<Scalar> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constantFrom("'", '"', "\\", "\\'", "\n", "\r", "\u2028", "", "a'b\\"),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.constantFrom(2 ** 53, -(2 ** 60), 1.5e20, 1e21, 1e-7),
  fc.boolean(),
);
const operand: fc.Arbitrary<Operand> = fc.oneof(
  path.map((name): Operand => ({ type: "path", path: name })),
  value.map((one): Operand => ({ type: "value", value: one })),
);
const PLAIN = { noNullPrototype: true };
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "medium" },
    fc.record({ type: fc.constant("isTrue" as const), path }, PLAIN),
    fc.record({ type: fc.constant("constant" as const), value: fc.boolean() }, PLAIN),
    fc.record(
      {
        type: fc.constant("compare" as const),
        operator: fc.constantFrom("==", "!=", "<", "<=", ">", ">="),
        left: path.map((name): Operand => ({ type: "path", path: name })),
        right: operand,
      },
      PLAIN,
    ),
    fc.record(
      {
        type: fc.constant("in" as const),
        left: operand,
        values: fc.array(value, { minLength: 1, maxLength: 4 }),
      },
      PLAIN,
    ),
    fc.record({ type: fc.constant("not" as const), condition: tie("condition") }, PLAIN),
    fc.record(
      {
        type: fc.constantFrom("and" as const, "or" as const),
        conditions: fc.array(tie("condition"), { minLength: 2, maxLength: 3 }),
      },
      PLAIN,
    ),
  ),
}));

it("a text is a tree that prints and parses alike, or has a problem at a place in it", () => {
  fc.assert(
    fc.property(text, (written) => {
      const parsed = parseCondition(written);
      if (!parsed.ok) {
        assert.ok(parsed.message.trim() !== "");
        const { offset } = parsed;
        return assert.ok(offset === null || (offset >= 0 && offset <= written.length), `at ${offset}`);
      }
      for (const name of listPaths(parsed.condition)) assert.doesNotMatch(name, /[\p{C}\p{Z}]|^(and|or|not|in)(\.|$)/u);
      const printed = printCondition(parsed.condition);
      assert.deepEqual(parseCondition(printed), parsed, printed);
      assert.equal(canonicalCondition(printed), canonicalCondition(written));
    }),
    RUNS,
  );
});

it("a tree comes back from its text", () => {
  fc.assert(
    fc.property(condition, (tree) => {
      const printed = printCondition(tree);
      fc.pre(printed.length <= 1000);
      const parsed = parseCondition(printed);
      assert.ok(parsed.ok, parsed.ok ? "" : `${printed} ${parsed.message}`);
      assert.deepEqual(parsed.condition, flattened(tree), printed);
    }),
    RUNS,
  );
});

it("no depth exhausts the stack", () => {
  const nested = fc
    .tuple(fc.constantFrom("(", "!", "not ", "-", "[", "!(", "(a&&", "a.", "a[", "f(", "'", "a?b:"), fc.nat(100_000))
    .map(([open, times]) => open.repeat(times));
  const closed = fc.constantFrom("", "a", "a == 1", "1");
  fc.assert(
    fc.property(nested, closed, fc.boolean(), (open, inner, isClosed) => {
      const written = open + inner + (isClosed ? ")".repeat(open.length) : "");
      for (const length of [written.length, 1000, 999]) {
        const parsed = parseCondition(written.slice(0, length));
        if (parsed.ok) assert.deepEqual(parseCondition(printCondition(parsed.condition)), parsed);
      }
    }),
    fuzzRuns(200),
  );
});

/** The names that a condition asks for; what nobody can see in one would make it another that is never set. */
function listPaths(tree: Condition): readonly string[] {
  if (tree.type === "not") return listPaths(tree.condition);
  if (tree.type === "and" || tree.type === "or") return tree.conditions.flatMap(listPaths);
  if (tree.type === "isTrue") return [tree.path];
  const sides = tree.type === "compare" ? [tree.left, tree.right] : tree.type === "in" ? [tree.left] : [];
  return sides.flatMap((side) => (side.type === "path" ? [side.path] : []));
}

/** `a && (b && c)` and `a && b && c` are one condition, and the second form is the tree's. */
function flattened(tree: Condition): Condition {
  if (tree.type === "not") return { type: "not", condition: flattened(tree.condition) };
  if (tree.type !== "and" && tree.type !== "or") return tree;
  const conditions = tree.conditions
    .map(flattened)
    .flatMap((part) => (part.type === tree.type ? part.conditions : [part]));
  return { type: tree.type, conditions };
}
