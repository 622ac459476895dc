import type { Resource } from "../kinds/kind.ts";
import { isJsonArray, isJsonObject, type Json, valueAt } from "../model/json.ts";
import { refKey } from "../model/live.ts";

/**
 * Everything that the resource may name, by its id. A manifest names a document where one of the texts of its spec is the document's id: that is
 * all that can be known of fields that are documented nowhere (the properties of a node).
 */
export function findIdsIn({ manifest }: Resource): Iterable<string> {
  return textsOf(valueAt(manifest(), "spec"));
}

/**
 * What of `going` has to stay for what is kept, each with who names it: live, that one may still send calls there. What stays for that keeps
 * others. Only documents as a whole are named.
 */
export function findKeptFor(kept: readonly Resource[], going: readonly Resource[]): ReadonlyMap<Resource, Resource> {
  const goingById = new Map(going.filter((one) => one.createsDocument).map((one) => [one.target.id, one]));
  const keeperOf = new Map<Resource, Resource>();
  if (goingById.size === 0) return keeperOf;
  const keepers = [...kept];
  for (const keeper of keepers) {
    for (const id of findIdsIn(keeper)) {
      const named = goingById.get(id);
      if (named === undefined || keeperOf.has(named) || refKey(named.target) === refKey(keeper.target)) continue;
      keeperOf.set(named, keeper);
      keepers.push(named);
    }
  }
  return keeperOf;
}

function* textsOf(value: Json | undefined): Generator<string> {
  if (typeof value === "string") yield value;
  else if (isJsonArray(value)) for (const item of value) yield* textsOf(item);
  else if (isJsonObject(value)) for (const item of Object.values(value)) yield* textsOf(item);
}
