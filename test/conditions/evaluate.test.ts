import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Condition, Scalar } from "../../src/conditions/condition.ts";
import { evaluateCondition, UNDECIDED } from "../../src/conditions/evaluate.ts";
import { parseCondition } from "../../src/conditions/parse.ts";
import { allOf, findWitness, negate, recallCommonWitness, recallWitness } from "../../src/conditions/witness.ts";
import { describeExample } from "../../src/conditions/words.ts";

type Values = Readonly<Record<string, Scalar>>;

function parse(text: string): Condition {
  const parsed = parseCondition(text);
  assert.ok(parsed.ok, text);
  return parsed.condition;
}

describe("a condition and the values of a call", () => {
  const cases: readonly (readonly [condition: string, values: Values, holds: boolean, reason: string])[] = [
    ["dtmf == '1'", { dtmf: "1" }, true, "the same text"],
    ["dtmf == '1'", { dtmf: 1 }, false, "a number is no text"],
    ["dtmf == '1'", {}, false, "nothing equals a name without a value"],
    ["dtmf != '1'", {}, true, "and so it differs from everything"],
    ["dtmf != '1'", { dtmf: "1" }, false, "the same text"],
    ["tries > 2", { tries: 3 }, true, "numbers have an order"],
    ["tries > 2", { tries: "3" }, false, "a text and a number have none"],
    ["tries > 2", {}, false, "nor has what is missing"],
    ["!(tries > 2)", {}, true, "not of what does not hold"],
    ["name < 'b'", { name: "a" }, true, "texts have an order"],
    ["tries >= 3 && tries <= 3", { tries: 3 }, true, "ends are included"],
    ["a", { a: true }, true, "a name alone"],
    ["a", { a: "true" }, false, "the text true is not true"],
    ["lang in ['de', 'fr']", { lang: "fr" }, true, "one of a list"],
    ["lang not in ['de', 'fr']", {}, true, "what is missing is in no list"],
    ["a || b && c", { a: true }, true, "and binds tighter than or"],
    ["(a || b) && c", { a: true }, false, "parentheses"],
    ["a == b", { a: "x", b: "x" }, true, "two names"],
    ["a == b", {}, false, "two missing values are not equal"],
    ["true", {}, true, "always"],
  ];
  for (const [text, values, holds, reason] of cases) {
    it(`${text} with ${JSON.stringify(values)}: ${reason}`, () => {
      assert.equal(
        evaluateCondition(parse(text), (path) => values[path]),
        holds,
      );
    });
  }
  it("what hangs on an undecided value is undecided, and nothing else is", () => {
    const undecided = (path: string) => (path === "a" ? UNDECIDED : false);
    assert.equal(evaluateCondition(parse("a"), undecided), null);
    assert.equal(evaluateCondition(parse("a && b"), undecided), false);
    assert.equal(evaluateCondition(parse("a || !b"), undecided), true);
    assert.equal(evaluateCondition(parse("a || b"), undecided), null);
  });
});

describe("whether any values fulfil a condition", () => {
  const cases: readonly (readonly [condition: string, example: string | null, reason: string])[] = [
    ["dtmf == '1' && dtmf == '2'", null, "one name has one value"],
    ["dtmf == '1' && dtmf == 1", null, "of one type"],
    ["tries > 2 && tries < 3", "tries is 2.5", "numbers need not be whole"],
    ["tries > 2 && tries <= 2", null, "nothing between"],
    ["name > 'a' && name < 'b' && name != 'a1'", "name is 'a\u0000'", "there is always a text between"],
    ["a && !a", null, "a contradiction"],
    ["a == b && a == '1' && b == '2'", null, "values go along equal names"],
    ["a == b && b == c && a != c", null, "and along chains of them"],
    ["a < b && b < c && c < a", null, "orders have no circles"],
    ["a < b && b < c && a > 1 && c < 2", "a is 1.25 and b is 1.5 and c is 1.75", "three numbers between two"],
    ["a == b && !(a == '1') && a != 'x'", "a is '#' and b is '#'", "values that nobody named"],
    ["!(dtmf == '1' || dtmf != '1')", null, "a name is, or is not"],
    ["!(tries < 3 || tries >= 3)", "tries has no value", "but it may have no value"],
    ["!(dtmf in ['1'] || dtmf not in ['1'])", null, "lists"],
    ["t > -1e308 && t < 1e308", "t is 0", "numbers that are as far apart as can be"],
    [
      "(a || b || c || d || e || f || g || h || i || j) && z == '1' && z == '2'",
      null,
      "what makes no difference costs nothing",
    ],
    ["true", "", "always"],
    ["!(true)", null, "never"],
  ];
  for (const [text, example, reason] of cases) {
    it(`${text}: ${reason}`, () => {
      const witness = findWitness(parse(text));
      if (example === null || witness === null || witness === undefined) return assert.equal(witness, example);
      assert.equal(describeExample(witness) ?? "", example);
    });
  }
});

const PATHS = ["a", "b", "c"];
const VALUES: readonly (Scalar | undefined)[] = ["1", "2", "x", 1, 2, 1.5, -3, true, false, undefined];
const path = fc.constantFrom(...PATHS).map((name) => ({ type: "path" as const, path: name }));
const literal = fc.constantFrom<Scalar>("1", "2", 1, 2, true).map((value) => ({ type: "value" as const, value }));

const condition: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({
      type: fc.constant("compare" as const),
      operator: fc.constantFrom("==" as const, "!=" as const, "<" as const, "<=" as const, ">" as const, ">=" as const),
      left: path,
      right: fc.oneof(path, literal),
    }),
    fc.constantFrom(...PATHS).map((name): Condition => ({ type: "isTrue", path: name })),
    fc.record({ type: fc.constant("in" as const), left: path, values: fc.constant<readonly Scalar[]>(["1", 2]) }),
    tie("tree").map((inner): Condition => ({ type: "not", condition: inner })),
    fc.array(tie("tree"), { minLength: 2, maxLength: 3 }).map((conditions): Condition => ({ type: "and", conditions })),
    fc.array(tie("tree"), { minLength: 2, maxLength: 3 }).map((conditions): Condition => ({ type: "or", conditions })),
  ),
})).tree;

it("a witness fulfils the condition; where there is none, no values do", () => {
  const seen = { some: 0, none: 0 };
  fc.assert(
    fc.property(condition, (tree) => {
      const witness = findWitness(tree);
      assert.notEqual(witness, undefined);
      seen[witness === null ? "none" : "some"] += 1;
      if (witness)
        assert.equal(
          evaluateCondition(tree, (name) => witness.get(name)?.value),
          true,
        );
      const assignments = VALUES.flatMap((a) => VALUES.flatMap((b) => VALUES.map((c) => ({ a, b, c }) as Values)));
      const isFulfilled = assignments.some((values) => evaluateCondition(tree, (name) => values[name]) === true);
      if (witness === null) assert.equal(isFulfilled, false);
    }),
    { numRuns: 400 },
  );
  assert.ok(seen.none > 10 && seen.some > 100, "both happen");
});

it("a condition and its opposite never hold together", () => {
  fc.assert(
    fc.property(condition, (tree) => assert.equal(findWitness(allOf(tree, negate(tree))), null)),
    { numRuns: 300 },
  );
});

it("a search that would take for ever is given up", () => {
  // Twelve pigeons, eleven holes.
  const holes = Array.from({ length: 11 }, (_, index) => `'${index}'`).join(", ");
  const pigeons = Array.from({ length: 12 }, (_, index) => `p${index}`);
  const placed = pigeons.map((name) => parse(`${name} in [${holes}]`));
  const apart = pigeons.flatMap((name, at) => pigeons.slice(0, at).map((other) => parse(`${name} != ${other}`)));
  assert.equal(findWitness({ type: "and", conditions: [...placed, ...apart] }), undefined);
});

describe("what was settled before", () => {
  // Small enough that many searches are given up.
  const budget = fc.oneof(fc.integer({ min: -1, max: 40 }), fc.constant(400_000));
  const few = fc.array(condition, { minLength: 1, maxLength: 4 });
  const asked = fc.array(fc.tuple(fc.nat(3), budget), { minLength: 1, maxLength: 12 });

  it("is answered and charged as when it is searched for, whatever was asked before and whatever is left", () => {
    const seen = { givenUp: 0, none: 0 };
    fc.assert(
      fc.property(few, asked, (trees, questions) => {
        for (const [pick, atoms] of questions) {
          const tree = trees[pick % trees.length];
          if (tree === undefined) continue;
          const [recalled, searched] = [{ atoms }, { atoms }];
          const expected = findWitness(tree, searched);
          assert.deepEqual(recallWitness(tree, recalled), expected);
          assert.deepEqual(recalled, searched);
          if (expected === undefined) seen.givenUp += 1;
          if (expected === null) seen.none += 1;
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(seen.givenUp > 20 && seen.none > 20, "both happen");
  });

  it("of two conditions is what both together say; those that are plainly apart are never given up", () => {
    const seen = { none: 0, some: 0 };
    fc.assert(
      fc.property(condition, condition, (left, right) => {
        const expected = findWitness(allOf(left, right));
        for (const _ of ["first", "again"]) {
          assert.deepEqual(recallCommonWitness(left, right, { atoms: 400_000 }), expected);
        }
        seen[expected === null ? "none" : "some"] += 1;
      }),
      { numRuns: 500 },
    );
    assert.ok(seen.none > 20 && seen.some > 20, "both happen");
    assert.equal(recallCommonWitness(parse("dtmf == '1'"), parse("dtmf in ['2', 1]"), { atoms: 0 }), null);
    assert.equal(recallCommonWitness(parse("dtmf == '1'"), parse("dtmf in ['2', '1']"), { atoms: 0 }), undefined);
  });
});
