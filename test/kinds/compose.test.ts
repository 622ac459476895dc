/** What composing promises (`Resource.compose`), for random manifests on top of random documents. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";

import { type JsonObject, objectsAt, stringAt, valueAt } from "../../src/model/json.ts";
import { emailManifests, flowManifest, resourceFrom, webhookManifest, workflowManifest } from "./arbitraries.ts";
import { assertFulfilled, textWithout } from "./fulfilled.ts";
import { liveFlow, liveWebhook, liveWorkflow } from "./live-arbitraries.ts";

const RUNS = { numRuns: 500 };

/** A document as a tenant may hold it: random, and half of the time with another manifest of the kind applied to it. */
function liveFor(manifests: fc.Arbitrary<JsonObject>, documents: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fc.tuple(documents, fc.option(manifests)).map(([document, other]) => {
    return other === null ? document : resourceFrom(other).compose(document, []);
  });
}

const KINDS = {
  Flow: { manifests: flowManifest, documents: liveFlow },
  Workflow: { manifests: workflowManifest, documents: liveWorkflow },
  EmailNode: { manifests: emailManifests.map(([first = {}]) => first), documents: liveWorkflow },
  Webhook: { manifests: webhookManifest, documents: liveWebhook },
};

for (const [kind, { manifests, documents }] of Object.entries(KINDS)) {
  describe(`${kind}: composing`, () => {
    it("makes live as desired", () => {
      fc.assert(
        fc.property(manifests, liveFor(manifests, documents), (manifest, document) => {
          const resource = resourceFrom(manifest);
          assertFulfilled(resource, resource.compose(document, []), []);
        }),
        RUNS,
      );
    });

    it("makes a new document as desired", () => {
      fc.assert(
        fc.property(manifests, (manifest) => {
          const resource = resourceFrom(manifest);
          assertFulfilled(resource, resource.compose(undefined, []), []);
        }),
      );
    });

    it("twice is once, byte for byte", () => {
      fc.assert(
        fc.property(manifests, liveFor(manifests, documents), (manifest, document) => {
          const resource = resourceFrom(manifest);
          const once = resource.compose(document, []);
          assert.equal(JSON.stringify(resource.compose(once, [])), JSON.stringify(once));
          const fresh = resource.compose(undefined, []);
          assert.equal(JSON.stringify(resource.compose(fresh, [])), JSON.stringify(fresh));
        }),
        RUNS,
      );
    });

    it("keeps every other field of the document as it came, in its place", () => {
      const owned = ["name", "type", "nodes", "connections", "transitions", "url", "events", "enabled", "headers"];
      fc.assert(
        fc.property(manifests, liveFor(manifests, documents), (manifest, document) => {
          const composed = resourceFrom(manifest).compose(document, []);
          assert.equal(textWithout(composed, owned), textWithout(document, owned));
          const keys = Object.keys(document);
          assert.deepEqual(Object.keys(composed).slice(0, keys.length), keys);
        }),
      );
    });

    it("changes nothing that it was given", () => {
      fc.assert(
        fc.property(manifests, documents, (manifest, document) => {
          const before = JSON.stringify(document);
          const resource = resourceFrom(manifest);
          resource.live(document, []);
          resource.checkDocument(document, []);
          resource.compose(document, []);
          assert.equal(JSON.stringify(document), before);
        }),
        { numRuns: 50 },
      );
    });
  });
}

describe("flows and workflows: composing", () => {
  const graphs = [
    { manifests: flowManifest, documents: liveFlow, lists: ["nodes", "connections"] },
    { manifests: workflowManifest, documents: liveWorkflow, lists: ["nodes", "transitions"] },
  ];
  it("gives no id twice", () => {
    for (const { manifests, documents, lists } of graphs) {
      fc.assert(
        fc.property(manifests, liveFor(manifests, documents), (manifest, document) => {
          const composed = resourceFrom(manifest).compose(document, []);
          for (const list of lists) {
            const ids = objectsAt(composed, list).map((item) => stringAt(item, "id"));
            assert.equal(new Set(ids).size, ids.length, `${list}: ${ids}`);
          }
        }),
        RUNS,
      );
    }
  });

  it("keeps a live node's other fields, and its place among the nodes", () => {
    for (const { manifests, documents } of graphs) {
      fc.assert(
        fc.property(manifests, documents, (manifest, document) => {
          const wanted = new Set(objectsAt(valueAt(manifest, "spec"), "nodes").map(({ id }) => id));
          const first = new Map(
            objectsAt(document, "nodes")
              .toReversed()
              .map((node) => [node["id"], node]),
          );
          const before = [...first.values()].filter(({ id }) => wanted.has(id ?? null));
          const order = objectsAt(document, "nodes").filter((node) => before.includes(node));
          const after = objectsAt(resourceFrom(manifest).compose(document, []), "nodes").slice(0, order.length);
          const foreign = (node: JsonObject) => textWithout(node, ["type", "properties"]);
          assert.deepEqual(after.map(foreign), order.map(foreign));
        }),
        RUNS,
      );
    }
  });
});
