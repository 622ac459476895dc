import type { Problem } from "../../model/finding.ts";
import { isJsonArray, isJsonObject, type JsonObject, type JsonPath, stringAt, valueAt } from "../../model/json.ts";

const HINT = "Nothing is written to it; look at the document in CXone.";

/**
 * A live flow or workflow whose lists are not lists of objects is not what the API describes. Composing on top of it would
 * lose what we cannot read, so it is left alone.
 */
export function checkGraphShape(document: JsonObject, lists: readonly string[], path: JsonPath): readonly Problem[] {
  return lists.flatMap((name) => {
    const list = valueAt(document, name);
    if (list === undefined || (isJsonArray(list) && list.every(isJsonObject))) return [];
    const message = `the tenant's answer has \`${name}\` in a shape that is not documented (a list of objects is)`;
    return [{ rule: "live/shape", path, message, hint: HINT }];
  });
}

/** The fields that say where an edge comes from and leads to, by the list that it is in. */
const ENDS = {
  connections: ["source_node_id", "target_node_id"],
  transitions: ["source", "target"],
} as const;

/**
 * An edge that does not say where it comes from or leads to is not understood, and what is not understood is neither shown as something
 * else nor removed. `edges` are those that the resource decides; those of others are carried through as they are.
 */
export function checkEdgeEnds(
  edges: readonly JsonObject[],
  list: keyof typeof ENDS,
  path: JsonPath,
): readonly Problem[] {
  const missing = ENDS[list].filter((end) => edges.some((edge) => stringAt(edge, end) === undefined));
  return missing.map((end): Problem => {
    const message = `the tenant's answer has \`${list}\` in a shape that is not documented (one has no \`${end}\`, or none that is a text)`;
    return { rule: "live/shape", path, message, hint: HINT };
  });
}
