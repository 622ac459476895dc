/**
 * A flow's one shape for comparing, with lists keyed so that a patch path names its node or connection:
 * `{name, type, nodes: {ID: {type, properties}}, connections: {ID: {from, to, condition, type}}}`.
 */
import { canonicalCondition } from "../../conditions/print.ts";
import { type Json, type JsonObject, objectFrom, objectsAt, stringAt, valueAt } from "../../model/json.ts";
import {
  type ChooseEdgeId,
  keyLiveEdges,
  type LiveEdge,
  makeChooseEdgeId,
  matchEdges,
  readCondition,
} from "../shared/edges.ts";
import { composeNodes, desiredNodes, liveNodes } from "../shared/nodes.ts";
import type { Connection } from "./connections.ts";
import type { FlowSpec } from "./schema.ts";

/** A flow belongs to one manifest alone, so no node in it is anybody else's. */
const nobodyElses = () => false;

export function desiredFlow(spec: FlowSpec, connections: readonly Connection[]): Json {
  return {
    name: spec.name,
    type: spec.type,
    nodes: desiredNodes(spec.nodes),
    connections: objectFrom(connections.map((connection) => [connection.id, canonicalConnection(connection)])),
  };
}

export function liveFlow(document: JsonObject, spec: FlowSpec, connections: readonly Connection[]): Json {
  const live = liveConnections(document);
  const matches = matchEdges(live, connections);
  return {
    name: valueAt(document, "name") ?? null,
    type: valueAt(document, "type") ?? null,
    nodes: liveNodes(document, spec.nodes, nobodyElses),
    connections: objectFrom(
      keyLiveEdges("connection", live, matches).map(([key, edge]) => [key, canonicalConnection(edge)]),
    ),
  };
}

/** The document with this flow's name, type, nodes and connections; fields of the tenant's own stay where they are. */
export function composeFlow(
  document: JsonObject | undefined,
  id: string,
  spec: FlowSpec,
  connections: readonly Connection[],
): JsonObject {
  const base = document ?? { id };
  return {
    ...base,
    name: spec.name,
    type: spec.type,
    nodes: composeNodes(base, spec.nodes, nobodyElses),
    connections: composeConnections(base, connections),
  };
}

function composeConnections(document: JsonObject, connections: readonly Connection[]): readonly JsonObject[] {
  const raw = objectsAt(document, "connections");
  const matches = matchEdges(liveConnections(document), connections);
  const chooseId = makeChooseEdgeId(connections, []);
  const waiting = new Map(connections.map((connection) => [connection.id, connection]));
  const kept: JsonObject[] = [];
  for (const [index, live] of raw.entries()) {
    const connection = matches.get(index);
    if (connection === undefined) continue;
    waiting.delete(connection.id);
    kept.push(putConnection(live, connection, chooseId));
  }
  return [...kept, ...[...waiting.values()].map((connection) => putConnection({}, connection, chooseId))];
}

function putConnection(live: JsonObject, connection: Connection, chooseId: ChooseEdgeId): JsonObject {
  return {
    ...live,
    id: chooseId(connection, stringAt(live, "id")),
    source_node_id: connection.from,
    target_node_id: connection.to,
    condition: connection.condition,
    type: connection.type,
  };
}

export interface LiveConnection extends LiveEdge {
  readonly type: Json;
}

export function liveConnections(document: JsonObject): readonly LiveConnection[] {
  return objectsAt(document, "connections").map((connection, index) => ({
    index,
    id: stringAt(connection, "id"),
    from: stringAt(connection, "source_node_id") ?? "",
    to: stringAt(connection, "target_node_id") ?? "",
    condition: readCondition(valueAt(connection, "condition")),
    type: valueAt(connection, "type") ?? null,
  }));
}

function canonicalConnection(connection: { from: string; to: string; condition: string; type: Json }): Json {
  return {
    from: connection.from,
    to: connection.to,
    condition: canonicalCondition(connection.condition),
    type: connection.type,
  };
}
