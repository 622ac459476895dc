import { canonicalCondition } from "../../conditions/print.ts";
import type { Manifest } from "../../model/manifest.ts";
import { ALWAYS, deriveEdgeId, type Edge } from "../shared/edges.ts";
import type { ConnectionSpec, FlowSpec } from "./schema.ts";

export type ConnectionType = "default" | "conditional" | "fallback";

/** What a connection is, with everything that the manifest may leave out filled in; only its id is missing. */
export type ConnectionMeaning = Pick<Connection, "hasWrittenId" | "from" | "to" | "condition" | "type">;

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
  return manifest.spec.connections.map((written) => {
    const meaning = completeConnection(written);
    return { ...meaning, id: written.id ?? deriveEdgeId("conn_", owner, meaning) };
  });
}

/** The same for rules that ask for no ids: to derive one costs more than all of them together. */
export function meaningsOf(spec: FlowSpec): readonly ConnectionMeaning[] {
  return spec.connections.map(completeConnection);
}

function completeConnection(written: ConnectionSpec): ConnectionMeaning {
  const condition = written.when ?? ALWAYS;
  return {
    from: written.from,
    to: written.to,
    condition,
    hasWrittenId: written.id !== undefined,
    type: written.type ?? (canonicalCondition(condition) === ALWAYS ? "default" : "conditional"),
  };
}
