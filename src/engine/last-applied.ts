/** What was applied last, and where the difference to it comes from. Pure. */
import type { Resource } from "../kinds/kind.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { LastEdit } from "../model/live.ts";
import type { Drift } from "../model/plan.ts";
import { classifyDrift } from "./drift.ts";
import { identityOf } from "./resource-identity.ts";

/** A resource as it was applied last, from what the trail kept. */
export interface LastApplied {
  readonly resource: Resource;
  /** Who shared the document with it, as they were applied last. */
  readonly siblings: readonly Resource[];
  /** Digest of the owned part as it was found right after; null when it was not seen. */
  readonly digest: string | null;
  /** The document's last edit as it was known right after our last write of it, milliseconds since the epoch: what is later is not ours. */
  readonly seenAt: number;
}

/** By the resource's identity (`identityOf`). */
export type LastAppliedByIdentity = ReadonlyMap<string, LastApplied>;

/** A change that is about to be planned, with what it is planned on. */
export interface Compared {
  readonly resource: Resource;
  /** undefined when there is none. */
  readonly document: JsonObject | undefined;
  readonly live: Json | undefined;
  /** undefined when nothing asks for it any more. */
  readonly desired: Json | undefined;
  readonly changed: LastEdit | undefined;
}

/**
 * Where a change comes from. What was never applied from here is not deployed when it is to be created, and unknown otherwise: what stands
 * live may be anybody's. null when nobody asked what was applied (`known` undefined).
 */
export function findDrift(compared: Compared, known: LastAppliedByIdentity | undefined): Drift | null {
  if (known === undefined) return null;
  const { resource, document, live, desired, changed } = compared;
  const last = known.get(identityOf(resource));
  if (last === undefined) {
    const origin = live === undefined ? "not-deployed" : "unknown";
    return { origin, live: [], desired: live === undefined ? [""] : [], at: null, by: null };
  }
  const sides = {
    applied: last.resource.desired(last.siblings),
    liveThen: document === undefined ? undefined : last.resource.live(document, last.siblings),
    live,
    desired,
    leftDigest: last.digest,
  };
  const found = classifyDrift(sides, { isRotated: resource.rotation !== undefined });
  const isTheirs = found.live.length > 0 && changed !== undefined && changed.at > last.seenAt;
  return {
    ...found,
    at: isTheirs ? new Date(changed.at).toISOString() : null,
    by: isTheirs ? changed.by : null,
  };
}
