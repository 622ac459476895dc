/** The rules about a flow as a whole: where calls start, where they can go, and that they end. */
import { closest } from "../../model/closest.ts";
import type { Problem } from "../../model/finding.ts";
import { buildCallGraph, type CallGraph, findCycles, findReachable } from "./call-graph.ts";
import type { FlowSpec } from "./schema.ts";

export function checkShape(spec: FlowSpec): readonly Problem[] {
  const graph = buildCallGraph(
    spec.nodes.map((node) => node.id),
    spec.connections,
  );
  return [...checkStart(spec), ...checkEnds(spec), ...checkCycles(spec, graph), ...checkNodes(spec, graph)];
}

function checkStart(spec: FlowSpec): readonly Problem[] {
  const problems: Problem[] = [];
  const starts = spec.nodes.flatMap((node, index) => (node.type === "start" ? [{ id: node.id, index }] : []));
  const [first, second] = starts;
  if (first === undefined) {
    const message = "the flow has no node of type start";
    problems.push({
      rule: "flow/start",
      path: ["spec", "nodes"],
      message,
      hint: "Exactly one node must have type start.",
    });
  }
  if (second !== undefined) {
    const message = `the flow has ${starts.length} nodes of type start: ${starts.map(({ id }) => id).join(", ")}`;
    problems.push({
      rule: "flow/start",
      path: ["spec", "nodes", second.index, "type"],
      message,
      hint: "Exactly one node must have type start.",
    });
  }
  if (first !== undefined && !starts.some(({ id }) => id === spec.start)) {
    const message = `\`start\` names "${spec.start}", which is not the node of type start`;
    problems.push({ rule: "flow/start", path: ["spec", "start"], message, hint: `Write start: ${first.id}.` });
  }
  return problems;
}

function checkEnds(spec: FlowSpec): readonly Problem[] {
  const typeById = new Map(spec.nodes.map((node) => [node.id, node.type]));
  return spec.connections.flatMap((connection, index) => {
    const problems: Problem[] = [];
    for (const end of ["from", "to"] as const) {
      const id = connection[end];
      if (typeById.has(id)) continue;
      const near = closest(id, typeById.keys());
      const hint = near === undefined ? "Add the node, or remove the connection." : `Did you mean "${near}"?`;
      const message = `the connection ${end === "from" ? "leaves" : "leads to"} "${id}", which is no node of this flow`;
      problems.push({ rule: "flow/unknown-node", path: ["spec", "connections", index, end], message, hint });
    }
    if (typeById.get(connection.from) === "terminal") {
      const message = `a connection leaves the terminal node "${connection.from}", where the call has ended`;
      const hint = "Remove the connection, or make the node a decision.";
      problems.push({ rule: "flow/terminal-leaves", path: ["spec", "connections", index, "from"], message, hint });
    }
    return problems;
  });
}

function checkCycles(spec: FlowSpec, graph: CallGraph): readonly Problem[] {
  return findCycles(graph).map((cycle) => {
    const [from, to] = [cycle.at(-2), cycle.at(-1)];
    const closing = spec.connections.findIndex((connection) => connection.from === from && connection.to === to);
    return {
      rule: "flow/cycle",
      path: ["spec", "connections", closing],
      message: `callers can go round in a circle: ${cycle.join(" → ")}`,
      hint: "CXone does not accept cycles; end one of these connections at another node.",
    };
  });
}

function checkNodes(spec: FlowSpec, graph: CallGraph): readonly Problem[] {
  const reachable = findReachable(graph, spec.start);
  const leaving = new Set(spec.connections.map(({ from }) => from));
  return spec.nodes.flatMap((node, index) => {
    const path = ["spec", "nodes", index, "id"];
    const problems: Problem[] = [];
    if (reachable.size > 0 && !reachable.has(node.id)) {
      const message = `no call can reach node "${node.id}" from "${spec.start}"`;
      problems.push({ rule: "flow/unreachable", path, message, hint: "Connect it, or remove it." });
    }
    if (!leaving.has(node.id) && node.type !== "terminal") {
      const message = `calls end at node "${node.id}", which is not of type terminal`;
      problems.push({
        rule: "flow/dead-end",
        path,
        message,
        hint: "Connect it to another node, or make it type terminal.",
      });
    }
    return problems;
  });
}
