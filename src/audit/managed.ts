import type { DocumentRef } from "../model/live.ts";
import type { TrailEntry } from "./entry.ts";

/** A resource that the trail shows to be ours: the only thing that may ever be deleted for want of a manifest. */
export interface Managed {
  readonly kind: string;
  /** As the latest entry calls it. */
  readonly name: string;
  readonly id: string;
  readonly document: DocumentRef;
  /** Digest of the kept manifest that it was last applied with; see `readKept`. */
  readonly manifest: string;
  /** Digest of the owned part as it was found after that; null when it was not seen. */
  readonly applied: string | null;
  /** The commit that it was last applied from; null when none is known. */
  readonly commit: string | null;
  /** Digest of the kept document as it was seen last; null when it was not seen. */
  readonly image: string | null;
  /** The latest entry's run, time (ISO 8601, UTC) and place in the trail. */
  readonly run: string;
  /** Whether that put back what an earlier run had replaced. */
  readonly isRestored: boolean;
  readonly time: string;
  readonly sequence: number;
}

/**
 * What we manage on each tenant, in the order in which it came to be ours. A resource is itself by kind, document and id, whatever its
 * name.
 *
 *   the latest outcome that was done or already-done is   then the resource is
 *   of a create or update                                 ours: we wrote it
 *   unchanged                                             ours: a manifest described it, and it was found as desired
 *   of a delete                                           no longer ours
 *
 * Every other outcome (stale, failed, skipped) and every intent leaves things as they were: what was not seen to be carried out
 * makes nothing ours, and ends nothing.
 */
export class ManagedResources {
  readonly #byTenant = new Map<string, Map<string, Managed>>();

  /** Entries come in the order of the trail. */
  add(entry: TrailEntry): void {
    if (entry.outcome !== "done" && entry.outcome !== "already-done") return;
    const { tenant, kind, name, id, document, image, run, time, sequence } = entry;
    const managed = this.#byTenant.get(tenant) ?? new Map<string, Managed>();
    this.#byTenant.set(tenant, managed);
    const identity = JSON.stringify([kind, document.type, document.id, id]);
    // What is put back is as a manifest of then says; what git said last is still what was applied last.
    const { manifest, applied, commit } =
      (entry.restores === null ? undefined : managed.get(identity)) ?? appliedBy(entry);
    if (entry.action === "delete") managed.delete(identity);
    else {
      const isRestored = entry.restores !== null;
      const latest = { image, run, isRestored, time, sequence };
      managed.set(identity, { kind, name, id, document, manifest, applied, commit, ...latest });
    }
  }

  list(tenant: string): readonly Managed[] {
    return [...(this.#byTenant.get(tenant)?.values() ?? [])];
  }
}

/** The same of a whole trail, for one tenant. */
export async function listManaged(
  entries: AsyncIterable<TrailEntry> | Iterable<TrailEntry>,
  tenant: string,
): Promise<readonly Managed[]> {
  const managed = new ManagedResources();
  for await (const entry of entries) managed.add(entry);
  return managed.list(tenant);
}

function appliedBy({ manifest, after, commit }: TrailEntry): Pick<Managed, "manifest" | "applied" | "commit"> {
  return { manifest, applied: after?.digest ?? null, commit };
}
