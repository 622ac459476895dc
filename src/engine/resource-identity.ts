import type { Resource } from "../kinds/kind.ts";
import { refKey } from "../model/live.ts";

/** What a resource is on the tenant, whatever its manifest calls it. */
export function identityOf({ kind, target, id }: Pick<Resource, "kind" | "target" | "id">): string {
  return JSON.stringify([kind, refKey(target), id]);
}

/** Who of the others lives in the same document, each once; of two descriptions of one resource the later counts. */
export function sharersOf(resource: Resource, others: readonly Resource[]): readonly Resource[] {
  const shared = others.filter((one) => refKey(one.target) === refKey(resource.target));
  const byIdentity = new Map(shared.map((one) => [identityOf(one), one]));
  byIdentity.delete(identityOf(resource));
  return [...byIdentity.values()];
}
