/** Live nodes as manifests say them, for flows and workflows. */
import { isJsonObject, type Json, type JsonObject, stringAt, valueAt } from "../../model/json.ts";
import type { NodeSpec } from "./fields.ts";
import { type SaidItem, saidAlike, sayable, sayLike } from "./sayable.ts";

/** A node with all that it is. */
export function importNode(node: JsonObject): JsonObject {
  return nodeItem(node, sayable(valueAt(node, "properties") ?? {}));
}

/** The nodes in the manifest's words: those that it lists in its order, then the others in the order given. */
export function restateNodes(live: readonly JsonObject[], said: readonly NodeSpec[]): readonly SaidItem[] {
  const firstById = new Map(live.toReversed().map((node) => [stringAt(node, "id"), node]));
  const listed = said.flatMap((spec) => {
    const node = firstById.get(spec.id);
    return node !== undefined && firstById.delete(spec.id) ? [{ node, item: restateNode(node, spec) }] : [];
  });
  const known = new Set(listed.map(({ node }) => node));
  const others = live.filter((node) => !known.has(node)).map((node) => saidAlike(importNode(node)));
  return [...listed.map(({ item }) => item), ...others];
}

function restateNode(node: JsonObject, { properties }: NodeSpec): SaidItem {
  if (properties === undefined) return saidAlike(nodeItem(node, {}));
  const { id = null, type = null } = nodeItem(node, {});
  const ownsNone = Object.keys(properties).length === 0;
  const owned = ownsNone ? properties : sayLike(valueAt(node, "properties") ?? {}, properties);
  return { full: { id, type, properties: owned }, short: nodeItem(node, owned) };
}

/** Empty properties say nothing, so they are left out; what is no object cannot be said. */
function nodeItem(node: JsonObject, properties: Json): JsonObject {
  const isSaid = isJsonObject(properties) && Object.keys(properties).length > 0;
  return {
    id: valueAt(node, "id") ?? null,
    type: valueAt(node, "type") ?? null,
    ...(isSaid && { properties }),
  };
}

/** The nodes as the manifest has them, complete. */
export function saidNodes(nodes: readonly NodeSpec[]): readonly JsonObject[] {
  return nodes.map(({ id, type, properties }) => ({ id, type, ...(properties && { properties }) }));
}
