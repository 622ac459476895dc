import type { Graph, GraphEdge, NodeRole } from "../../model/graph.ts";
import { type JsonObject, objectsAt, stringAt, valueAt } from "../../model/json.ts";
import { drawCondition, drawDocument } from "../shared/draw.ts";
import { ALWAYS } from "../shared/edges.ts";

const ROLES: ReadonlyMap<string, NodeRole> = new Map([
  ["start", "start"],
  ["terminal", "end"],
  ["decision", "decision"],
  ["email", "mail"],
]);

const TELLING = ["action", "prompt", "skill", "flow", "to", "name", "source"];

/** A flow as a caller goes through it: nodes, and connections with the condition under which each is taken. */
export function drawFlow(document: JsonObject): Graph {
  return drawDocument(document, {
    edges: connectionsOf,
    roleOf: (type) => ROLES.get(type) ?? "step",
    telling: TELLING,
  });
}

function connectionsOf(document: JsonObject): readonly GraphEdge[] {
  return objectsAt(document, "connections").map((connection) => ({
    from: stringAt(connection, "source_node_id") ?? "",
    to: stringAt(connection, "target_node_id") ?? "",
    label: labelOf(connection),
  }));
}

/** A fallback and a default may have a condition of their own live, which must hold too. */
function labelOf(connection: JsonObject): string {
  const condition = drawCondition(valueAt(connection, "condition"));
  const type = stringAt(connection, "type");
  if (type === "fallback") return condition === "" ? "otherwise" : `otherwise, if ${condition}`;
  return type === "conditional" && condition === "" ? ALWAYS : condition;
}
