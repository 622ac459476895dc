import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { canonicalJson, isJsonArray, isJsonObject, isSameJson, type Json } from "../../src/model/json.ts";
import { mergeOwned, projectOwned, stripAbsent } from "../../src/model/owned.ts";

describe("the table of the rule, line by line", () => {
  const cases: readonly (readonly [reason: string, live: Json, desired: Json, projected: Json, merged: Json])[] = [
    ["what is not named is the tenant's", { a: 1, b: 2 }, { a: 1 }, { a: 1 }, { a: 1, b: 2 }],
    ["what is named is ours", { a: 3 }, { a: 1 }, { a: 3 }, { a: 1 }],
    ["null asks for absence", { a: 1 }, { a: null }, { a: 1 }, {}],
    ["null is content with absence", {}, { a: null }, {}, {}],
    ["the rule holds at any depth", { a: { x: 1, y: 2 } }, { a: { x: 1 } }, { a: { x: 1 } }, { a: { x: 1, y: 2 } }],
    ["lists of one length: item by item", [{ x: 1, y: 2 }], [{ x: 1 }], [{ x: 1 }], [{ x: 1, y: 2 }]],
    ["lists of two lengths: as a whole", [1, 2], [1], [1, 2], [1]],
    [
      "an item that is as desired keeps what else it has, in a list of another length too",
      [3, { x: 1, y: 2 }],
      [{ x: 1 }],
      [3, { x: 1, y: 2 }],
      [{ x: 1, y: 2 }],
    ],
    [
      "items of one id change places: what the tenant keeps goes with them",
      [
        { id: 1, y: 1 },
        { id: 2, y: 2 },
      ],
      [{ id: 2 }, { id: 1 }],
      [{ id: 1 }, { id: 2 }],
      [
        { id: 2, y: 2 },
        { id: 1, y: 1 },
      ],
    ],
    [
      "an item without an id never takes the one that another is named by",
      [
        { id: 2, type: "a", srv: "Z" },
        { id: 9, type: "b" },
      ],
      [{ type: "a" }, { id: 2, type: "a" }],
      [{ type: "a" }, { id: 9, type: "b" }],
      [{ type: "a" }, { id: 2, type: "a", srv: "Z" }],
    ],
    ["an item of another id begins without it", [{ id: 1, y: 1 }], [{ id: 2 }], [{ id: 1 }], [{ id: 2 }]],
    [
      "an id that only the tenant knows stays with the name that git knows",
      [{ id: 9, name: "a" }],
      [{ name: "a" }],
      [{ name: "a" }],
      [{ id: 9, name: "a" }],
    ],
    ["a mapping takes the place of a text", { a: "x" }, { a: { b: 1 } }, { a: "x" }, { a: { b: 1 } }],
    ["a text takes the place of a mapping", { a: { b: 1 } }, { a: "x" }, { a: { b: 1 } }, { a: "x" }],
    ["an empty mapping asks for nothing in it", { a: { b: 1 } }, { a: {} }, { a: {} }, { a: { b: 1 } }],
    ["null in a list is a value", [1], [null], [1], [null]],
    ["names of prototypes are names", { toString: 1 }, { constructor: 2 }, {}, { toString: 1, constructor: 2 }],
  ];
  for (const [reason, live, desired, projected, merged] of cases) {
    it(reason, () => {
      assert.deepEqual(projectOwned(live, desired), projected);
      assert.equal(JSON.stringify(mergeOwned(live, desired)), JSON.stringify(merged));
    });
  }
});

/** Few keys, so that both sides meet. */
const key = fc.constantFrom("a", "b", "id", "name", "toString", "__proto__", "é", "");
const leaf = fc.constantFrom<Json>(null, true, 0, 1, -0, 1.5, "", "text", "ü𝄞");
const { value: anyJson } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

describe("the law between the three functions", () => {
  it("what was merged projects to desired without its absences", () => {
    fc.assert(
      fc.property(anyJson, anyJson, (live, desired) => {
        assert.ok(isSameJson(projectOwned(mergeOwned(live, desired), desired), stripAbsent(desired)));
      }),
      { numRuns: 2000 },
    );
  });

  it("merging twice is merging once, byte for byte", () => {
    fc.assert(
      fc.property(anyJson, anyJson, (live, desired) => {
        const once = mergeOwned(live, desired);
        assert.equal(JSON.stringify(mergeOwned(once, desired)), JSON.stringify(once));
      }),
    );
  });

  it("what is as desired comes back byte for byte, whatever the tenant keeps in it", () => {
    fc.assert(
      fc.property(anyJson, anyJson, fc.constantFrom("id", "name", "zz"), (live, desired, foreignKey) => {
        const fulfilled = addForeign(mergeOwned(live, desired), desired, foreignKey);
        assert.ok(isSameJson(projectOwned(fulfilled, desired), stripAbsent(desired)));
        assert.equal(JSON.stringify(mergeOwned(fulfilled, desired)), JSON.stringify(fulfilled));
      }),
      { numRuns: 2000 },
    );
  });

  it("what desired does not name stays byte for byte, and in its place", () => {
    fc.assert(
      fc.property(fc.dictionary(key, anyJson), fc.dictionary(key, anyJson), (live, desired) => {
        const merged = mergeOwned(live, desired);
        assert.ok(isJsonObject(merged));
        const foreign = (value: object) => Object.entries(value).filter(([name]) => !Object.hasOwn(desired, name));
        assert.equal(JSON.stringify(foreign(merged)), JSON.stringify(foreign(live)));
      }),
    );
  });

  it("the order of keys does not count", () => {
    fc.assert(
      fc.property(anyJson, anyJson, (live, desired) => {
        const straight = projectOwned(live, desired);
        assert.equal(canonicalJson(projectOwned(reversed(live), reversed(desired))), canonicalJson(straight));
      }),
    );
  });
});

/** The value with a field of the tenant's own in every object that desired describes, where desired does not name one. */
function addForeign(value: Json, desired: Json, key: string): Json {
  if (isJsonArray(value) && isJsonArray(desired))
    return value.map((item, at) => addForeign(item, desired[at] ?? null, key));
  if (!isJsonObject(value) || !isJsonObject(desired)) return value;
  const entries = Object.entries(value).map(([name, item]): readonly [string, Json] => {
    return [name, Object.hasOwn(desired, name) ? addForeign(item, desired[name] ?? null, key) : item];
  });
  return Object.fromEntries(Object.hasOwn(desired, key) ? entries : [[key, entries.length], ...entries]);
}

function reversed(value: Json): Json {
  if (isJsonArray(value)) return value.map(reversed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, item]) => [name, reversed(item)] as const)
      .reverse(),
  );
}
