import { canonicalCondition } from "../../conditions/print.ts";
import type { Manifest } from "../../model/manifest.ts";
import { ALWAYS, deriveEdgeId, type Edge } from "../shared/edges.ts";
import type { ConnectionSpec, FlowSpec } from "./schema.ts";

export type ConnectionType = "default" | "conditional" | "fallback";

/** A connection with everything that the manifest may leave out filled in. */
export interface Connection extends Edge {
  readonly type: ConnectionType;
}

export function flowId(manifest: Manifest<FlowSpec>): string {
  return manifest.spec.id ?? manifest.metadata.name;
}

/** The flow's connections in the manifest's order, one for each written one. */
export function connectionsOf(manifest: Manifest<FlowSpec>): readonly Connection[] {
  const owner = flowId(manifest);
  return manifest.spec.connections.map((written) => completeConnection(owner, written));
}

function completeConnection(owner: string, written: ConnectionSpec): Connection {
  const edge = { from: written.from, to: written.to, condition: written.when ?? ALWAYS };
  return {
    ...edge,
    id: written.id ?? deriveEdgeId("conn_", owner, edge),
    hasWrittenId: written.id !== undefined,
    type: written.type ?? (canonicalCondition(edge.condition) === ALWAYS ? "default" : "conditional"),
  };
}
