/** What was applied last, and where the difference to it comes from. Pure. */
import type { Resource } from "../kinds/kind.ts";
import { isSameJson, type Json, type JsonObject } from "../model/json.ts";
import type { LastEdit } from "../model/live.ts";
import type { Drift } from "../model/plan.ts";
import { valueAtPointer } from "./diff.ts";
import { classifyDrift, type DriftSides } from "./drift.ts";
import { composeAll, findOwn, findSharers, putBack } from "./shared-applied.ts";

/** A resource as it was applied last, from what the trail kept. */
export interface LastApplied {
  readonly resource: Resource;
  /** Who shared the document with it, as they were applied last. */
  readonly siblings: readonly Resource[];
  /** Digest of the owned part as it was found right after; null when it was not seen. */
  readonly digest: string | null;
  /** The document's last edit as it was known right after our last write of it, milliseconds since the epoch: what is later is not ours. */
  readonly seenAt: number;
  /** Its place in the trail: of two, the higher was applied later. */
  readonly sequence: number;
  /** Where a restore has put back something since: its run, and the document as it left it, secrets masked. */
  readonly restored?: { readonly run: string; readonly document: JsonObject } | undefined;
}

/** By the resource's identity (`identityOf`). */
export type LastAppliedByIdentity = ReadonlyMap<string, LastApplied>;

/** A change that is about to be planned, with what it is planned on. */
export interface Compared {
  readonly resource: Resource;
  readonly siblings: readonly Resource[];
  /** undefined when there is none. */
  readonly document: JsonObject | undefined;
  readonly live: Json | undefined;
  /** undefined when nothing asks for it any more. */
  readonly desired: Json | undefined;
  readonly changed: LastEdit | undefined;
}

/**
 * Where a change comes from. What was never applied from here is not deployed when it is to be created, and unknown otherwise: what stands
 * live may be anybody's. What another manifest of the document applied was applied from here. null when nobody asked what was applied
 * (`known` undefined).
 */
export function findDrift(compared: Compared, known: LastAppliedByIdentity | undefined): Drift | null {
  if (known === undefined) return null;
  const { resource, live, changed } = compared;
  const own = findOwn(resource, known);
  const found = classifyDrift(sidesOf(compared, known), { isRotated: resource.rotation !== undefined });
  if (own === undefined && found.live.length === 0 && !wasApplied(compared, found.desired, known)) {
    const origin = live === undefined ? "not-deployed" : "unknown";
    return { origin, live: [], desired: live === undefined ? [""] : [], at: null, by: null, restored: null };
  }
  const restored = own !== undefined && isAsRestored(compared, found.live, own) ? (own.restored?.run ?? null) : null;
  const seenAt = Math.max(...[own ?? [], findSharers(resource, known)].flat().map((one) => one.seenAt));
  const isTheirs = found.live.length > 0 && restored === null && changed !== undefined && changed.at > seenAt;
  return {
    ...found,
    at: isTheirs ? new Date(changed.at).toISOString() : null,
    by: isTheirs ? changed.by : null,
    restored,
  };
}

/** A resource that is about to be planned, through the eyes of what was applied last. */
export function sidesOf(
  { resource, siblings, document, live, desired }: Compared,
  known: LastAppliedByIdentity,
): DriftSides {
  const own = findOwn(resource, known);
  const sharers = findSharers(resource, known);
  const isShared = document !== undefined && sharers.length > 0;
  return {
    applied: own?.resource.desired(own.siblings),
    liveThen: document && own?.resource.live(document, own.siblings),
    live,
    desired,
    leftDigest: own?.digest ?? null,
    ...(isShared && { shared: resource.live(putBack(document, sharers), siblings) }),
  };
}

/** Whether other manifests applied every one of the fields. */
function wasApplied(
  { resource, siblings }: Compared,
  fields: readonly string[],
  known: LastAppliedByIdentity,
): boolean {
  const applied = composeAll(findSharers(resource, known));
  const part = applied && resource.live(applied, siblings);
  // Composed alone, a part of a document shows null where it has nothing to say.
  return part !== undefined && fields.every((field) => (valueAtPointer(part, field) ?? null) !== null);
}

/** Whether what is not as it was applied is so because a restore put it back. */
function isAsRestored(
  { resource, siblings, live }: Compared,
  fields: readonly string[],
  { restored }: LastApplied,
): boolean {
  if (restored === undefined || fields.length === 0) return false;
  const left = resource.live(restored.document, siblings);
  return fields.every((field) => isSameAt(left, live, field));
}

function isSameAt(left: Json | undefined, right: Json | undefined, field: string): boolean {
  const [one, other] = [left, right].map((side) => (side === undefined ? undefined : valueAtPointer(side, field)));
  return one === undefined || other === undefined ? one === other : isSameJson(one, other);
}
