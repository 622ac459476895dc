import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { pairVariables, putInOtherTerms } from "../../src/engine/in-other-terms.ts";
import type { Json } from "../../src/model/json.ts";

type Maybe = Json | undefined;

/** Why, live here, desired here, desired there, and what live here would be there. */
type Row = readonly [reason: string, live: Maybe, desired: Maybe, there: Maybe, carried: Maybe];

const TEXTS = new Map([["dev", "prod"]]);

const ROWS: readonly Row[] = [
  ["as git asks for, here and so there", { a: "x" }, { a: "x" }, { a: "y" }, { a: "y" }],
  [
    "an edit that no variable explains stays",
    { a: "edit", b: 1 },
    { a: "x", b: 1 },
    { a: "y", b: 2 },
    { a: "edit", b: 2 },
  ],
  ["an edit that is one variable's whole value", { a: "dev" }, { a: "x" }, { a: "y" }, { a: "prod" }],
  ["a part of a text is no variable's value", { a: "dev-1" }, { a: "x" }, { a: "y" }, { a: "dev-1" }],
  ["a value inside an edit is mapped as well", { a: { b: ["dev"] } }, { a: "x" }, { a: "y" }, { a: { b: ["prod"] } }],
  ["only texts are mapped", { a: 1 }, { a: 2 }, { a: 3 }, { a: 1 }],
  ["what was taken away by hand is away", { b: 1 }, { a: "x", b: 1 }, { a: "y", b: 2 }, { b: 2 }],
  ["what was added by hand is there", { a: "x", c: "dev" }, { a: "x" }, { a: "y" }, { a: "y", c: "prod" }],
  ["what git asks for only there", { a: "x" }, { a: "x" }, { a: "y", b: 1 }, { a: "y", b: 1 }],
  ["what git asks for only here", { a: "x", b: 1 }, { a: "x", b: 1 }, { a: "y" }, { a: "y" }],
  [
    "the same below an edit",
    { a: "e", n: { p: "x" } },
    { a: "x", n: { p: "x" } },
    { a: "y", n: { p: "y" } },
    { a: "e", n: { p: "y" } },
  ],
  ["not live here, though git asks for it", undefined, { a: "x" }, { a: "y" }, undefined],
  ["live nowhere, asked for nowhere", undefined, undefined, undefined, undefined],
  ["lists of one length, item by item", ["x", "edit"], ["x", "x"], ["y", "y"], ["y", "edit"]],
  ["lists of another length, as a whole", ["x", "dev", "x"], ["x"], ["y"], ["x", "prod", "x"]],
  ["another key for the same thing", { k1: { a: 1 } }, { k1: { a: 1 } }, { k2: { a: 2 } }, { k2: { a: 2 } }],
  ["an edit under another key", { k1: { a: "e" } }, { k1: { a: "x" } }, { k2: { a: "y" } }, { k2: { a: "e" } }],
  [
    "made by hand under the key that the same thing has there",
    { k1: { a: 1 }, k2: { a: "hand" } },
    { k1: { a: 1 } },
    { k2: { a: 2 } },
    { k2: { a: 2 }, k1: { a: "hand" } },
  ],
  ["taken away by hand under another key", { s: 1 }, { s: 1, k1: { a: 1 } }, { s: 1, k2: { a: 2 } }, { s: 1 }],
  ["a presence under another key", { k1: true }, { k1: true, k3: true }, { k2: true, k3: true }, { k2: true }],
  ["another field is not another key", { skill: "e" }, { skill: "x" }, { queue: "y" }, { skill: "e", queue: "y" }],
  [
    "keys of a prototype are keys",
    JSON.parse('{"__proto__":{"a":"e"}}'),
    {},
    {},
    JSON.parse('{"__proto__":{"a":"e"}}'),
  ],
];

describe("what one tenant's live would be on another", () => {
  for (const [reason, live, desired, there, expected] of ROWS) {
    it(reason, () => {
      assert.deepEqual(putInOtherTerms({ live, desired, there }, TEXTS).carried, expected);
    });
  }

  it("what stands there keeps its values, and gets the other tenant's keys", () => {
    const sides = { live: { k1: { a: "dev" } }, desired: { k1: { a: "x" } }, there: { k2: { a: "y" } } };
    assert.deepEqual(putInOtherTerms(sides, TEXTS).asItStands, { k2: { a: "dev" } });
  });

  it("what is as desired here is as desired there, whatever the two are", () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(json, json, (here, there) => {
        const [desired, other] = [here, there].map(asJson);
        assert.deepEqual(putInOtherTerms({ live: desired, desired, there: other }, TEXTS).carried, other);
      }),
    );
  });

  it("between two equal tenants live is what it is", () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(json, json, (one, other) => {
        const [live, desired] = [one, other].map(asJson);
        assert.deepEqual(putInOtherTerms({ live, desired, there: desired }, new Map()).carried, live);
      }),
    );
  });
});

describe("the texts of variables", () => {
  const cases: readonly (readonly [
    string,
    Parameters<typeof pairVariables>[0],
    Parameters<typeof pairVariables>[1],
    object,
  ])[] = [
    ["by the variable's name", { a: "x", b: "y" }, { b: "2", a: "1" }, { x: "1", y: "2" }],
    ["none that two variables give another value", { a: "x", b: "x" }, { a: "1", b: "2" }, {}],
    ["one that two variables agree on", { a: "x", b: "x" }, { a: "1", b: "1" }, { x: "1" }],
    ["none that the other tenant lacks", { a: "x", b: "x" }, { b: "1" }, {}],
    ["texts only", { a: 1, b: true, c: "x" }, { a: 2, b: false, c: 3 }, {}],
  ];
  for (const [reason, here, there, expected] of cases) {
    it(reason, () => assert.deepEqual(Object.fromEntries(pairVariables(here, there)), expected));
  }
});

/** As it comes from a document: plain JSON, `-0` and all. */
function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
