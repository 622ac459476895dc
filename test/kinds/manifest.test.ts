/** A resource's manifest (`Resource.manifest`) is all that it is made of: the trail keeps it, and loads the same resource of it later. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Resource } from "../../src/kinds/kind.ts";
import { isJsonObject, type Json, type JsonObject, valueAt } from "../../src/model/json.ts";
import { resourceFrom } from "./arbitraries.ts";
import { loadManifest } from "./load-manifest.ts";
import { change, FLOW, resourceOf, WEBHOOK } from "./manifests.ts";
import { KINDS } from "./worlds.ts";

const texts = fc.dictionary(
  fc.constantFrom("team", "cxone-gitops/protect", "toString"),
  fc.constantFrom("true", "false"),
  {
    maxKeys: 2,
  },
);
const envelope = fc.record(
  { labels: texts, annotations: texts, tenants: fc.constant(["dev", "prod"]) },
  { requiredKeys: [] },
);

/** All that a resource is and does, given one document. */
function describeResource(resource: Resource, document: JsonObject) {
  const { kind, name, id, metadata, rotation, target, targetPath, claims, references } = resource;
  return {
    ...{ kind, name, id, metadata, rotation, target, targetPath, claims, references },
    manifest: resource.manifest(),
    desired: resource.desired([]),
    live: resource.live(document, []),
    composed: [resource.compose(undefined, []), resource.compose(document, [])],
    excerpt: resource.excerpt(document, []),
    removed: resource.remove(document, []),
    problems: [undefined, document].map((one) => resource.checkDocument(one, [])),
    missing: resource.checkReferences(() => ({ state: "absent" })),
  };
}

for (const [kind, { manifests, documents }] of Object.entries(KINDS)) {
  describe(`${kind}: its manifest`, () => {
    it("makes the same resource again, also after it was text", () => {
      fc.assert(
        fc.property(manifests, envelope, documents, (written, more, document) => {
          const metadata = { ...more, name: valueAt(valueAt(written, "metadata"), "name") ?? "" };
          const resource = resourceFrom({ ...written, metadata });
          const kept = JSON.parse(JSON.stringify(resource.manifest()));
          assert.deepEqual(kept, resource.manifest(), "it is plain JSON");
          const { resource: again } = loadManifest(kept, { env: { HOOK: "planted-hook" } });
          assert.ok(again !== undefined);
          assert.deepEqual(describeResource(again, document), describeResource(resource, document));
        }),
        { numRuns: 300 },
      );
    });

    it("has all that was written, and the defaults", () => {
      fc.assert(
        fc.property(manifests, (written) => {
          const manifest = resourceFrom(written).manifest();
          assert.deepEqual(Object.keys(manifest), ["apiVersion", "kind", "metadata", "spec"]);
          const filledIn = { labels: {}, annotations: {}, ...membersOf(valueAt(written, "metadata")) };
          const { spec, ...others } = manifest;
          assert.deepEqual(others, { ...withoutSpec(written), metadata: filledIn });
          assertHolds(spec ?? null, valueAt(written, "spec") ?? null);
        }),
        { numRuns: 100 },
      );
    });
  });
}

describe("manifests as they are kept", () => {
  it("are resolved, with their defaults", () => {
    const flow = change(FLOW, "IVR Main Menu", '"IVR ${var:stage}"');
    const manifest = resourceOf(flow, { variables: { stage: "dev" } }).manifest();
    const spec = valueAt(manifest, "spec");
    assert.deepEqual(
      ["name", "type", "maxConnectionsPerNode"].map((key) => valueAt(spec, key)),
      ["IVR dev", "IVR", 10],
    );
  });

  it("have no tenants where none are named", () => {
    assert.deepEqual(resourceOf(FLOW).manifest()["metadata"], { name: "main-menu", labels: {}, annotations: {} });
  });

  it("keep a webhook's secret as the reference that was written", () => {
    const manifest = resourceOf(WEBHOOK, { env: { HOOK_SECRET: "planted-secret" } }).manifest();
    assert.equal(valueAt(valueAt(manifest, "spec"), "secret"), "${env:HOOK_SECRET}");
  });

  it("never have a secret that stands in a manifest literally", () => {
    const literal = change(WEBHOOK, "${env:HOOK_SECRET}", "whsec_planted");
    const manifest = resourceOf(literal, { severities: { "webhook/literal-secret": "off" } }).manifest();
    assert.doesNotMatch(JSON.stringify(manifest), /planted/);
    const again = loadManifest(manifest);
    assert.deepEqual(
      again.problems.map(({ rule }) => rule),
      ["webhook/literal-secret"],
      "that there was one is still seen",
    );
  });
});

function membersOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function withoutSpec(written: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(written).filter(([key]) => key !== "spec"));
}

/** Every member that was written is there with its value; there may be more. */
function assertHolds(found: Json, written: Json): void {
  if (!isJsonObject(written)) {
    if (!Array.isArray(written)) assert.equal(found, written);
    else for (const [index, item] of written.entries()) assertHolds(Array.isArray(found) ? found[index] : null, item);
    return;
  }
  for (const [key, value] of Object.entries(written)) assertHolds(valueAt(found, key) ?? null, value);
}
