/** The document without a resource (`Resource.remove`): what a delete sends. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Resource } from "../../src/kinds/kind.ts";
import { isJsonArray, type JsonObject, objectsAt, stringAt, valueAt } from "../../src/model/json.ts";
import { textWithout } from "./fulfilled.ts";
import { EMAIL, resourceOf } from "./manifests.ts";
import { KINDS, worldOf } from "./worlds.ts";

const RUNS = { numRuns: 400 };

describe("removing", () => {
  for (const kind of ["Flow", "Workflow", "Webhook"] as const) {
    it(`a ${kind} is deleting the document`, () => {
      fc.assert(
        fc.property(worldOf(KINDS[kind]), ({ resource, document }) => {
          assert.equal(resource.remove(document, []), undefined);
        }),
        { numRuns: 20 },
      );
    });
  }

  const worlds = worldOf(KINDS.EmailNode);
  const removed = (resource: Resource, document: JsonObject): JsonObject => {
    const rest = resource.remove(document, []);
    assert.ok(rest !== undefined);
    return rest;
  };

  it("an e-mail node leaves neither the node nor a transition that touches it, and twice is once", () => {
    fc.assert(
      fc.property(worlds, ({ resource, document }) => {
        const rest = removed(resource, document);
        assert.equal(resource.live(rest, []), undefined);
        assert.ok(!objectsAt(rest, "nodes").some(({ id }) => id === resource.id));
        assert.ok(!objectsAt(rest, "transitions").some((one) => touches(one, resource.id)));
        assert.equal(JSON.stringify(removed(resource, rest)), JSON.stringify(rest));
      }),
      RUNS,
    );
  });

  it("an e-mail node leaves every other byte as it came, in its place", () => {
    fc.assert(
      fc.property(worlds, ({ resource, document }) => {
        const before = JSON.stringify(document);
        const rest = removed(resource, document);
        assert.deepEqual(Object.keys(rest), Object.keys(document));
        assert.equal(textWithout(rest, ["nodes", "transitions"]), textWithout(document, ["nodes", "transitions"]));
        assert.equal(
          othersIn(rest, "nodes", () => false),
          othersIn(document, "nodes", ({ id }) => id === resource.id),
        );
        assert.equal(
          othersIn(rest, "transitions", () => false),
          othersIn(document, "transitions", (one) => touches(one, resource.id)),
        );
        assert.equal(JSON.stringify(document), before, "what was given is left alone");
      }),
      RUNS,
    );
  });

  it("an e-mail node that was added leaves the workflow as it was", () => {
    const workflow = { id: "wf_12345", nodes: [{ id: "start_node" }, { id: "end_node" }], transitions: [], x: 1 };
    const resource = resourceOf(EMAIL);
    assert.deepEqual(resource.remove(resource.compose(workflow, []), []), workflow);
  });
});

function touches(transition: JsonObject, id: string): boolean {
  return stringAt(transition, "source") === id || stringAt(transition, "target") === id;
}

/** A list's items but for some objects, as text; what is no list, as text. */
function othersIn(document: JsonObject, key: string, isLeftOut: (item: JsonObject) => boolean): string {
  const value = valueAt(document, key) ?? null;
  if (!isJsonArray(value)) return JSON.stringify(value);
  const left = new Set(objectsAt(document, key).filter(isLeftOut));
  return JSON.stringify(value.filter((item) => ![...left].some((one) => one === item)));
}
