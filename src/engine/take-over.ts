/**
 * What of a live edit goes back into the manifest. Terms as in drift.ts, whose table says who changed a field:
 *
 *   everything that differs was        what the manifest is to describe
 *   edited live                        the live document
 *   never applied from here            the live document: whoever made it live, it is not in git
 *   committed and not deployed         as it is; apply brings it to live
 *   some of it the one, some the       the live document with what git has changed since put in. Where both changed one field, git's
 *   other                              stays: a conflict for a person
 */
import type { Resource } from "../kinds/kind.ts";
import { isSameJson, type Json, type JsonObject } from "../model/json.ts";
import type { LastEdit } from "../model/live.ts";
import type { Drift } from "../model/plan.ts";
import { MASK, type Secrets } from "../model/secrets.ts";
import { diffOwned, valueAtPointer } from "./diff.ts";
import { findDrift, type LastApplied, type LastAppliedByIdentity } from "./last-applied.ts";
import { holdsSecret, maskLive } from "./mask.ts";
import { mergeThreeWay } from "./merge-three-way.ts";
import { identityOf } from "./resource-identity.ts";

export interface TakeOverInput {
  readonly resource: Resource;
  readonly siblings: readonly Resource[];
  /** Where manifests are read from a branch of earlier take-overs: the resource as git asked for it without them. */
  readonly asked?: AskedResource | undefined;
  readonly document: JsonObject;
  /** The document's last edit, where the tenant tells it. */
  readonly changed: LastEdit | undefined;
  readonly known: LastAppliedByIdentity;
}

export interface AskedResource {
  readonly resource: Resource;
  readonly siblings: readonly Resource[];
}

export interface TakeOver {
  readonly drift: Drift;
  /** What the manifest is to describe; undefined when it is to stay as it is. */
  readonly document: JsonObject | undefined;
  /** JSON pointers into the owned part: what is taken over. */
  readonly taken: readonly string[];
  readonly conflicts: readonly FieldConflict[];
}

/** A field that was edited live and in git. Secrets are masked; null stands for nothing, too. */
export interface FieldConflict {
  /** A JSON pointer into the owned part. */
  readonly field: string;
  readonly applied: Json;
  readonly live: Json;
  readonly desired: Json;
}

/** undefined when live does not hold the resource, or is as the manifest says. Pure. */
export function findTakeOver(input: TakeOverInput, secrets: Secrets): TakeOver | undefined {
  if (isDescribedBy(input, input.document)) return undefined;
  const { asked } = input;
  if (asked === undefined) return compareSides(input, secrets);
  const found = compareSides({ ...input, ...asked }, secrets);
  return onTopOf(input, asked, found);
}

/** The manifest holds earlier take-overs, which are none of git's changes: it becomes what git asks for, with all that is edited live by now. */
function onTopOf(input: TakeOverInput, asked: AskedResource, found: TakeOver | undefined): TakeOver | undefined {
  const unmoved = { origin: "edited-live", live: [], desired: [], at: null, by: null } as const;
  const takeOver = found ?? { drift: unmoved, document: input.document, taken: [], conflicts: [] };
  const document = takeOver.document ?? asked.resource.compose(input.document, asked.siblings);
  const wanted = input.resource.live(document, input.siblings);
  if (wanted === undefined || !isDescribedBy(input, document)) {
    const taken = diffOwned(wanted, input.resource.desired(input.siblings)).patch.map(({ path }) => path);
    return { ...takeOver, document, taken };
  }
  const hasMore = takeOver.conflicts.length > 0 || takeOver.drift.desired.length > 0;
  return hasMore ? { ...takeOver, document: undefined, taken: [] } : undefined;
}

function isDescribedBy({ resource, siblings }: AskedResource, document: JsonObject): boolean {
  const live = resource.live(document, siblings);
  return live === undefined || isSameJson(live, resource.desired(siblings));
}

function compareSides(input: TakeOverInput, secrets: Secrets): TakeOver | undefined {
  const { resource, siblings, document, changed, known } = input;
  const live = resource.live(document, siblings);
  const desired = resource.desired(siblings);
  if (live === undefined || isSameJson(live, desired)) return undefined;
  const drift = findDrift({ resource, document, live, desired, changed }, known);
  if (drift === null) return undefined;
  if (drift.origin === "not-deployed") return { drift, document: undefined, taken: [], conflicts: [] };
  const last = known.get(identityOf(resource));
  if (last === undefined) {
    return { drift, document, taken: diffOwned(live, desired).patch.map(({ path }) => path), conflicts: [] };
  }
  if (drift.desired.length === 0) return { drift, document, taken: drift.live, conflicts: [] };
  return takeApart({ ...input, live, desired, drift, last }, secrets);
}

interface BothMoved extends TakeOverInput {
  readonly live: Json;
  readonly desired: Json;
  readonly drift: Drift;
  readonly last: LastApplied;
}

/** What the merge gives is believed only where it is what the fields say: live's where only live moved, git's everywhere else. */
function takeApart(input: BothMoved, secrets: Secrets): TakeOver {
  const { resource, siblings, document, live, desired, drift, last } = input;
  const ofGit = new Set(drift.desired);
  const taken = drift.live.filter((field) => !ofGit.has(field));
  const merged = mergeThreeWay({
    before: document,
    after: last.resource.compose(document, last.siblings),
    live: resource.compose(document, siblings),
    overwrite: false,
  }).document;
  const isRight = isMergeOf(resource.live(merged, siblings), { live, desired, taken });
  const inConflict = isRight ? drift.live.filter((field) => ofGit.has(field)) : drift.live;
  const applied = last.resource.desired(last.siblings);
  return {
    drift,
    document: isRight && taken.length > 0 ? merged : undefined,
    taken: isRight ? taken : [],
    conflicts: inConflict.map((field) => ({ field, ...showSides({ applied, live, desired }, field, secrets) })),
  };
}

function isMergeOf(
  merged: Json | undefined,
  { live, desired, taken }: { readonly live: Json; readonly desired: Json; readonly taken: readonly string[] },
): boolean {
  if (merged === undefined) return false;
  const isTaken = taken.every((field) => isSameSide(valueAtPointer(merged, field), valueAtPointer(live, field)));
  const others = diffOwned(merged, desired).patch.map(({ path }) => path);
  return isTaken && others.every((path) => taken.some((field) => path === field || path.startsWith(`${field}/`)));
}

interface Sides {
  readonly applied: Json;
  readonly live: Json;
  readonly desired: Json;
}

/** Where one side holds a secret, none is shown. */
function showSides({ applied, live, desired }: Sides, field: string, secrets: Secrets): Sides {
  const values = [applied, live, desired].map((side) => valueAtPointer(side, field) ?? null);
  const isSecret = values.some((value) => holdsSecret(value, secrets));
  const [was, is, asked] = values.map((value) => (isSecret ? MASK : maskLive(value, secrets)));
  return { applied: was ?? null, live: is ?? null, desired: asked ?? null };
}

function isSameSide(left: Json | undefined, right: Json | undefined): boolean {
  return left === undefined || right === undefined ? left === right : isSameJson(left, right);
}
