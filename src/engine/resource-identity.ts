import type { Resource } from "../kinds/kind.ts";
import { refKey } from "../model/live.ts";
import type { Change } from "../model/plan.ts";

/** What a resource is on the tenant, whatever its manifest calls it. */
export function identityOf({ kind, target, id }: Pick<Resource, "kind" | "target" | "id">): string {
  return JSON.stringify([kind, refKey(target), id]);
}

/**
 * As `identityOf`, of the resource that a change, an outcome or an entry of the trail is about. Two resources may have one name when one
 * is leaving, so what counts is what it is on the tenant.
 */
export function subjectOf({ kind, document, id }: Pick<Change, "kind" | "document" | "id">): string {
  return identityOf({ kind, target: document, id });
}

/** The changes of a plan, by the identities of the resources that they are about. */
export function changesByIdentity(changes: readonly Change[]): ReadonlyMap<string, Change> {
  return new Map(changes.map((change) => [subjectOf(change), change]));
}

/** Who of the others lives in the same document, each once; of two descriptions of one resource the later counts. */
export function sharersOf(resource: Resource, others: readonly Resource[]): readonly Resource[] {
  const shared = others.filter((one) => refKey(one.target) === refKey(resource.target));
  const byIdentity = new Map(shared.map((one) => [identityOf(one), one]));
  byIdentity.delete(identityOf(resource));
  return [...byIdentity.values()];
}
