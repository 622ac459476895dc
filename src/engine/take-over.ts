/**
 * What of a live edit goes back into the manifest. Terms as in drift.ts, whose table says who changed a field:
 *
 *   everything that differs was        what the manifest is to describe
 *   edited live                        the live document
 *   never applied from here            as it is: it cannot be told whether it was edited live or in git
 *   committed and not deployed         as it is; apply brings it to live
 *   some of it the one, some the       the live document with what git has changed since put in. Where both changed one field, git's
 *   other                              stays: a conflict for a person
 */
import type { Resource } from "../kinds/kind.ts";
import { isSameJson, isSameOrAbsent, type Json, type JsonObject } from "../model/json.ts";
import type { LastEdit } from "../model/live.ts";
import type { Drift } from "../model/plan.ts";
import { MASK, type Secrets } from "../model/secrets.ts";
import { diffOwned, valueAtPointer } from "./diff.ts";
import { type Compared, findDrift, type LastAppliedByIdentity, sidesOf } from "./last-applied.ts";
import { holdsSecret, maskLive } from "./mask.ts";
import { mergeThreeWay } from "./merge-three-way.ts";
import { findOwn, findSharers, putBack } from "./shared-applied.ts";

export interface TakeOverInput {
  readonly resource: Resource;
  readonly siblings: readonly Resource[];
  readonly document: JsonObject;
  /** The document's last edit, where the tenant tells it. */
  readonly changed: LastEdit | undefined;
  readonly known: LastAppliedByIdentity;
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
  const { resource, siblings, document, changed, known } = input;
  const live = resource.live(document, siblings);
  const desired = resource.desired(siblings);
  if (live === undefined || isSameJson(live, desired)) return undefined;
  const compared = { resource, siblings, document, live, desired, changed };
  const drift = findDrift(compared, known);
  if (drift === null) return undefined;
  const nothing = { drift, document: undefined, taken: [], conflicts: [] };
  if (drift.origin === "not-deployed" || drift.origin === "unknown") return nothing;
  if (drift.desired.length === 0) return { drift, document, taken: drift.live, conflicts: [] };
  return takeApart({ ...compared, known, drift }, secrets);
}

interface BothMoved extends Compared {
  readonly document: JsonObject;
  readonly live: Json;
  readonly desired: Json;
  readonly drift: Drift;
  readonly known: LastAppliedByIdentity;
}

/** What the merge gives is believed only where it is what the fields say: live's where only live moved, git's everywhere else. */
function takeApart(input: BothMoved, secrets: Secrets): TakeOver {
  const { resource, siblings, document, live, desired, drift, known } = input;
  const ofGit = new Set(drift.desired);
  const taken = drift.live.filter((field) => !ofGit.has(field));
  const merged = mergeThreeWay({
    before: document,
    after: composeApplied(input),
    live: resource.compose(document, siblings),
    overwrite: false,
  }).document;
  const isRight = isMergeOf(resource.live(merged, siblings), { live, desired, taken });
  const inConflict = isRight ? drift.live.filter((field) => ofGit.has(field)) : drift.live;
  const { applied, shared } = sidesOf(input, known);
  return {
    drift,
    document: isRight && taken.length > 0 ? merged : undefined,
    taken: isRight ? taken : [],
    conflicts: inConflict.map((field) => {
      const was = (applied && valueAtPointer(applied, field)) ?? (shared && valueAtPointer(shared, field));
      return { field, ...showSides({ applied: was, live, desired }, field, secrets) };
    }),
  };
}

/** Live, with everything put back that was applied to the document last. */
function composeApplied({ resource, document, known }: BothMoved): JsonObject {
  const shared = putBack(document, findSharers(resource, known));
  const own = findOwn(resource, known);
  return own === undefined ? shared : own.resource.compose(shared, own.siblings);
}

function isMergeOf(
  merged: Json | undefined,
  { live, desired, taken }: { readonly live: Json; readonly desired: Json; readonly taken: readonly string[] },
): boolean {
  if (merged === undefined) return false;
  const isTaken = taken.every((field) => isSameOrAbsent(valueAtPointer(merged, field), valueAtPointer(live, field)));
  const others = diffOwned(merged, desired).patch.map(({ path }) => path);
  return isTaken && others.every((path) => taken.some((field) => path === field || path.startsWith(`${field}/`)));
}

interface Sides {
  /** What was applied at the field. */
  readonly applied: Json | undefined;
  readonly live: Json;
  readonly desired: Json;
}

/** Where one side holds a secret, none is shown. */
function showSides({ applied, live, desired }: Sides, field: string, secrets: Secrets): Omit<FieldConflict, "field"> {
  const values = [applied ?? null, ...[live, desired].map((side) => valueAtPointer(side, field) ?? null)];
  const isSecret = values.some((value) => holdsSecret(value, secrets));
  const [was, is, asked] = values.map((value) => (isSecret ? MASK : maskLive(value, secrets)));
  return { applied: was ?? null, live: is ?? null, desired: asked ?? null };
}
