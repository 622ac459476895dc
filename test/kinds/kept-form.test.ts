import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { keptFormOf } from "../../src/engine/kept-form.ts";
import type { Resource } from "../../src/kinds/kind.ts";
import { digestOf } from "../../src/model/digest.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { loadManifest } from "./load-manifest.ts";
import { change, FLOW, resourceOf, WEBHOOK } from "./manifests.ts";
import { KINDS, worldOf } from "./worlds.ts";

/** Everything about a resource but where its manifest stands. */
function describeResource(resource: Resource, document: JsonObject) {
  const { source: _source, desired, live, compose, excerpt, remove, ...rest } = resource;
  return {
    ...rest,
    told: [
      desired([]),
      live(document, []),
      compose(document, []),
      compose(undefined, []),
      excerpt(document, []),
      remove(document, []),
      rest.restate(document, []),
      rest.checkSiblings([]),
      rest.checkDocument(document, []),
      rest.checkReferences(() => ({ state: "absent" })),
      JSON.stringify(rest.callFlow() ?? null),
    ],
  };
}

/** The same without the functions, which are other ones. */
const withoutFunctions = (described: ReturnType<typeof describeResource>) =>
  Object.fromEntries(Object.entries(described).filter(([, value]) => typeof value !== "function"));

describe("a manifest in whose kept form every text is what it says", () => {
  for (const [kind, parts] of Object.entries(KINDS)) {
    it(`makes, loaded from it, the very ${kind} that it is kept of`, () => {
      fc.assert(
        fc.property(worldOf(parts), ({ resource, document }) => {
          const { isPlain, digest } = keptFormOf(resource);
          assert.equal(digest, digestOf(resource.manifest()));
          const again = loadManifest(resource.manifest()).resource;
          if (!isPlain || again === undefined) return isPlain === false;
          const [one, other] = [resource, again].map((side) => withoutFunctions(describeResource(side, document)));
          assert.deepEqual(one, other);
          return true;
        }),
        { numRuns: 60 },
      );
    });
  }
});

describe("a manifest is not plain", () => {
  const surroundings = { variables: { who: "Ada", odd: "a (secret) b" }, env: { HOOK_SECRET: "s3cret-value" } };
  const prompt = (text: string) => change(FLOW, "skill: Billing", `skill: ${JSON.stringify(text)}`);
  const cases: readonly (readonly [reason: string, manifest: string, isPlain: boolean])[] = [
    ["control: a variable is resolved in it", prompt("$" + "{var:who}"), true],
    ["when it refers to the environment", WEBHOOK, false],
    ["when a mask stands in it", prompt("$" + "{var:odd}"), false],
    ["when it has what looks like a reference", prompt("$$" + "{var:who}"), false],
  ];
  for (const [reason, manifest, isPlain] of cases) {
    it(reason, () => {
      assert.equal(keptFormOf(resourceOf(manifest, surroundings)).isPlain, isPlain);
    });
  }
});
