/** What must not show in a plan, however it is shuffled and added; and that everything that must show does. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Resource } from "../../src/kinds/kind.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectFrom } from "../../src/model/json.ts";
import {
  emailManifests,
  flowManifest,
  resourcesFrom,
  respell,
  webhookManifest,
  workflowManifest,
} from "../kinds/arbitraries.ts";
import { liveFlow, liveWebhook, liveWorkflow } from "../kinds/live-arbitraries.ts";
import { actionsOf, applyTo, planResources, REFERRED, type Tenant } from "./planning.ts";

type Random = () => number;
const random = fc.infiniteStream(fc.nat(1000)).map(
  (stream): Random =>
    () =>
      stream.next().value ?? 0,
);

/** Everything of a tenant, and the manifests of it. */
const worlds = fc
  .record({
    flow: flowManifest,
    emails: emailManifests,
    workflow: fc.option(workflowManifest, { nil: undefined }),
    webhook: webhookManifest,
    documents: fc.record({ "flow/flow-1": liveFlow, "workflow/wf_1": liveWorkflow, "webhook/hook-1": liveWebhook }),
    random,
  })
  .map(({ flow, emails, workflow, webhook, ...rest }) => {
    return { ...rest, manifests: [flow, ...emails, webhook, ...(workflow === undefined ? [] : [workflow])] };
  });

const RUNS = { numRuns: 200 };

function shuffled<T>(list: readonly T[], next: Random): readonly T[] {
  return list
    .map((item) => ({ item, at: next() }))
    .sort((left, right) => left.at - right.at)
    .map(({ item }) => item);
}

/** The value with the keys of all its objects in another order, and the items of the lists under the keys given. */
function shuffleDeep(value: Json, next: Random, lists: readonly string[], under = ""): Json {
  if (isJsonArray(value)) {
    const items = value.map((item) => shuffleDeep(item, next, lists));
    return lists.includes(under) ? shuffled(items, next) : items;
  }
  if (!isJsonObject(value)) return value;
  return objectFrom(
    shuffled(Object.entries(value), next).map(([key, item]) => [key, shuffleDeep(item, next, lists, key)] as const),
  );
}

/** Fields of the server's own in every object, except in `variables`, which a manifest owns as a whole. */
function addServerFields(value: Json, next: Random, under = ""): Json {
  if (isJsonArray(value)) return value.map((item) => addServerFields(item, next));
  if (!isJsonObject(value) || under === "variables") return value;
  const entries = Object.entries(value).map(([key, item]) => [key, addServerFields(item, next, key)] as const);
  return objectFrom([...entries, ...(next() % 2 === 0 ? [] : [["x-server-added", { at: next() }] as const])]);
}

/** Other ids for edges whose id the manifest does not write, and other spellings of their conditions. */
function reword(document: JsonObject, list: string, next: Random, written: ReadonlySet<unknown>): JsonObject {
  const edges = document[list];
  if (edges === undefined || !isJsonArray(edges)) return document;
  const reworded = edges.filter(isJsonObject).map((edge, index) => {
    const id = written.has(edge["id"]) ? {} : { id: `${next()}-${index}` };
    const condition = typeof edge["condition"] === "string" ? { condition: respell(edge["condition"], next()) } : {};
    return { ...edge, ...id, ...condition };
  });
  return { ...document, [list]: reworded };
}

const LISTS = ["nodes", "connections", "transitions", "attachments", "events"];
function disguise(tenant: Tenant, next: Random, written: ReadonlySet<unknown>): Tenant {
  const entries = Object.entries(tenant).map(([key, document]) => {
    if (!isJsonObject(document)) return [key, document] as const;
    const reworded = reword(reword(document, "connections", next, written), "transitions", next, written);
    return [key, addServerFields(shuffleDeep(reworded, next, LISTS), next)] as const;
  });
  return objectFrom(entries);
}

function writtenIds(manifests: readonly JsonObject[]): ReadonlySet<unknown> {
  const text = JSON.stringify(manifests);
  return new Set([...text.matchAll(/"id":"((?:conn|tr)_\d)"/g)].map(([, id]) => id));
}

describe("what was applied", () => {
  it("is unchanged, whatever the server adds, reorders, renames and spells in its own way", () => {
    fc.assert(
      fc.property(worlds, ({ manifests, documents, random: next }) => {
        const resources = resourcesFrom(manifests);
        const tenant = disguise(applyTo({ ...REFERRED, ...documents }, resources), next, writtenIds(manifests));
        const plan = planResources({ resources, tenant });
        assert.deepEqual(
          actionsOf(plan).filter((action) => !action.startsWith("unchanged")),
          [],
          JSON.stringify(plan.changes),
        );
      }),
      RUNS,
    );
  });

  it("is unchanged for the same manifests in another order", () => {
    fc.assert(
      fc.property(worlds, ({ manifests, documents, random: next }) => {
        const tenant = applyTo({ ...REFERRED, ...documents }, resourcesFrom(manifests));
        const plan = planResources({ resources: resourcesFrom(shuffleManifests(manifests, next)), tenant });
        assert.equal(plan.summary.unchanged, manifests.length, JSON.stringify(plan.changes));
      }),
      RUNS,
    );
  });
});

describe("a plan is the same, byte for byte", () => {
  it("whatever the order of manifests, of nodes and edges in them, and of keys everywhere", () => {
    fc.assert(
      fc.property(worlds, ({ manifests, documents, random: next }) => {
        const tenant: Tenant = { ...REFERRED, ...documents };
        const straight = planResources({ resources: resourcesFrom(manifests), tenant });
        const resources = shuffled(resourcesFrom(shuffleManifests(manifests, next)), next);
        const keys = objectFrom(Object.entries(tenant).map(([key, one]) => [key, shuffleDeep(one, next, [])]));
        assert.equal(
          JSON.stringify(comparable(planResources({ resources, tenant: keys }))),
          JSON.stringify(comparable(straight)),
        );
      }),
      RUNS,
    );
  });

  it("whatever the order of nodes and edges in a live document that names each once", () => {
    fc.assert(
      fc.property(worlds, worlds, ({ manifests, random: next }, other) => {
        const tenant = applyTo(REFERRED, withoutMails(resourcesFrom(other.manifests)));
        const shuffledTenant = objectFrom(
          Object.entries(tenant).map(([key, one]) => [key, shuffleDeep(one, next, LISTS)]),
        );
        const resources = resourcesFrom(manifests);
        assert.equal(
          JSON.stringify(planResources({ resources, tenant: shuffledTenant })),
          JSON.stringify(planResources({ resources, tenant })),
        );
      }),
      RUNS,
    );
  });
});

/** Findings name files, which the shuffling has renamed. */
function comparable(plan: ReturnType<typeof planResources>) {
  return { ...plan, findings: plan.findings.map(({ rule, message }) => `${rule} ${message}`).sort() };
}

/** A tenant may hold several transitions between two nodes; those that e-mail nodes made are left out here. */
function withoutMails(resources: readonly Resource[]): readonly Resource[] {
  return resources.filter(({ kind }) => kind !== "EmailNode");
}

function shuffleManifests(manifests: readonly JsonObject[], next: Random): readonly JsonObject[] {
  const lists = ["nodes", "connections", "transitions", "attachments", "events", "after", "before"];
  return shuffled(manifests.map((one) => shuffleDeep(one, next, lists)).filter(isJsonObject), next);
}
