import { type JsonObject, stringAt, valueAt } from "../../model/json.ts";
import type { Importing, Remarks, Restated } from "../importing.ts";
import { inCallOrder } from "../shared/call-order.ts";
import type { NodeSpec } from "../shared/fields.ts";
import { findCredentialConditions, isAlways, namedId, restateEdges, spellCondition } from "../shared/import-edges.ts";
import { importNode, remarksOf, restateNodes, type SaidNode, saidNodes } from "../shared/import-nodes.ts";
import type { SaidItem } from "../shared/sayable.ts";
import { type LiveConnection, liveConnections } from "./canonical.ts";
import type { Connection } from "./connections.ts";
import type { FlowSpec } from "./schema.ts";

const DEFAULT_TYPE = "IVR";
const CONNECTION_PREFIX = "conn_";

export const flowImporting: Importing = {
  documentType: "flow",
  folder: "flows",
  importFrom(document, id) {
    const { nodes, edges } = inCallOrder(document, liveConnections(document));
    const type = valueAt(document, "type") ?? null;
    const items = nodes.map(importNode);
    const connections = edges.map((edge) => sayConnection(id, edge, undefined));
    const spec: JsonObject = {
      name: valueAt(document, "name") ?? null,
      ...(type !== DEFAULT_TYPE && { type }),
      start: findStart(nodes) ?? nodes.map((node) => stringAt(node, "id")).find((one) => one !== undefined) ?? null,
      nodes: items.map(({ short }) => short),
      ...(edges.length > 0 && { connections: connections.map(({ short }) => short) }),
    };
    return [{ id, name: id, nameField: "id", spec, remarks: remarksOn(items, connections) }];
  },
};

/**
 * A flow's manifest as it would describe a live flow. Its own lower limit for connections is nowhere live, and stays.
 */
export function restateFlow(
  document: JsonObject,
  owner: string,
  spec: FlowSpec,
  connections: readonly Connection[],
): Restated {
  const live = inCallOrder(document, liveConnections(document));
  const nodes = restateNodes(live.nodes, spec.nodes);
  const edges = restateEdges(live.edges, connections, (edge, desired) => sayConnection(owner, edge, desired));
  const type = valueAt(document, "type") ?? null;
  const head = {
    ...(spec.id !== undefined && { id: spec.id }),
    name: valueAt(document, "name") ?? null,
  };
  const { maxConnectionsPerNode } = spec;
  const liveStart = findStart(live.nodes);
  // Where calls begin is what the nodes' types say; `start` repeats it, and one that is wrong is the rules' business.
  const start = liveStart === undefined || liveStart === findStart(spec.nodes) ? spec.start : liveStart;
  return {
    said: {
      ...head,
      name: spec.name,
      type: spec.type,
      start: spec.start,
      maxConnectionsPerNode,
      nodes: saidNodes(spec.nodes),
      connections: connections.map(saidConnection),
    },
    live: {
      ...head,
      type,
      start,
      maxConnectionsPerNode,
      nodes: nodes.map(({ full }) => full),
      connections: edges.map(({ full }) => full),
    },
    short: {
      ...head,
      ...(type !== DEFAULT_TYPE && { type }),
      start,
      nodes: nodes.map(({ short }) => short),
      connections: edges.map(({ short }) => short),
    },
    remarks: remarksOn(nodes, edges),
  };
}

function remarksOn(nodes: readonly SaidNode[], connections: readonly SaidItem[]): Remarks {
  const remarks = remarksOf(nodes);
  const conditions = findCredentialConditions(
    "connections",
    connections.map(({ short }) => short),
  );
  return { ...remarks, credentials: [...remarks.credentials, ...conditions] };
}

/** The one node that calls begin at, where it is one. */
function findStart(nodes: readonly (JsonObject | NodeSpec)[]): string | undefined {
  const starts = nodes.filter(({ type }) => type === "start");
  const id = starts.length === 1 ? starts[0]?.id : undefined;
  return typeof id === "string" ? id : undefined;
}

function saidConnection({ id, hasWrittenId, from, to, condition, type }: Connection): JsonObject {
  return { ...(hasWrittenId && { id }), from, to, when: condition, type };
}

function sayConnection(owner: string, live: LiveConnection, desired: Connection | undefined): SaidItem {
  const isAllowed = (id: string) => id.startsWith(CONNECTION_PREFIX);
  const id = namedId(live, desired, { owner, derivedPrefix: CONNECTION_PREFIX, isAllowed });
  const when = spellCondition(live, desired);
  const { from, to, type } = live;
  const derivedType = isAlways(when) ? "default" : "conditional";
  const ends = { ...(id !== undefined && { id }), from, to };
  return {
    full: { ...ends, when, type },
    short: { ...ends, ...(!isAlways(when) && { when }), ...(type !== derivedType && { type }) },
  };
}
