/** What composing promises when several resources share one document. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Resource } from "../../src/kinds/kind.ts";
import { canonicalJson, type JsonObject, objectsAt, stringAt, valueAt } from "../../src/model/json.ts";
import { emailManifests, resourcesFrom, workflowManifest } from "./arbitraries.ts";
import { assertFulfilled, textWithout } from "./fulfilled.ts";
import { liveWorkflow } from "./live-arbitraries.ts";

const RUNS = { numRuns: 500 };

describe("several resources in one workflow", () => {
  const worlds = fc.record({
    emails: emailManifests,
    workflow: fc.option(workflowManifest, { nil: undefined }),
    document: liveWorkflow,
    other: fc.option(fc.tuple(workflowManifest, emailManifests), { nil: undefined }),
    order: fc.infiniteStream(fc.nat(5)),
  });
  const siblingsOf = (one: Resource, all: readonly Resource[]) => all.filter((other) => other !== one);
  const composeAll = (document: JsonObject, parts: readonly Resource[], all: readonly Resource[]) =>
    parts.reduce((composed, part) => part.compose(composed, siblingsOf(part, all)), document);
  const openWorld = ({
    emails,
    workflow,
    document,
    other,
  }: {
    emails: JsonObject[];
    workflow: JsonObject | undefined;
    document: JsonObject;
    other: [JsonObject, JsonObject[]] | undefined;
  }) => {
    const all = resourcesFrom([...(workflow === undefined ? [] : [workflow]), ...emails]);
    const others = other === undefined ? [] : resourcesFrom([other[0], ...other[1]]);
    return { all, live: composeAll(document, others, others) };
  };

  it("all are as desired, in whatever order the e-mail nodes are composed", () => {
    fc.assert(
      fc.property(worlds, ({ order, ...world }) => {
        const { all, live } = openWorld(world);
        const emails = all.filter(({ kind }) => kind === "EmailNode").toSorted(() => (order.next().value ?? 0) - 2);
        const parts = [...all.filter(({ kind }) => kind === "Workflow"), ...emails];
        const composed = composeAll(live, parts, all);
        for (const part of parts) assertFulfilled(part, composed, siblingsOf(part, all));
        assert.equal(JSON.stringify(composeAll(composed, parts, all)), JSON.stringify(composed), "twice is once");
      }),
      RUNS,
    );
  });

  it("what is as desired stays so when only some of the others are composed", () => {
    fc.assert(
      fc.property(worlds, ({ order, ...world }) => {
        const { all, live } = openWorld(world);
        const isFulfilled = (part: Resource, document: JsonObject) => {
          const found = part.live(document, siblingsOf(part, all));
          return found !== undefined && canonicalJson(found) === canonicalJson(part.desired([]));
        };
        const half = all.filter(() => (order.next().value ?? 0) > 2);
        const start = composeAll(live, half, all);
        const fulfilled = all.filter((part) => isFulfilled(part, start));
        const others = all.filter((part) => !fulfilled.includes(part));
        const composed = composeAll(start, others, all);
        for (const part of fulfilled) assert.ok(isFulfilled(part, composed), part.name);
      }),
      RUNS,
    );
  });

  it("e-mail nodes leave every byte outside their own parts as it came", () => {
    fc.assert(
      fc.property(worlds, ({ order, ...world }) => {
        const { all, live } = openWorld({ ...world, workflow: undefined });
        const isReadable = all.every((part) => part.checkDocument(live, siblingsOf(part, all)).length === 0);
        const emails = all.toSorted(() => (order.next().value ?? 0) - 2);
        if (isReadable) assert.equal(outside(composeAll(live, emails, all), emails), outside(live, emails));
      }),
      RUNS,
    );
  });
});

/** Everything of a workflow that its e-mail nodes do not own, as text. */
function outside(document: JsonObject, emails: readonly Resource[]): string {
  const byNode = new Map(emails.map((email) => [email.id, email.desired([])]));
  const claims = new Set(emails.flatMap((email) => email.claims.map(({ what }) => what)));
  const nodes = objectsAt(document, "nodes").flatMap((node) => {
    const desired = byNode.get(stringAt(node, "id") ?? "");
    if (desired === undefined) return [JSON.stringify(node)];
    const foreign = textWithout(node, ["type", "properties"]);
    const properties = valueAt(node, "properties") ?? {};
    return foreign === `[["id",${JSON.stringify(node["id"])}]]`
      ? []
      : [foreign, textWithout(properties, Object.keys(valueAt(desired, "properties") ?? {}))];
  });
  const transitions = objectsAt(document, "transitions").filter(
    (one) =>
      !claims.has(`transitions-to/${stringAt(one, "target")}`) &&
      !claims.has(`transitions-from/${stringAt(one, "source")}`),
  );
  return JSON.stringify([textWithout(document, ["nodes", "transitions"]), nodes, transitions]);
}

it("a workflow is read once, however many e-mail nodes look for themselves in it", () => {
  const count = 60;
  const manifests = Array.from({ length: count }, (_, index) => ({
    apiVersion: "cxone-gitops/v1",
    kind: "EmailNode",
    metadata: { name: `mail-${index}` },
    spec: { workflow: "wf_1", node: `mail_${index}`, templateId: "tmpl_1", after: ["start"], before: ["end"] },
  }));
  const all = resourcesFrom(manifests);
  const blank: JsonObject = {
    id: "wf_1",
    nodes: [
      { id: "start", type: "start" },
      { id: "end", type: "end" },
    ],
  };
  const composed = all.reduce((document, one) => one.compose(document, []), blank);
  let reads = 0;
  const watched = (node: JsonObject) => {
    return new Proxy(node, {
      get(target, key) {
        if (key === "id" || key === "source" || key === "target") reads += 1;
        return Reflect.get(target, key);
      },
    });
  };
  const parts = ["nodes", "transitions"].map((key) => [key, objectsAt(composed, key).map(watched)] as const);
  const document = { ...composed, ...Object.fromEntries(parts) };
  for (const one of all) {
    assert.ok(one.live(document, all) !== undefined);
    assert.deepEqual([...one.checkDocument(document, all), ...one.checkComposed(document)], []);
    assert.ok(one.restate(document, all) !== undefined);
  }
  const size = parts.reduce((sum, [, objects]) => sum + objects.length, 0);
  assert.ok(reads < 20 * size, `${reads} reads of ${size} parts`);
});
