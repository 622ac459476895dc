/** A manifest restated from a live document says what is live, in its own words where they hold. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Resource } from "../../src/kinds/kind.ts";
import { KINDS as REGISTRY } from "../../src/kinds/registry.ts";
import { type Json, type JsonObject, valueAt } from "../../src/model/json.ts";
import { API_VERSION } from "../../src/model/manifest.ts";
import { keepWritten } from "../../src/source/keep-written.ts";
import { loadManifest } from "./load-manifest.ts";
import { KINDS, shared, siblingsOf, worldOf } from "./worlds.ts";

const RUNS = 200;

/** The manifest as import would write it, from values that need no escaping. */
function rewrite(resource: Resource, document: JsonObject, siblings: readonly Resource[]): Json | undefined {
  const restated = resource.restate(document, siblings);
  if (restated === undefined) return undefined;
  const { said, live, short } = restated;
  const written = resource.source.value;
  const spec = valueAt(written, "spec") ?? {};
  const kept = keepWritten({ written: spec, said, live, short }, { path: ["spec"], write: (value) => value });
  return kept.value === spec ? written : { ...Object.fromEntries(entries(written)), spec: kept.value };
}

function entries(value: Json): readonly (readonly [string, Json])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

/** True when the tenant's answer is in the documented shape, so that something would be written to it at all. */
function isReadable(resource: Resource, document: JsonObject, siblings: readonly Resource[]): boolean {
  return resource.checkDocument(document, siblings).every(({ rule }) => !rule.startsWith("live/"));
}

/** What no manifest can say exactly shows as an error of its own, or as a default that live does not have. */
function assertSaysLive(next: Resource, document: JsonObject, siblings: readonly Resource[]): void {
  assert.deepEqual(next.desired(siblings), next.live(document, siblings));
}

for (const [kind, world] of Object.entries(KINDS)) {
  describe(kind, () => {
    it("says what is live, where its schema and rules let it", () => {
      let compared = 0;
      fc.assert(
        fc.property(worldOf(world), ({ resource, document }) => {
          const manifest = rewrite(resource, document, []);
          if (manifest === undefined || !isReadable(resource, document, [])) return;
          const { resource: next, problems } = loadManifest(manifest);
          if (
            next === undefined ||
            !isReadable(next, document, []) ||
            problems.some(({ rule }) => rule.includes("duplicate"))
          )
            return;
          if (lacksDefault(next, document)) return;
          assertSaysLive(next, document, []);
          compared += 1;
        }),
        { numRuns: RUNS },
      );
      assert.ok(compared > RUNS / 50, `only ${compared} of ${RUNS} worlds could be compared`);
    });

    it("stays as it is, the same value, while live is as it asks for", () => {
      fc.assert(
        fc.property(worldOf(world), ({ resource, document }) => {
          const applied = resource.compose(document, []);
          if (!isReadable(resource, applied, [])) return;
          assert.equal(rewrite(resource, applied, []), resource.source.value);
        }),
        { numRuns: RUNS },
      );
    });
  });
}

describe("manifests that share a workflow", () => {
  it("stay as they are while live is as they ask for together", () => {
    fc.assert(
      fc.property(shared, ({ all, document }) => {
        const applied = all.reduce((live, part) => part.compose(live, siblingsOf(part, all)), document);
        if (!all.every((part) => isReadable(part, applied, siblingsOf(part, all)))) return;
        if (!all.every((part) => isSettled(part, applied, siblingsOf(part, all)))) return;
        for (const part of all) assert.equal(rewrite(part, applied, siblingsOf(part, all)), part.source.value);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("new manifests", () => {
  for (const { name, importing } of REGISTRY) {
    if (importing === undefined) continue;
    it(`${name}: any document gives one that says it, or that its schema or rules refuse`, () => {
      const documents = fc.oneof(...Object.values(KINDS).map(({ documents: some }) => some));
      fc.assert(
        fc.property(documents, (document) => {
          const manifests = importing.importFrom(document, "the-id", []).map(({ spec }) => {
            const id = name === "Webhook" ? { name: "the-id" } : name === "EmailNode" ? {} : { id: "the-id" };
            return { apiVersion: API_VERSION, kind: name, metadata: { name: "n" }, spec: { ...spec, ...id } };
          });
          for (const manifest of manifests) {
            const { resource, problems } = loadManifest(manifest);
            if (
              resource === undefined ||
              problems.some(({ rule }) => rule.includes("duplicate")) ||
              !isReadable(resource, document, [])
            )
              continue;
            if (!lacksDefault(resource, document)) assertSaysLive(resource, document, []);
          }
        }),
        { numRuns: RUNS },
      );
    });
  }
});

/** A document that leaves out what its manifest always decides cannot be said; import refuses it. */
function lacksDefault(resource: Resource, document: JsonObject): boolean {
  const [live, desired] = [resource.live(document, []), resource.desired([])];
  const lacks = (have: Json | undefined, wanted: Json | undefined) =>
    entries(wanted ?? null).some(([key]) => (valueAt(have, key) ?? null) === null);
  return lacks(live, desired) || lacks(valueAt(live, "properties"), valueAt(desired, "properties"));
}

/** Whether one that was composed after another has left it as it asked for. */
function isSettled(part: Resource, document: JsonObject, siblings: readonly Resource[]): boolean {
  return isDeepStrictEqual(part.live(document, siblings), part.desired(siblings));
}
