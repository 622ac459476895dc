/** The flow as a directed graph, and what can be wrong with its shape. */
import { DirectedGraph } from "graphology";
import { stronglyConnectedComponents } from "graphology-components";
import { bidirectional } from "graphology-shortest-path/unweighted.js";
import { compareText } from "../../model/finding.ts";

/** Where calls can go on from each node, in the manifest's order; only to nodes that exist. */
export type CallGraph = ReadonlyMap<string, readonly string[]>;

export function buildCallGraph(nodeIds: Iterable<string>, edges: Iterable<{ from: string; to: string }>): CallGraph {
  const graph = new Map<string, string[]>();
  for (const id of nodeIds) if (!graph.has(id)) graph.set(id, []);
  for (const { from, to } of edges) if (graph.has(to)) graph.get(from)?.push(to);
  return graph;
}

/** The nodes that a call beginning at `start` can come to, `start` included. */
export function findReachable(graph: CallGraph, start: string): ReadonlySet<string> {
  const reached = new Set(graph.has(start) ? [start] : []);
  // A set that grows while it is walked through is walked to its end.
  for (const id of reached) for (const next of graph.get(id) ?? []) reached.add(next);
  return reached;
}

/**
 * One cycle of every knot of the graph, node by node, the first repeated at the end: `[a, b, c, a]`. It is the shortest one
 * through the knot's alphabetically first node, so that the same flow always gives the same words.
 */
export function findCycles(calls: CallGraph): readonly (readonly string[])[] {
  if (!isCircular(calls)) return [];
  const graph = toDirectedGraph(calls);
  const cycles: string[][] = [];
  for (const knot of stronglyConnectedComponents(graph)) {
    const first = [...knot].sort(compareText)[0];
    if (first === undefined) continue;
    const cycle = shortestCycleThrough(graph, first);
    if (cycle !== undefined) cycles.push(cycle.map(toId));
  }
  return cycles.sort((left, right) => compareText(left[0] ?? "", right[0] ?? ""));
}

/**
 * Whether any way leads back to where it began: none does when all nodes can be taken away one after the other, each with nothing left that
 * leads to it. Nearly every flow ends here, so that the library has to take apart only those that are wrong.
 */
function isCircular(calls: CallGraph): boolean {
  const entering = new Map<string, number>();
  for (const nexts of calls.values()) for (const next of nexts) entering.set(next, (entering.get(next) ?? 0) + 1);
  const free = [...calls.keys()].filter((id) => !entering.has(id));
  for (const id of free) {
    for (const next of calls.get(id) ?? []) {
      const left = (entering.get(next) ?? 0) - 1;
      entering.set(next, left);
      if (left === 0) free.push(next);
    }
  }
  return free.length < calls.size;
}

/** Two connections between the same nodes are one edge here, and their order leaves no trace. */
function toDirectedGraph(calls: CallGraph): DirectedGraph {
  const graph = new DirectedGraph();
  for (const id of calls.keys()) graph.mergeNode(toKey(id));
  const edges = [...calls].flatMap(([from, nexts]) => nexts.map((to) => ({ from, to })));
  edges.sort((left, right) => compareText(left.from, right.from) || compareText(left.to, right.to));
  for (const { from, to } of edges) graph.mergeEdge(toKey(from), toKey(to));
  return graph;
}

/** The libraries look nodes up in plain objects, where an id such as `constructor` would be found without being there. */
function toKey(id: string): string {
  return `#${id}`;
}

function toId(key: string): string {
  return key.slice(1);
}

function shortestCycleThrough(graph: DirectedGraph, node: string): string[] | undefined {
  if (graph.hasDirectedEdge(node, node)) return [node, node];
  let shortest: string[] | undefined;
  for (const next of graph.outNeighbors(node).sort(compareText)) {
    const back = bidirectional(graph, next, node);
    if (back !== null && (shortest === undefined || back.length < shortest.length - 1)) shortest = [node, ...back];
  }
  return shortest;
}
