/**
 * Whose change a difference is: an edit made live, a commit that is not deployed yet, or both. Terms, all of them the owned part in its
 * canonical shape: `applied` is what git asked for when it was applied last, `liveThen` is live as the manifest of then sees it, `live`
 * and `desired` are as the manifest of now sees them. Two manifests may own different fields, so each side is compared with a side of
 * the same manifest: live with what was applied through the eyes of then, desired with what was applied through git's.
 *
 *   at a field that changes (live → desired)             owner     because
 *   liveThen ≠ applied, desired = applied                live      somebody edited it, git still asks for what it asked for
 *   liveThen = applied, desired ≠ applied                desired   nobody touched it, git moved on
 *   liveThen ≠ applied, desired ≠ applied                both      both moved, and to different values: they collide
 *   liveThen = applied, desired = applied                desired   the manifest of then did not own it: git asks for it for the first time
 *   the same, live ≠ shared, desired = shared            live      another manifest of the document owned it, and somebody edited it
 *   the same, live ≠ shared, desired ≠ shared            both      that, and git moved on
 *   edited live to just what git asks for now            none      nothing changes there, so it is no field of the change
 *   gone live, though applied                            live      at "", the whole: somebody deleted it
 *   gone from git, though applied                        desired   at "", the whole: the manifest was removed
 *
 * A list is one field: what stands at an index says nothing once an item was put in before it.
 */
import { digestOf } from "../model/digest.ts";
import { isJsonArray, isSameOrAbsent, type Json, valueAt } from "../model/json.ts";
import type { Drift } from "../model/plan.ts";
import { diffOwned, valueAtPointer } from "./diff.ts";

/** One resource, seen four ways; undefined where it is not there. */
export interface DriftSides {
  /** What was applied last. */
  readonly applied: Json | undefined;
  /** Live, through the eyes of the manifest that was applied last. */
  readonly liveThen: Json | undefined;
  readonly live: Json | undefined;
  readonly desired: Json | undefined;
  /**
   * Digest of the owned part as it was found right after it was applied. Where live still has it, nobody edited anything, even if what was
   * applied cannot be formed again (a variable of the environment has another value by now).
   */
  readonly leftDigest?: string | null;
  /**
   * Live, through the eyes of the manifest of now, as it would be had nobody edited what other manifests applied to the document: what
   * counts for a field that the manifest of then did not own. Without it, none of them owned any.
   */
  readonly shared?: Json | undefined;
}

export type FieldOwner = "live" | "desired" | "both";

/** The fields that lead from live to desired, as JSON pointers in the order of the patch, each with the one who changed it. */
export function findFieldOwners(sides: DriftSides): ReadonlyMap<string, FieldOwner> {
  const { applied, liveThen, live, desired, leftDigest = null } = sides;
  const isAsLeft = liveThen !== undefined && leftDigest !== null && digestOf(liveThen) === leftDigest;
  const hasShared = Object.hasOwn(sides, "shared");
  const owners = changedFields(sides).map((field): readonly [string, FieldOwner] => {
    const isOwn = at(applied, field) !== undefined || at(liveThen, field) !== undefined;
    const was = isOwn || !hasShared ? at(applied, field) : at(sides.shared, field);
    const isEdited = isOwn
      ? !isAsLeft && !isSameOrAbsent(at(liveThen, field), was)
      : hasShared && !isSameOrAbsent(at(live, field), was);
    if (!isEdited) return [field, "desired"];
    return [field, isSameOrAbsent(at(desired, field), was) ? "live" : "both"];
  });
  return new Map(owners);
}

/**
 * Sorts the fields of a change by who changed them. A change without any field is one that live does not show (a secret that is to be
 * rotated): git's. `isRotated` says that such a one comes with the fields. Pure; `at` and `by` are left to who knows the tenant.
 */
export function classifyDrift(
  sides: DriftSides,
  { isRotated = false } = {},
): Pick<Drift, "origin" | "live" | "desired"> {
  const owners = [...findFieldOwners(sides)];
  const live = owners.filter(([, owner]) => owner !== "desired").map(([field]) => field);
  const desired = owners.filter(([, owner]) => owner !== "live").map(([field]) => field);
  if (live.length === 0) return { origin: "not-deployed", live, desired };
  return { origin: desired.length > 0 || isRotated ? "both" : "edited-live", live, desired };
}

/** Whether two fields touch: they are one, or one holds the other. */
export function isSameField(left: string, right: string): boolean {
  return left === right || left.startsWith(`${right}/`) || right.startsWith(`${left}/`);
}

function changedFields({ live, desired }: DriftSides): readonly string[] {
  if (live === undefined || desired === undefined) return live === desired ? [] : [""];
  const fields = diffOwned(live, desired).patch.map(({ path }) => cutAtList(live, cutAtList(desired, path)));
  return [...new Set(fields)];
}

/** The pointer as far as the first list on its way. */
function cutAtList(root: Json, pointer: string): string {
  const parts = pointer.split("/");
  let value: Json | undefined = root;
  for (const [index, part] of parts.entries()) {
    if (index > 0)
      value = value === undefined ? undefined : valueAt(value, part.replaceAll("~1", "/").replaceAll("~0", "~"));
    if (value !== undefined && isJsonArray(value)) return parts.slice(0, index + 1).join("/");
  }
  return pointer;
}

function at(side: Json | undefined, field: string): Json | undefined {
  return side === undefined ? undefined : valueAtPointer(side, field);
}
