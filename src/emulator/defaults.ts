import { isList, isObject, type Json, type JsonObject, valueAt } from "./json.ts";

/**
 * The document as a server answers it that fills in what the caller left out and keeps no order of nodes and connections (assumption; the
 * setting `addDefaults`). A client that compares bytes sees drift here; one that compares meanings must not.
 */
export function withServerDefaults(document: JsonObject): JsonObject {
  const changed = new Map<string, Json>(Object.entries({ status: "published", ...document }));
  const nodes = valueAt(document, "nodes");
  if (isList(nodes)) changed.set("nodes", reversed(nodes, nodeDefaults));
  for (const key of ["connections", "transitions"]) {
    const edges = valueAt(document, key);
    if (isList(edges))
      changed.set(
        key,
        reversed(edges, () => ({ priority: 0 })),
      );
  }
  return Object.fromEntries(changed);
}

function reversed(items: readonly Json[], defaultsOf: (item: JsonObject) => JsonObject): Json {
  return items.map((item) => (isObject(item) ? { ...defaultsOf(item), ...item } : item)).reverse();
}

function nodeDefaults(node: JsonObject): JsonObject {
  return { label: valueAt(node, "id") ?? null, properties: {} };
}
