/** The flow as a directed graph, and what can be wrong with its shape. */
import { DirectedGraph } from "graphology";
import { stronglyConnectedComponents } from "graphology-components";
import { bidirectional } from "graphology-shortest-path/unweighted.js";
import { bfsFromNode } from "graphology-traversal";
import { compareText } from "../../model/finding.ts";

export type CallGraph = DirectedGraph;

/** Only edges between nodes that exist; two connections between the same nodes are one edge here. Their order leaves no trace. */
export function buildCallGraph(nodeIds: Iterable<string>, edges: Iterable<{ from: string; to: string }>): CallGraph {
  const graph = new DirectedGraph();
  for (const id of nodeIds) graph.mergeNode(toKey(id));
  const sorted = [...edges].sort((left, right) => compareText(left.from, right.from) || compareText(left.to, right.to));
  for (const edge of sorted) {
    const [from, to] = [toKey(edge.from), toKey(edge.to)];
    if (graph.hasNode(from) && graph.hasNode(to)) graph.mergeEdge(from, to);
  }
  return graph;
}

/** The libraries look nodes up in plain objects, where an id such as `constructor` would be found without being there. */
function toKey(id: string): string {
  return `#${id}`;
}

function toId(key: string): string {
  return key.slice(1);
}

/**
 * One cycle of every knot of the graph, node by node, the first repeated at the end: `[a, b, c, a]`. It is the shortest one
 * through the knot's alphabetically first node, so that the same flow always gives the same words.
 */
export function findCycles(graph: CallGraph): readonly (readonly string[])[] {
  const cycles: string[][] = [];
  for (const knot of stronglyConnectedComponents(graph)) {
    const first = [...knot].sort(compareText)[0];
    if (first === undefined) continue;
    const cycle = shortestCycleThrough(graph, first);
    if (cycle !== undefined) cycles.push(cycle.map(toId));
  }
  return cycles.sort((left, right) => compareText(left[0] ?? "", right[0] ?? ""));
}

function shortestCycleThrough(graph: CallGraph, node: string): string[] | undefined {
  if (graph.hasDirectedEdge(node, node)) return [node, node];
  let shortest: string[] | undefined;
  for (const next of graph.outNeighbors(node).sort(compareText)) {
    const back = bidirectional(graph, next, node);
    if (back !== null && (shortest === undefined || back.length < shortest.length - 1)) shortest = [node, ...back];
  }
  return shortest;
}

/** The nodes that a call beginning at `start` can come to, `start` included. */
export function findReachable(graph: CallGraph, start: string): ReadonlySet<string> {
  const reached = new Set<string>();
  if (!graph.hasNode(toKey(start))) return reached;
  bfsFromNode(graph, toKey(start), (node) => void reached.add(toId(node)), { mode: "outbound" });
  return reached;
}
