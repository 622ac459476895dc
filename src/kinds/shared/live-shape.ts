import type { Problem } from "../../model/finding.ts";
import { isJsonArray, isJsonObject, type JsonObject, type JsonPath, valueAt } from "../../model/json.ts";

/**
 * A live flow or workflow whose lists are not lists of objects is not what the API describes. Composing on top of it would
 * lose what we cannot read, so it is left alone.
 */
export function checkGraphShape(document: JsonObject, lists: readonly string[], path: JsonPath): readonly Problem[] {
  return lists.flatMap((name) => {
    const list = valueAt(document, name);
    if (list === undefined || (isJsonArray(list) && list.every(isJsonObject))) return [];
    const message = `the tenant's answer has \`${name}\` in a shape that is not documented (a list of objects is)`;
    return [{ rule: "live/shape", path, message, hint: "Nothing is written to it; look at the document in CXone." }];
  });
}
