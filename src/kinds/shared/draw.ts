/**
 * A live or desired document drawn as a graph. Live documents are untrusted: a node without an id, or one that is there twice, gets a
 * name of its own, and an edge that leads to no node leads to a stand-in.
 */
import { canonicalCondition } from "../../conditions/print.ts";
import type { Graph, GraphEdge, GraphNode, NodeRole } from "../../model/graph.ts";
import {
  isJsonObject,
  type Json,
  type JsonObject,
  objectFrom,
  objectsAt,
  stringAt,
  valueAt,
} from "../../model/json.ts";
import { ALWAYS, readCondition } from "./edges.ts";
import { liveNodeId } from "./nodes.ts";

/** What a kind knows about its documents. */
export interface Drawing {
  readonly edges: (document: JsonObject) => readonly GraphEdge[];
  readonly roleOf: (type: string) => NodeRole;
  /** The properties that tell a reader most, most telling first; the others follow as they stand in the document. */
  readonly telling: readonly string[];
}

/** The type of a node that an edge leads to or from and that is not there. */
const MISSING_TYPE = "not described here";
/** What an edge leads to when it does not say. */
const NOWHERE = "(nowhere)";

export function drawDocument(document: JsonObject, drawing: Drawing): Graph {
  const nodes = drawNodes(document, drawing);
  const edges = drawing.edges(document).map(({ from, to, label }) => ({
    from: from === "" ? NOWHERE : from,
    to: to === "" ? NOWHERE : to,
    label,
  }));
  const known = new Set(nodes.map(({ id }) => id));
  const missing = new Set(edges.flatMap(({ from, to }) => [from, to]).filter((id) => !known.has(id)));
  const standIns = [...missing].map((id): GraphNode => ({ id, type: MISSING_TYPE, role: "step", properties: {} }));
  return {
    title: stringAt(document, "name") ?? stringAt(document, "id") ?? "",
    nodes: [...nodes, ...standIns],
    edges,
  };
}

/** The condition as people read it; empty for one that always holds. */
export function drawCondition(condition: Json | undefined): string {
  const text = canonicalCondition(readCondition(condition));
  return text === ALWAYS ? "" : text;
}

function drawNodes(document: JsonObject, { roleOf, telling }: Drawing): readonly GraphNode[] {
  const taken = new Set<string>();
  return objectsAt(document, "nodes").map((node, index) => {
    const id = freeId(liveNodeId(node, index), index, taken);
    taken.add(id);
    const type = stringAt(node, "type") ?? "";
    return { id, type, role: roleOf(type), properties: sortProperties(valueAt(node, "properties"), telling) };
  });
}

function freeId(id: string, index: number, taken: ReadonlySet<string>): string {
  let free = id;
  while (taken.has(free)) free = `(node ${index}, another ${free})`;
  return free;
}

function sortProperties(properties: Json | undefined, telling: readonly string[]): JsonObject {
  if (properties === undefined || properties === null) return {};
  if (!isJsonObject(properties)) return { properties };
  const rank = (key: string) => (telling.includes(key) ? telling.indexOf(key) : telling.length);
  return objectFrom(Object.entries(properties).toSorted(([left], [right]) => rank(left) - rank(right)));
}
