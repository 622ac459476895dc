/** Live nodes as manifests say them, for flows and workflows. */
import { isJsonObject, type Json, type JsonObject, type JsonPath, stringAt, valueAt } from "../../model/json.ts";
import { NO_REMARKS, type Remarks } from "../importing.ts";
import type { NodeSpec } from "./fields.ts";
import { type SaidItem, saidAlike, sayable, sayLike } from "./sayable.ts";
import { findCredentials, withoutCredentials } from "./without-credentials.ts";

/** A node in a manifest's words. */
export interface SaidNode extends SaidItem {
  /** Properties that it does not say, because they hold a credential. */
  readonly left: readonly JsonPath[];
  /** Places in its properties that hold a credential and are the manifest's. */
  readonly credentials: readonly JsonPath[];
}

/** A node with all that it is, but for credentials: what no manifest names stays with the tenant. */
export function importNode(node: JsonObject): SaidNode {
  const { said, left } = withoutCredentials(sayable(valueAt(node, "properties") ?? {}));
  return { ...saidAlike(nodeItem(node, said)), left, credentials: [] };
}

/** The nodes in the manifest's words: those that it lists in its order, then the others in the order given. */
export function restateNodes(live: readonly JsonObject[], said: readonly NodeSpec[]): readonly SaidNode[] {
  const firstById = new Map(live.toReversed().map((node) => [stringAt(node, "id"), node]));
  const listed = said.flatMap((spec) => {
    const node = firstById.get(spec.id);
    return node !== undefined && firstById.delete(spec.id) ? [{ node, item: restateNode(node, spec) }] : [];
  });
  const known = new Set(listed.map(({ node }) => node));
  const others = live.filter((node) => !known.has(node)).map(importNode);
  return [...listed.map(({ item }) => item), ...others];
}

/** What there is to say about a manifest's list of nodes. */
export function remarksOf(nodes: readonly SaidNode[]): Remarks {
  const notes = nodes.flatMap(({ full, left }) =>
    left.map((path) => {
      const place = ["properties", ...path].join(".");
      return `\`${place}\` of node \`${stringAt(full, "id") ?? ""}\` is left out: it may be a credential, and stays with the tenant`;
    }),
  );
  const credentials = nodes.flatMap((node, index) =>
    node.credentials.map((path): JsonPath => ["spec", "nodes", index, "properties", ...path]),
  );
  return { ...NO_REMARKS, notes, credentials };
}

function restateNode(node: JsonObject, { properties }: NodeSpec): SaidNode {
  const nothing = { left: [], credentials: [] };
  if (properties === undefined) return { ...saidAlike(nodeItem(node, {})), ...nothing };
  const { id = null, type = null } = nodeItem(node, {});
  const ownsNone = Object.keys(properties).length === 0;
  if (ownsNone) return { full: { id, type, properties }, short: nodeItem(node, properties), ...nothing };
  const owned = sayLike(valueAt(node, "properties") ?? {}, properties);
  const credentials = findCredentials(owned);
  return { full: { id, type, properties: owned }, short: nodeItem(node, owned), left: [], credentials };
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
