import { findConditionFault } from "./condition-syntax.ts";
import { findCycle, makeGraph } from "./flow-graph.ts";
import { isList, isObject, type JsonObject, objectsAt, textAt, valueAt } from "./json.ts";
import type { RuleProblem } from "./refusal.ts";

/** Seed SF: at most 50 connections in a flow, at most 10 leaving a node. */
const MAX_CONNECTIONS = 50;
const MAX_LEAVING = 10;
/** Seed SF. */
const CONNECTION_TYPES = ["default", "conditional", "fallback"];

/**
 * Everything for which a flow is answered with 422 (seed SF). Graph rules are looked at once the parts are sound. Not checked, because the
 * seed does not say that the server would: that there is one start, that everything is reachable, that a terminal has no way out.
 */
export function checkFlow(flow: JsonObject): readonly RuleProblem[] {
  const shape = checkShape(flow);
  if (shape.length > 0) return shape;
  const nodes = objectsAt(flow, "nodes");
  const connections = objectsAt(flow, "connections");
  const parts = [...nodes.flatMap(checkNode), ...checkUnique(nodes, "node"), ...checkConnections(nodes, connections)];
  if (parts.length > 0) return parts;
  return [...checkLeaving(connections), ...checkPaths(nodes, connections)];
}

function checkShape(flow: JsonObject): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  for (const key of ["id", "name", "type"]) {
    if (!textAt(flow, key)) problems.push({ message: `${key} must be a non-empty string` });
  }
  for (const key of ["nodes", "connections"]) {
    const list = valueAt(flow, key);
    if (!isList(list) || !list.every(isObject)) problems.push({ message: `${key} must be a list of objects` });
  }
  return problems;
}

function checkNode(node: JsonObject, index: number): readonly RuleProblem[] {
  const id = textAt(node, "id");
  if (id === undefined) return [{ message: `nodes[${index}]: id must be a string` }];
  const problems: RuleProblem[] = [];
  if (!id.startsWith("node_")) problems.push({ message: `Node ${id}: the id must begin with node_`, node: id });
  // Types other than start, decision and terminal pass (assumption).
  if (!textAt(node, "type")) problems.push({ message: `Node ${id}: type must be a non-empty string`, node: id });
  return problems;
}

function checkUnique(items: readonly JsonObject[], what: "node" | "connection"): readonly RuleProblem[] {
  const seen = new Set<string>();
  const problems: RuleProblem[] = [];
  for (const item of items) {
    const id = textAt(item, "id");
    if (id === undefined) continue;
    if (seen.has(id)) problems.push({ message: `The ${what} id ${id} is there twice`, [what]: id });
    seen.add(id);
  }
  return problems;
}

function checkConnections(nodes: readonly JsonObject[], connections: readonly JsonObject[]): readonly RuleProblem[] {
  if (connections.length > MAX_CONNECTIONS) {
    return [{ message: `The flow has ${connections.length} connections, at most ${MAX_CONNECTIONS} are allowed` }];
  }
  const nodeIds = new Set(nodes.map((node) => textAt(node, "id")));
  const each = connections.flatMap((connection, index) => checkConnection(connection, index, nodeIds));
  return [...each, ...checkUnique(connections, "connection")];
}

function checkConnection(
  connection: JsonObject,
  index: number,
  nodeIds: ReadonlySet<string | undefined>,
): readonly RuleProblem[] {
  const id = textAt(connection, "id");
  if (id === undefined) return [{ message: `connections[${index}]: id must be a string` }];
  const problems: RuleProblem[] = [];
  const report = (said: string) => problems.push({ message: `Connection ${id}: ${said}`, connection: id });
  if (!id.startsWith("conn_")) report("the id must begin with conn_");
  for (const end of ["source_node_id", "target_node_id"]) {
    const node = textAt(connection, end);
    if (node === undefined) report(`${end} must be a string`);
    else if (!nodeIds.has(node)) report(`${end} names the unknown node ${node}`);
  }
  const type = textAt(connection, "type");
  if (type === undefined || !CONNECTION_TYPES.includes(type)) {
    report(`type must be one of ${CONNECTION_TYPES.join(", ")}, and is ${type ?? "missing"}`);
  }
  const condition = textAt(connection, "condition");
  const fault = condition === undefined ? "must be a string" : findConditionFault(condition);
  if (fault !== undefined) report(`the condition ${fault}`);
  return problems;
}

function checkLeaving(connections: readonly JsonObject[]): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  for (const [node, targets] of makeGraph(connections)) {
    if (targets.length <= MAX_LEAVING) continue;
    const message = `Node ${node}: ${targets.length} connections leave it, at most ${MAX_LEAVING} are allowed`;
    problems.push({ message, node });
  }
  return problems;
}

function checkPaths(nodes: readonly JsonObject[], connections: readonly JsonObject[]): readonly RuleProblem[] {
  const graph = makeGraph(connections);
  const problems: RuleProblem[] = [];
  const cycle = findCycle(graph);
  if (cycle !== undefined) problems.push({ message: `Cycle: ${cycle.join(" -> ")}`, node: cycle[0] ?? "" });
  for (const node of nodes) {
    const id = textAt(node, "id") ?? "";
    if (graph.has(id) || textAt(node, "type") === "terminal") continue;
    problems.push({ message: `Node ${id}: a dead end must be of type terminal`, node: id });
  }
  return problems;
}
