import type { Resource } from "../kinds/kind.ts";
import { isJsonArray, isJsonObject, type Json, valueAt } from "../model/json.ts";

/**
 * Everything that the resource may name, by its id. A manifest names a document where one of the texts of its spec is the document's id: that is
 * all that can be known of fields that are documented nowhere (the properties of a node).
 */
export function findIdsIn({ manifest }: Resource): Iterable<string> {
  return textsOf(valueAt(manifest(), "spec"));
}

function* textsOf(value: Json | undefined): Generator<string> {
  if (typeof value === "string") yield value;
  else if (isJsonArray(value)) for (const item of value) yield* textsOf(item);
  else if (isJsonObject(value)) for (const item of Object.values(value)) yield* textsOf(item);
}
