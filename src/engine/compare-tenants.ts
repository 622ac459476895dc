/** How live of two tenants differs in what manifests describe for both, apart from what git makes different. Pure. */
import type { Resource } from "../kinds/kind.ts";
import { isJsonObject, isSameJson, type Json } from "../model/json.ts";
import type { PatchOperation } from "../model/plan.ts";
import { MASK, type Secrets } from "../model/secrets.ts";
import type { ComparedResource, LoneResource, TenantComparison, TenantDifference } from "../model/tenant-diff.ts";
import { type Difference, diffOwned, valueAtPointer } from "./diff.ts";
import { pairVariables, putInOtherTerms, type TextsByText } from "./in-other-terms.ts";
import { holdsSecret, maskLive } from "./mask.ts";
import { type Observation, readOf } from "./observe.ts";
import { effectsOf } from "./show-change.ts";
import { siblingsOf, type Unit } from "./units.ts";

/** One of the two tenants: what manifests ask for there, and what was read. */
export interface TenantSide {
  readonly name: string;
  readonly units: readonly Unit[];
  readonly observation: Observation;
  readonly variables: Readonly<Record<string, string | number | boolean>>;
}

/** Resources are the same when they have one kind and one name. In the order of the first tenant, then of the second. */
export function compareTenants(first: TenantSide, second: TenantSide, secrets: Secrets): TenantComparison {
  const here = membersByName(first);
  const there = membersByName(second);
  const texts = pairVariables(first.variables, second.variables);
  const resources = [...here].flatMap(([key, member]) => {
    const other = there.get(key);
    return other === undefined ? [] : [compareResource(member, other, { texts, secrets })];
  });
  const only = [...listLone(first.name, here, there), ...listLone(second.name, there, here)];
  return { resources, only };
}

interface Member {
  readonly tenant: string;
  readonly resource: Resource;
  readonly desired: Json;
  /** undefined where the tenant does not have it. */
  readonly live: Json | undefined;
  /** Why it is not known what the tenant has. */
  readonly unknown: string | undefined;
}

function membersByName({ name, units, observation }: TenantSide): ReadonlyMap<string, Member> {
  const members = units.flatMap((unit) =>
    unit.resources.map(
      (resource) => [`${resource.kind}/${resource.name}`, look(name, unit, resource, observation)] as const,
    ),
  );
  return new Map(members);
}

function look(tenant: string, unit: Unit, resource: Resource, observation: Observation): Member {
  const read = readOf(observation, unit.ref);
  const siblings = siblingsOf(unit, resource);
  const known = { tenant, resource, desired: resource.desired(siblings) };
  if (read.state === "unknown") return { ...known, live: undefined, unknown: read.reason };
  if (read.state === "absent") return { ...known, live: undefined, unknown: undefined };
  // What must not be written because it is not understood cannot be compared either.
  const odd = resource.checkDocument(read.document, siblings).find(({ rule }) => rule.startsWith("live/"));
  return { ...known, live: resource.live(read.document, siblings), unknown: odd?.message };
}

function listLone(
  tenant: string,
  members: ReadonlyMap<string, Member>,
  others: ReadonlyMap<string, Member>,
): readonly LoneResource[] {
  return [...members].flatMap(([key, { resource }]) => {
    const { kind, name, id } = resource;
    return others.has(key) ? [] : [{ tenant, kind, name, id }];
  });
}

interface Terms {
  readonly texts: TextsByText;
  readonly secrets: Secrets;
}

function compareResource(first: Member, second: Member, { texts, secrets }: Terms): ComparedResource {
  const { kind, name } = first.resource;
  const known = { kind, name, ids: { first: first.resource.id, second: second.resource.id } };
  const none = { impact: null, effects: [], differences: [], reason: null };
  const unread = [first, second].flatMap(({ tenant, unknown }) =>
    unknown === undefined ? [] : [`${tenant}: ${unknown}`],
  );
  if (unread.length > 0) return { ...known, state: "unknown", ...none, reason: secrets.mask(unread.join("; ")) };
  const { asItStands, carried } = putInOtherTerms({ ...first, there: second.desired }, texts);
  const difference = diffParts(carried, second.live);
  const { patch } = difference;
  if (patch.length === 0) return { ...known, state: "same", ...none };
  const { impact, effects } = effectsOf(second.resource, { live: carried, desired: second.live, patch }, secrets);
  const around = { asItStands, carried: difference.live, desired: [first.desired, second.desired] };
  return {
    ...known,
    state: "different",
    impact,
    effects: effects.map((effect) => secrets.maskSuspects(secrets.mask(effect))),
    differences: patch.map((operation) => show(operation, around, secrets)),
    reason: null,
  };
}

/** As `diffOwned`, also where the second tenant has nothing. */
function diffParts(carried: Json | undefined, live: Json | undefined): Difference {
  if (live !== undefined) return diffOwned(carried, live);
  return carried === undefined
    ? { patch: [], live: {} }
    : { patch: [{ op: "remove", path: "" }], live: { "": carried } };
}

interface Around {
  readonly asItStands: Json | undefined;
  readonly carried: Difference["live"];
  readonly desired: readonly Json[];
}

function show(operation: PatchOperation, { asItStands, carried, desired }: Around, secrets: Secrets): TenantDifference {
  const { path } = operation;
  const second = operation.op === "remove" ? undefined : operation.value;
  const mapped = operation.op === "add" ? undefined : carried[path];
  const first = mapped === undefined || asItStands === undefined ? undefined : valueAtPointer(asItStands, path);
  const asked = desired.flatMap((part) => valueAtPointer(part, path) ?? []);
  const mask = makeMask([...asked, first, mapped, second], secrets);
  const isMapped = mapped !== undefined && (first === undefined || !isSameJson(first, mapped));
  return {
    path: secrets.mask(path),
    ...(first !== undefined && { first: mask(first) }),
    ...(isMapped && { mapped: mask(mapped) }),
    ...(second !== undefined && { second: mask(second) }),
  };
}

/** Where a manifest or a tenant has a secret in one value, none of them is shown, only that they differ. */
function makeMask(values: readonly (Json | undefined)[], secrets: Secrets): (value: Json) => Json {
  const isSecret = values.some((value) => value !== undefined && !isJsonObject(value) && holdsSecret(value, secrets));
  return (value) => (isSecret ? MASK : maskLive(value, secrets));
}
