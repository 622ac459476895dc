import { compareText } from "../../model/finding.ts";
import { isJsonObject, type Json, type JsonObject, objectAt } from "../../model/json.ts";

/** A keyed list of a canonical part (`nodes`, `connections`) by its keys, sorted; without what is no object. */
export function keyedObjects(part: Json, key: string): ReadonlyMap<string, JsonObject> {
  const entries = Object.entries(objectAt(part, key)).flatMap(([id, item]) =>
    isJsonObject(item) ? [[id, item] as const] : [],
  );
  return new Map(entries.sort(([left], [right]) => compareText(left, right)));
}
