import { readKept } from "../../audit/kept.ts";
import type { Managed } from "../../audit/managed.ts";
import { lastEditOf } from "../../cxone/last-edit.ts";
import type { LastApplied, LastAppliedByIdentity } from "../../engine/last-applied.ts";
import { identityOf, sharersOf, subjectOf } from "../../engine/resource-identity.ts";
import type { Resource } from "../../kinds/kind.ts";
import { isJsonObject } from "../../model/json.ts";
import { refKey } from "../../model/live.ts";
import type { Session } from "../session.ts";
import type { KeptDocuments } from "./kept-documents.ts";

/** What we manage: what its entries say, and what it is. */
export interface Remembered {
  readonly managed: readonly Managed[];
  readonly resources: readonly Resource[];
  /** What a restore was the last to touch, as it left it, by the resource's identity. */
  readonly restoredByIdentity: ReadonlyMap<string, LastApplied["restored"]>;
}

/**
 * What was seen of a document right after our last write tells best which edits are later: by the tenant's own clock. Where it was not
 * kept, or bears no time, the time of the entry has to do.
 */
export function rememberApplied(
  { resources, managed, restoredByIdentity }: Remembered,
  { byDocument }: KeptDocuments,
): LastAppliedByIdentity {
  const managedByIdentity = new Map(managed.map((one) => [subjectOf(one), one]));
  const timeByDocument = new Map<string, number>();
  for (const { document, time } of managed) {
    const key = refKey(document);
    timeByDocument.set(key, Math.max(timeByDocument.get(key) ?? 0, Date.parse(time)));
  }
  const sharers = Map.groupBy(resources, ({ target }) => refKey(target));
  return new Map(
    resources.map((resource) => {
      const key = refKey(resource.target);
      const identity = identityOf(resource);
      return [
        identity,
        {
          resource,
          siblings: sharersOf(resource, sharers.get(key) ?? []),
          digest: managedByIdentity.get(identity)?.applied ?? null,
          // Asked for when the document has been met.
          get seenAt() {
            const kept = byDocument.get(key);
            const seen = isJsonObject(kept) ? lastEditOf(kept) : undefined;
            return seen?.at ?? timeByDocument.get(key) ?? 0;
          },
          sequence: managedByIdentity.get(identity)?.sequence ?? 0,
          restored: restoredByIdentity.get(identity),
        },
      ];
    }),
  );
}

/** What a restore was the last to touch, as it left it. */
export async function readRestored(
  { config }: Session,
  managed: readonly Managed[],
): Promise<Remembered["restoredByIdentity"]> {
  const reads = managed.flatMap((one) => (one.isRestored && one.image !== null ? [{ one, image: one.image }] : []));
  const found = reads.map(async ({ one, image }) => {
    const document = await readKept(config.audit.file, image);
    return [subjectOf(one), isJsonObject(document) ? { run: one.run, document } : undefined] as const;
  });
  return new Map(await Promise.all(found));
}
