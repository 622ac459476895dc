/** Putting back what one change did, on top of what stands there now. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { mergeThreeWay } from "../../src/engine/merge-three-way.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectFrom, stringAt } from "../../src/model/json.ts";
import { MASK } from "../../src/model/secrets.ts";

interface Case {
  readonly reason: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly live: JsonObject;
  readonly merged: JsonObject;
  readonly conflicts?: readonly string[];
  /** What it is with `overwrite`, where that differs. */
  readonly overwritten?: JsonObject;
  readonly leftOut?: readonly string[];
}

function holds(cases: readonly Case[]): void {
  for (const { reason, merged, conflicts = [], overwritten = merged, leftOut = [], ...sides } of cases) {
    it(reason, () => {
      assert.deepEqual(mergeThreeWay({ ...sides, overwrite: false }), { document: merged, conflicts, leftOut });
      assert.deepEqual(mergeThreeWay({ ...sides, overwrite: true }), { document: overwritten, conflicts, leftOut });
    });
  }
}

describe("one field", () => {
  holds([
    { reason: "untouched: live stays", before: { a: 1 }, after: { a: 1 }, live: { a: 2 }, merged: { a: 2 } },
    { reason: "untouched: live may lack it", before: { a: 1 }, after: { a: 1 }, live: {}, merged: {} },
    { reason: "as it was left: goes back", before: { a: 1 }, after: { a: 2 }, live: { a: 2 }, merged: { a: 1 } },
    { reason: "that was added goes again", before: {}, after: { a: 2 }, live: { a: 2, b: 1 }, merged: { b: 1 } },
    { reason: "that was removed comes back", before: { a: 1 }, after: {}, live: { b: 1 }, merged: { b: 1, a: 1 } },
    { reason: "put back already: live stays", before: { a: 1 }, after: { a: 2 }, live: { a: 1 }, merged: { a: 1 } },
    {
      reason: "edited since: a conflict, and overwriting puts it back",
      before: { a: 1 },
      after: { a: 2 },
      live: { a: 3 },
      merged: { a: 3 },
      conflicts: ["/a"],
      overwritten: { a: 1 },
    },
    {
      reason: "added, and edited since",
      before: {},
      after: { a: 2 },
      live: { a: 3 },
      merged: { a: 3 },
      conflicts: ["/a"],
      overwritten: {},
    },
    {
      reason: "removed, and added otherwise since",
      before: { a: 1 },
      after: {},
      live: { a: 3 },
      merged: { a: 3 },
      conflicts: ["/a"],
      overwritten: { a: 1 },
    },
    {
      reason: "changed, and removed since",
      before: { a: 1 },
      after: { a: 2 },
      live: {},
      merged: {},
      conflicts: ["/a"],
      overwritten: { a: 1 },
    },
    { reason: "null is a value", before: { a: null }, after: {}, live: {}, merged: { a: null } },
    {
      reason: "of another type",
      before: { a: [1] },
      after: { a: { b: 1 } },
      live: { a: { b: 1 } },
      merged: { a: [1] },
    },
  ]);
});

describe("below a field", () => {
  holds([
    {
      reason: "an object is merged key by key",
      before: { a: { p: 1, q: 1 } },
      after: { a: { p: 2, q: 1 } },
      live: { a: { p: 2, q: 9, theirs: 1 } },
      merged: { a: { p: 1, q: 9, theirs: 1 } },
    },
    {
      reason: "the place of a conflict is a JSON pointer",
      before: { "a/b": { "~": 1 } },
      after: { "a/b": { "~": 2 } },
      live: { "a/b": { "~": 3 } },
      merged: { "a/b": { "~": 3 } },
      conflicts: ["/a~1b/~0"],
      overwritten: { "a/b": { "~": 1 } },
    },
    {
      reason: "an object that was added and that somebody added to is theirs as well",
      before: {},
      after: { a: { p: 1 } },
      live: { a: { p: 1, theirs: 1 } },
      merged: { a: { p: 1, theirs: 1 } },
      conflicts: ["/a"],
      overwritten: {},
    },
    {
      reason: "keys that mean something to JavaScript are keys",
      before: JSON.parse('{"a":{"__proto__":1,"constructor":1}}'),
      after: JSON.parse('{"a":{"__proto__":2}}'),
      live: JSON.parse('{"a":{"__proto__":2}}'),
      merged: JSON.parse('{"a":{"__proto__":1,"constructor":1}}'),
    },
  ]);
});

describe("a list", () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => ({ id, x: 1 }));
  assert.ok(a && b && c);
  holds([
    {
      reason: "whose items have ids is merged by them, whatever their order",
      before: { n: [a, b] },
      after: { n: [{ ...a, x: 2 }, b] },
      live: { n: [b, { ...a, x: 2, theirs: 1 }] },
      merged: { n: [b, { ...a, theirs: 1 }] },
    },
    {
      reason: "loses the item that was added, and keeps the one that somebody else added",
      before: { n: [a] },
      after: { n: [a, b] },
      live: { n: [c, b, a] },
      merged: { n: [c, a] },
    },
    {
      reason: "gets the item back that was removed",
      before: { n: [a, b] },
      after: { n: [b] },
      live: { n: [b, c] },
      merged: { n: [b, c, a] },
    },
    {
      reason: "keeps an added item that somebody edited since",
      before: { n: [a] },
      after: { n: [a, b] },
      live: { n: [a, { ...b, x: 3 }] },
      merged: { n: [a, { ...b, x: 3 }] },
      conflicts: ["/n/b"],
      overwritten: { n: [a] },
    },
    {
      reason: "says which field of which item was edited since",
      before: { n: [a, b] },
      after: { n: [{ ...a, x: 2 }, b] },
      live: { n: [b, { ...a, x: 3 }] },
      merged: { n: [b, { ...a, x: 3 }] },
      conflicts: ["/n/a/x"],
      overwritten: { n: [b, a] },
    },
    {
      reason: "of files is merged by fileId",
      before: { f: [{ fileId: "p", fileName: "old.pdf" }] },
      after: { f: [{ fileId: "p", fileName: "new.pdf" }] },
      live: { f: [{ fileId: "q" }, { fileId: "p", fileName: "new.pdf" }] },
      merged: { f: [{ fileId: "q" }, { fileId: "p", fileName: "old.pdf" }] },
    },
    {
      reason: "is merged by one name on all sides: ids that a tenant gave to some of its files do not hide the others",
      before: { f: [{ id: "1", fileId: "p", x: 1 }] },
      after: { f: [{ id: "1", fileId: "p", x: 2 }] },
      live: { f: [{ id: "1", fileId: "p", x: 2 }, { fileId: "q" }] },
      merged: { f: [{ id: "1", fileId: "p", x: 1 }, { fileId: "q" }] },
    },
    {
      reason: "without ids is one value",
      before: { t: [1, 2] },
      after: { t: [1, 3] },
      live: { t: [1, 3] },
      merged: { t: [1, 2] },
    },
    {
      reason: "without ids, added to since, is a conflict as a whole",
      before: { t: [1, 2] },
      after: { t: [1, 3] },
      live: { t: [1, 3, 4] },
      merged: { t: [1, 3, 4] },
      conflicts: ["/t"],
      overwritten: { t: [1, 2] },
    },
    {
      reason: "with an id twice is one value",
      before: { n: [a] },
      after: { n: [b] },
      live: { n: [b, c, c] },
      merged: { n: [b, c, c] },
      conflicts: ["/n"],
      overwritten: { n: [a] },
    },
  ]);
});

describe("what was masked", () => {
  holds([
    {
      reason: "was changed to something known: live stays, for nobody knows what it was",
      before: { pin: MASK, skill: "Billing" },
      after: { pin: "0000", skill: "Sales" },
      live: { pin: "0000", skill: "Sales" },
      merged: { pin: "0000", skill: "Billing" },
    },
    {
      reason: "afterwards equals whatever text stands there",
      before: { pin: "0000" },
      after: { pin: MASK },
      live: { pin: "any" },
      merged: { pin: "0000" },
    },
    {
      reason: "inside a text masks the text",
      before: { url: `https://${MASK}@a` },
      after: { url: "https://b" },
      live: { url: "https://b" },
      merged: { url: "https://b" },
    },
    {
      reason: "is left out of what comes back",
      before: { n: [{ id: "a", properties: { pin: MASK, prompt: "Hello" } }] },
      after: { n: [] },
      live: { n: [] },
      merged: { n: [{ id: "a", properties: { prompt: "Hello" } }] },
      leftOut: ["/n/a/properties/pin"],
    },
    {
      reason: "is left out of a list that comes back whole, item by item",
      before: { n: [{ id: "a", pin: MASK }, { id: "b" }] },
      after: {},
      live: {},
      merged: { n: [{ id: "a" }, { id: "b" }] },
      leftOut: ["/n/a/pin"],
    },
    {
      reason: "keeps a list away that comes back whole or not at all",
      before: { pins: ["1", MASK], a: 1 },
      after: {},
      live: {},
      merged: { a: 1 },
      leftOut: ["/pins"],
    },
    {
      reason: "is no text that may stand where something else stands now",
      before: { pin: 1 },
      after: { pin: MASK },
      live: { pin: { by: "hand" } },
      merged: { pin: { by: "hand" } },
      conflicts: ["/pin"],
      overwritten: { pin: 1 },
    },
    {
      reason: "was a key: it does not come back under the mask's name",
      before: { a: { [MASK]: 1, b: 1 }, c: { [MASK]: 1, d: 1 } },
      after: { a: { b: 2 } },
      live: { a: { b: 2 } },
      merged: { a: { b: 1 }, c: { d: 1 } },
    },
  ]);
});

describe("for any documents", () => {
  const leaf = fc.constantFrom<Json>(null, true, 0, 1, "x", "y", [1, 2], []);
  const properties = fc.dictionary(fc.constantFrom("p", "q", "__proto__"), leaf, { maxKeys: 3 });
  const items = (name: "id" | "fileId") => {
    const id = fc.constantFrom("a", "b", "c");
    const item = fc
      .tuple(id, leaf, properties)
      .map(([key, x, inside]): JsonObject => ({ [name]: key, x, properties: inside }));
    return fc.uniqueArray(item, { selector: (one) => stringAt(one, name), maxLength: 3 });
  };
  const document = fc
    .tuple(fc.option(leaf), properties, items("id"), items("fileId"))
    .map(([name, deep, nodes, files]): JsonObject => ({ ...(name !== null && { name }), deep, nodes, files }));

  it("what nobody has touched since is as before again, and nothing is said", () => {
    fc.assert(
      fc.property(document, document, (before, after) => {
        const { document: merged, conflicts } = mergeThreeWay({ before, after, live: after, overwrite: false });
        assert.deepEqual(conflicts, []);
        assert.deepEqual(inOrder(merged), inOrder(before));
      }),
    );
  });

  it("what has been put back already stays byte for byte", () => {
    fc.assert(
      fc.property(document, document, fc.boolean(), (before, after, overwrite) => {
        const merged = mergeThreeWay({ before, after, live: before, overwrite });
        assert.equal(JSON.stringify(merged), JSON.stringify({ document: before, conflicts: [], leftOut: [] }));
      }),
    );
  });

  it("what the change did not touch is live's, byte for byte", () => {
    fc.assert(
      fc.property(document, document, fc.boolean(), (before, live, overwrite) => {
        const merged = mergeThreeWay({ before, after: before, live, overwrite });
        assert.equal(JSON.stringify(merged), JSON.stringify({ document: live, conflicts: [], leftOut: [] }));
      }),
    );
  });

  it("edits of other keys and items survive, and nothing is said of them", () => {
    fc.assert(
      fc.property(document, document, fc.boolean(), (before, after, overwrite) => {
        const both = idsOf(before).filter((id) => idsOf(after).includes(id));
        const live = withForeignEdits(after, both);
        const { document: merged, conflicts } = mergeThreeWay({ before, after, live, overwrite });
        assert.deepEqual(conflicts, []);
        assert.deepEqual(inOrder(merged), inOrder(withForeignEdits(before, both)));
      }),
    );
  });

  it("a conflict is what both changed, and differently; only overwriting decides it, for before", () => {
    const flat = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom(1, 2, 3), { maxKeys: 3 });
    const seen = { conflicts: 0, quiet: 0 };
    fc.assert(
      fc.property(flat, flat, flat, (before, after, live) => {
        const expected = ["a", "b", "c"].filter(
          (key) => before[key] !== after[key] && live[key] !== after[key] && live[key] !== before[key],
        );
        seen[expected.length > 0 ? "conflicts" : "quiet"] += 1;
        const kept = mergeThreeWay({ before, after, live, overwrite: false });
        const overwritten = mergeThreeWay({ before, after, live, overwrite: true });
        for (const { conflicts } of [kept, overwritten]) {
          assert.deepEqual([...conflicts].sort(), expected.map((key) => `/${key}`).sort());
        }
        for (const key of ["a", "b", "c"]) {
          const isChanged = before[key] !== after[key];
          assert.equal(overwritten.document[key], isChanged ? before[key] : live[key]);
          assert.equal(kept.document[key], isChanged && !expected.includes(key) ? before[key] : live[key]);
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(seen.conflicts > 50 && seen.quiet > 50, `both happened: ${JSON.stringify(seen)}`);
  });

  it("no mask is ever put into a document", () => {
    fc.assert(
      fc.property(document, document, document, fc.boolean(), (before, after, live, overwrite) => {
        const merged = mergeThreeWay({ before: masked(before), after: masked(after), live, overwrite });
        assert.doesNotMatch(JSON.stringify(merged.document), /\(secret\)/);
      }),
    );
  });
});

/** The same with every keyed list by its ids: their order means nothing. */
function inOrder(value: Json): Json {
  if (isJsonObject(value)) return objectFrom(Object.entries(value).map(([key, item]) => [key, inOrder(item)]));
  if (!isJsonArray(value)) return value;
  const idOf = (item: Json) => stringAt(item, "id") ?? stringAt(item, "fileId") ?? "";
  const items = value.map(inOrder);
  return items.every((item) => idOf(item) !== "")
    ? items.sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1))
    : items;
}

function idsOf(document: JsonObject): readonly string[] {
  const nodes = document["nodes"];
  return isJsonArray(nodes) ? nodes.flatMap((node) => stringAt(node, "id") ?? []) : [];
}

/** What a colleague does beside the change: a key of the document, an item, and a property of each of these items. */
function withForeignEdits(document: JsonObject, ids: readonly string[]): JsonObject {
  const nodes = isJsonArray(document["nodes"]) ? document["nodes"].filter(isJsonObject) : [];
  const edited = nodes.map((node): JsonObject => {
    if (!ids.includes(stringAt(node, "id") ?? "") || !isJsonObject(node["properties"])) return node;
    return { ...node, properties: { ...node["properties"], theirs: 1 } };
  });
  return { ...document, theirs: { by: "hand" }, nodes: [...edited, { id: "theirs" }] };
}

/** As the trail keeps it when "x" is a secret, and "q" another. */
function masked(value: JsonObject): JsonObject {
  return objectFrom(
    Object.entries(value).map(([key, item]) => [
      key === "q" ? MASK : key,
      isJsonObject(item) ? masked(item) : maskedItem(item),
    ]),
  );
}

function maskedItem(item: Json): Json {
  if (isJsonArray(item)) return item.map((one) => (isJsonObject(one) ? masked(one) : maskedItem(one)));
  return item === "x" ? MASK : item;
}
