/** Hundreds of e-mail nodes live in one workflow: how often a plan goes through its document grows with their number, not with its square. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LastAppliedByIdentity } from "../../src/engine/last-applied.ts";
import { makePlan } from "../../src/engine/plan.ts";
import { identityOf, sharersOf } from "../../src/engine/resource-identity.ts";
import { groupIntoUnits } from "../../src/engine/units.ts";
import type { Resource } from "../../src/kinds/kind.ts";
import { digestOf } from "../../src/model/digest.ts";
import { isJsonObject, type JsonObject } from "../../src/model/json.ts";
import { countHeld, type Plan } from "../../src/model/plan.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { change, EMAIL, validate, WORKFLOW } from "../kinds/manifests.ts";
import { applyTo, kindOrder } from "./planning.ts";

const DOCUMENT = "workflow/wf_12345";

interface Situation {
  /** Whether live has another template in every mail than the manifests. */
  readonly isChanged: boolean;
  /** Whether the first mail is left to a person. */
  readonly isHeld: boolean;
}

/** A workflow and so many mails in it, each between the same two nodes. */
function load(mails: number, templateId: string, isHeld: boolean): readonly Resource[] {
  const texts = Array.from({ length: mails }, (_, number) => {
    const policy = isHeld && number === 0 ? ", annotations: { cxone-gitops/reconcile: report }" : "";
    const named = change(EMAIL, "name: order-confirmation", `name: mail-${number}${policy}`);
    const placed = change(named, "email_send_01", `mail_${number}`);
    return [`${number}.yaml`, change(placed, "tmpl_inv_2024", templateId)];
  });
  return validate(Object.fromEntries([["workflow.yaml", WORKFLOW], ...texts])).resources;
}

function documentOf(resources: readonly Resource[]): JsonObject {
  const document = applyTo({}, resources)[DOCUMENT];
  assert.ok(document !== undefined && isJsonObject(document));
  return document;
}

/** As the trail tells: what is live was applied from here, and nobody has edited it. */
function lastApplied(resources: readonly Resource[], live: JsonObject, watch: Watch): LastAppliedByIdentity {
  return new Map(
    resources.map((resource, sequence) => {
      const siblings = sharersOf(resource, resources).map(watch);
      const digest = digestOf(resource.live(live, siblings) ?? null);
      return [identityOf(resource), { resource: watch(resource), siblings, digest, seenAt: 0, sequence }];
    }),
  );
}

type Watch = (resource: Resource) => Resource;

/** Plans, and counts how often a resource was asked for anything that it has to go through its document for. */
function planAndCount(mails: number, { isChanged, isHeld }: Situation): { readonly asks: number; readonly plan: Plan } {
  let asks = 0;
  const count = <T>(ask: () => T): T => {
    asks += 1;
    return ask();
  };
  const watch: Watch = (resource) => ({
    ...resource,
    live: (document, siblings) => count(() => resource.live(document, siblings)),
    compose: (document, siblings) => count(() => resource.compose(document, siblings)),
    checkDocument: (document, siblings) => count(() => resource.checkDocument(document, siblings)),
    checkComposed: (document) => count(() => resource.checkComposed(document)),
  });
  const before = load(mails, isChanged ? "tmpl_other" : "tmpl_inv_2024", false);
  const document = documentOf(before);
  const known = lastApplied(before, document, watch);
  const resources = load(mails, "tmpl_inv_2024", isHeld).map(watch);
  asks = 0;
  const hold = { policy: "repair", flipFlop: { repairs: 3, withinMinutes: 60 }, repairs: new Map(), now: 0 } as const;
  const plan = makePlan({
    tenant: "dev",
    revision: null,
    units: groupIntoUnits(resources, kindOrder()),
    observation: new Map([[DOCUMENT, { state: "present", document, version: 1 }]]),
    findings: [],
    severities: { "live/unknown": "off" },
    secrets: new Secrets(),
    guard: { maxUpdatePercent: 100, maxDeletePercent: 100, allowLargeChange: true, allowProtected: true },
    prune: false,
    lastApplied: known,
    hold,
  });
  return { asks, plan };
}

describe("twice the mails in a workflow make twice the work", () => {
  const cases: readonly (Situation & { readonly what: string; readonly updates: number })[] = [
    { what: "as desired", isChanged: false, isHeld: false, updates: 0 },
    { what: "all of them changed", isChanged: true, isHeld: false, updates: 20 },
    { what: "all of them changed, and one of them left to a person", isChanged: true, isHeld: true, updates: 19 },
  ];
  for (const { what, updates, ...situation } of cases) {
    it(what, () => {
      const [ten, twenty, forty] = [10, 20, 40].map((mails) => planAndCount(mails, situation));
      assert.equal(twenty?.plan.summary.update, updates);
      assert.equal(countHeld(twenty.plan), situation.isHeld ? 1 : 0);
      const [first = 0, second = 0, third = 0] = [ten, twenty, forty].map((one) => one?.asks);
      assert.ok(first >= 20, "it looks at each");
      assert.equal(third - second, 2 * (second - first), `${first}, ${second}, ${third}`);
    });
  }
});
