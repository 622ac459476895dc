/** What is owned of a live document as it stands there (`Resource.excerpt`), for random documents. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Resource } from "../../src/kinds/kind.ts";
import {
  canonicalJson,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  objectsAt,
  valueAt,
} from "../../src/model/json.ts";
import { KINDS, shared, siblingsOf, worldOf } from "./worlds.ts";

const RUNS = { numRuns: 400 };

function assertShowsLive(resource: Resource, document: JsonObject, siblings: readonly Resource[]): void {
  const live = resource.live(document, siblings);
  const inExcerpt = resource.live(resource.excerpt(document, siblings), siblings);
  assert.equal(inExcerpt && canonicalJson(inExcerpt), live && canonicalJson(live), resource.name);
}

for (const [kind, world] of Object.entries(KINDS)) {
  describe(`${kind}: its excerpt`, () => {
    it("shows the same live part as the document", () => {
      fc.assert(
        fc.property(worldOf(world), ({ resource, document }) => assertShowsLive(resource, document, [])),
        RUNS,
      );
    });

    it("holds nothing that the document does not, and twice is once", () => {
      fc.assert(
        fc.property(worldOf(world), ({ resource, document }) => {
          const before = JSON.stringify(document);
          const excerpt = resource.excerpt(document, []);
          assert.ok(isPartOf(excerpt, document));
          assert.equal(JSON.stringify(resource.excerpt(excerpt, [])), JSON.stringify(excerpt));
          assert.equal(JSON.stringify(document), before, "what was given is left alone");
        }),
        RUNS,
      );
    });
  });
}

describe("several resources in one workflow", () => {
  it("each shows its own live part in its excerpt", () => {
    fc.assert(
      fc.property(shared, ({ all, document }) => {
        for (const part of all) assertShowsLive(part, document, siblingsOf(part, all));
      }),
      RUNS,
    );
  });

  it("a whole workflow has no part of an e-mail node in its excerpt", () => {
    fc.assert(
      fc.property(shared, ({ all, document }) => {
        const [whole, ...emails] = all;
        assert.ok(whole !== undefined);
        const excerpt = whole.excerpt(document, emails);
        for (const one of emails) {
          assert.equal(one.live(excerpt, []), undefined);
          assert.deepEqual(objectsAt(one.excerpt(excerpt, []), "transitions"), []);
        }
      }),
      RUNS,
    );
  });

  it("what an e-mail node brings or takes along changes nothing in the workflow's live part", () => {
    fc.assert(
      fc.property(shared, ({ all, document }) => {
        const [whole, ...emails] = all;
        assert.ok(whole !== undefined);
        const bare = whole.excerpt(document, emails);
        assert.deepEqual(whole.live(bare, emails), whole.live(document, emails));
      }),
      RUNS,
    );
  });
});

/** Every member of the part stands in the whole, and every item of its lists in the whole's lists, in their order. */
function isPartOf(part: Json, whole: Json): boolean {
  if (isJsonArray(part)) {
    if (!isJsonArray(whole)) return false;
    let at = 0;
    return part.every((item) => {
      const found = whole.findIndex((other, index) => index >= at && isPartOf(item, other));
      at = found + 1;
      return found >= 0;
    });
  }
  if (!isJsonObject(part)) return part === whole;
  return Object.entries(part).every(([key, value]) => {
    const original = valueAt(whole, key);
    return original !== undefined && isPartOf(value, original);
  });
}
