/** Nodes of flows and workflows: both write them as `{id, type, properties}` and own exactly what they name. */
import {
  isJsonObject,
  type Json,
  type JsonObject,
  objectFrom,
  objectsAt,
  stringAt,
  valueAt,
} from "../../model/json.ts";
import { mergeOwned, projectOwned, stripAbsent } from "../../model/owned.ts";
import type { NodeSpec } from "./fields.ts";

/** A node's id; a live node without one gets a name that no manifest can have, so that it shows and is removed. */
export function liveNodeId(node: JsonObject, index: number): string {
  return stringAt(node, "id") ?? `(node ${index} without id)`;
}

/** The name under which a second live node of an id is compared. */
function doubleKey(index: number, id: string): string {
  return `(node ${index}, another ${id})`;
}

/** The id that a second live node has; undefined for every other name. */
export function doubleOf(key: string): string | undefined {
  return /^\(node \d+, another (.*)\)$/s.exec(key)?.[1];
}

/** Desired nodes by id: type, and the properties that the manifest names. */
export function desiredNodes(nodes: readonly NodeSpec[]): JsonObject {
  return objectFrom(nodes.map((node) => [node.id, withoutEmptyProperties(stripAbsent(ownedFields(node)))]));
}

/**
 * Live nodes by id, in the shape of `desiredNodes`. A node that the manifest lacks is shown with all its properties, and so is
 * a second one of an id, under a name of its own.
 */
export function liveNodes(
  document: JsonObject,
  nodes: readonly NodeSpec[],
  isOthers: (id: string) => boolean,
): JsonObject {
  const specById = new Map(nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  // Counted without the nodes of others, so that what they add or remove changes no name here.
  const owned = objectsAt(document, "nodes").filter((node) => !isOthers(stringAt(node, "id") ?? ""));
  const found = owned.map((node, index): readonly [string, Json] => {
    const id = liveNodeId(node, index);
    const spec = seen.has(id) ? undefined : specById.get(id);
    const key = seen.has(id) ? doubleKey(index, id) : id;
    seen.add(id);
    if (spec !== undefined) return [key, withoutEmptyProperties(projectOwned(node, ownedFields(spec)))];
    const type = valueAt(node, "type") ?? null;
    return [key, withoutEmptyProperties({ type, properties: valueAt(node, "properties") ?? {} })];
  });
  return objectFrom(found);
}

/**
 * The document's nodes with the desired ones put in: those that are live keep their place and their foreign fields, new ones
 * come last, and nodes that are neither desired nor somebody else's go.
 */
export function composeNodes(
  document: JsonObject,
  nodes: readonly NodeSpec[],
  isOthers: (id: string) => boolean,
): readonly JsonObject[] {
  const waiting = new Map(nodes.map((node) => [node.id, node]));
  const kept: JsonObject[] = [];
  for (const [index, node] of objectsAt(document, "nodes").entries()) {
    const id = liveNodeId(node, index);
    const spec = waiting.get(id);
    if (spec !== undefined) kept.push(putNode(node, spec));
    else if (isOthers(id)) kept.push(node);
    waiting.delete(id);
  }
  return [...kept, ...[...waiting.values()].map((spec) => putNode({ id: spec.id }, spec))];
}

function putNode(node: JsonObject, spec: NodeSpec): JsonObject {
  const merged = mergeOwned(node, ownedFields(spec));
  return isJsonObject(merged) ? merged : node;
}

/** A manifest that names no properties, or none in them, leaves them all to the tenant. */
function ownedFields(node: NodeSpec): JsonObject {
  const properties = node.properties ?? {};
  return Object.keys(properties).length === 0 ? { type: node.type } : { type: node.type, properties };
}

/** No properties and empty ones are the same: a server may leave out what holds nothing. */
function withoutEmptyProperties(node: Json): Json {
  const properties = valueAt(node, "properties");
  const isEmpty = isJsonObject(properties) && Object.keys(properties).length === 0;
  return isEmpty && isJsonObject(node)
    ? objectFrom(Object.entries(node).filter(([key]) => key !== "properties"))
    : node;
}
