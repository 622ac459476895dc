/** From manifests and a written-down tenant to a plan, without a socket. */
import type { LastAppliedByIdentity } from "../../src/engine/last-applied.ts";
import type { Observation } from "../../src/engine/observe.ts";
import { makePlan } from "../../src/engine/plan.ts";
import type { Hold } from "../../src/engine/policy.ts";
import { identityOf, sharersOf } from "../../src/engine/resource-identity.ts";
import { groupIntoUnits, type Unit } from "../../src/engine/units.ts";
import type { Resource } from "../../src/kinds/kind.ts";
import { KINDS } from "../../src/kinds/registry.ts";
import { hasErrors } from "../../src/model/finding.ts";
import { isJsonObject, type Json, type JsonObject, stringAt, valueAt } from "../../src/model/json.ts";
import type { LastEdit, LiveRead } from "../../src/model/live.ts";
import type { Plan } from "../../src/model/plan.ts";
import { Secrets } from "../../src/model/secrets.ts";
import type { RuleSeverities } from "../../src/model/severity.ts";
import { type Files, type Surroundings, validate } from "../kinds/manifests.ts";

/** By `TYPE/ID`: a document, null where there is none, `{"unknown": "reason"}` where the read failed. What is not named is absent. */
export type Tenant = Readonly<Record<string, Json>>;

/** The tenant that has whatever the manifests refer to, and nothing else. */
export const REFERRED: Tenant = {
  "template/tmpl_inv_2024": { id: "tmpl_inv_2024" },
  "attachment/att_pdf_001": { fileId: "att_pdf_001", size: 1000 },
  "attachment/att_png_002": { fileId: "att_png_002", size: 1000 },
};

export function kindOrder(): readonly string[] {
  return KINDS.map((kind) => kind.name);
}

export interface Wish {
  readonly resources: readonly Resource[];
  readonly tenant: Tenant;
  readonly findings?: Plan["findings"];
  readonly severities?: RuleSeverities;
  readonly secrets?: Secrets;
  /** What the trail shows that we manage and no manifest asks for any more. */
  readonly leaving?: readonly Resource[];
  readonly prune?: boolean;
  /** What was applied last, and from which resources. */
  readonly applied?: readonly Resource[];
  readonly hold?: Hold;
  /** What the tenant says of the last edit of every document. */
  readonly changed?: LastEdit;
}

/** Guards have tests of their own. */
const NO_GUARD = { maxUpdatePercent: 100, maxDeletePercent: 100, allowLargeChange: true, allowProtected: true };

export function planResources(wish: Wish): Plan {
  return planAll(wish).plan;
}

/** A plan, and what it was made of. */
export interface Made {
  readonly plan: Plan;
  readonly units: readonly Unit[];
  readonly observation: Observation;
}

export function planAll({
  resources,
  tenant,
  findings = [],
  severities = {},
  secrets = new Secrets(),
  leaving = [],
  prune = false,
  applied,
  hold,
  changed,
}: Wish): Made {
  const units = groupIntoUnits(resources, kindOrder(), leaving);
  const refs = units.flatMap((unit) => [
    unit.ref,
    ...unit.resources.flatMap((one) => one.references.map(({ ref }) => ref)),
  ]);
  const observation: Observation = new Map(
    refs.map(({ type, id }) => [`${type}/${id}`, readFrom(tenant[`${type}/${id}`] ?? null, changed)]),
  );
  const plan = makePlan({
    tenant: "dev",
    revision: null,
    units,
    observation,
    findings,
    severities,
    secrets,
    guard: NO_GUARD,
    prune,
    ...(applied && { lastApplied: lastAppliedOf(applied) }),
    ...(hold && { hold }),
  });
  return { plan, units, observation };
}

/** As the command plans: with errors in the manifests, findings only. */
export function planFiles(source: string | Files, tenant: Tenant, surroundings: Surroundings = {}): Plan {
  const secrets = surroundings.secrets ?? new Secrets();
  const { resources, findings } = validate(source, { ...surroundings, secrets });
  const severities = surroundings.severities ?? {};
  return planResources({ resources: hasErrors(findings) ? [] : resources, tenant, findings, severities, secrets });
}

/** As the trail would tell, with no digest and no time to go by. */
function lastAppliedOf(applied: readonly Resource[]): LastAppliedByIdentity {
  return new Map(
    applied.map((resource, sequence) => {
      const siblings = sharersOf(resource, applied);
      return [identityOf(resource), { resource, siblings, digest: null, seenAt: 1000, sequence }];
    }),
  );
}

function readFrom(written: Json, changed: LastEdit | undefined): LiveRead {
  if (!isJsonObject(written)) return { state: "absent" };
  const reason = stringAt(written, "unknown");
  if (reason !== undefined && Object.keys(written).length === 1) return { state: "unknown", reason };
  const version = valueAt(written, "version");
  const isVersion = typeof version === "number" || typeof version === "string";
  return { state: "present", document: written, version: isVersion ? version : null, ...(changed && { changed }) };
}

/** The documents of a tenant to which the resources have been applied. */
export function applyTo(tenant: Tenant, resources: readonly Resource[]): Tenant {
  const applied: Record<string, Json> = { ...tenant };
  for (const unit of groupIntoUnits(resources, kindOrder())) {
    const key = `${unit.ref.type}/${unit.ref.id}`;
    let document = documentOf(applied[key]);
    for (const one of unit.resources)
      document = one.compose(
        document,
        unit.resources.filter((other) => other !== one),
      );
    applied[key] = document ?? null;
  }
  return applied;
}

function documentOf(written: Json | undefined): JsonObject | undefined {
  return isJsonObject(written) ? written : undefined;
}

/** `action kind name` of each change. */
export function actionsOf(plan: Plan): readonly string[] {
  return plan.changes.map(({ action, kind, name }) => `${action} ${kind} ${name}`);
}

/** `op path` of every operation of the plan. */
export function pathsOf(plan: Plan): readonly string[] {
  return plan.changes.flatMap(({ patch }) => patch.map(({ op, path }) => `${op} ${path}`));
}
