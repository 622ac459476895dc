import type { DocumentRef } from "../model/live.ts";
import type { TrailEntry } from "./entry.ts";

/** A write that put back what had been there before somebody edited it. */
export interface RecordedRepair {
  readonly kind: string;
  readonly id: string;
  readonly document: DocumentRef;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What was put back, as JSON pointers into the owned part. */
  readonly paths: readonly string[];
  /** Digest of the owned part that it left. */
  readonly digest: string;
}

export interface RepairFilter {
  readonly tenant: string;
  /** Milliseconds since the epoch, inclusive. */
  readonly since: number;
}

/**
 * The repairs of a tenant's resources, those of each in the order of the trail.
 *
 *   an outcome of a create or update that was done                        is a repair because
 *   left the owned part as the outcome before it had left it              nothing of a commit came with it
 *   left it otherwise, or is the first of its resource                    no: git asked for something new
 *   restores a run                                                        no: a person asked for it
 *
 * What was found as desired counts as an outcome before; what failed, was stale or skipped does not. The repairs of a resource are those
 * since it was left otherwise or deleted: a commit that was deployed and reverted is no writer that goes on.
 */
export async function listRepairs(
  entries: AsyncIterable<TrailEntry> | Iterable<TrailEntry>,
  { tenant, since }: RepairFilter,
): Promise<readonly RecordedRepair[]> {
  const leftByResource = new Map<string, string>();
  const repairsByResource = new Map<string, RecordedRepair[]>();
  for await (const entry of entries) {
    if (entry.tenant !== tenant || (entry.outcome !== "done" && entry.outcome !== "already-done")) continue;
    const { kind, id, document, action, after, patch } = entry;
    const identity = JSON.stringify([kind, document.type, document.id, id]);
    const left = leftByResource.get(identity);
    const isGone = action === "delete" || after === null;
    if (isGone) leftByResource.delete(identity);
    else leftByResource.set(identity, after.digest);
    if (isGone || left !== after.digest) {
      repairsByResource.delete(identity);
      continue;
    }
    const at = Date.parse(entry.time);
    const isWrite = entry.outcome === "done" && (action === "create" || action === "update");
    if (!isWrite || entry.restores !== null || at < since) continue;
    const repair = { kind, id, document, at, paths: patch.map(({ path }) => path), digest: after.digest };
    const earlier = repairsByResource.get(identity);
    if (earlier === undefined) repairsByResource.set(identity, [repair]);
    else earlier.push(repair);
  }
  return [...repairsByResource.values()].flat();
}
