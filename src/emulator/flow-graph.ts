import { type JsonObject, textAt } from "./json.ts";

/** The targets of each node, by node id. */
export type Graph = ReadonlyMap<string, readonly string[]>;

export function makeGraph(connections: readonly JsonObject[]): Graph {
  const targetsBySource = new Map<string, string[]>();
  for (const connection of connections) {
    const source = textAt(connection, "source_node_id") ?? "";
    const target = textAt(connection, "target_node_id") ?? "";
    const targets = targetsBySource.get(source);
    if (targets === undefined) targetsBySource.set(source, [target]);
    else targets.push(target);
  }
  return targetsBySource;
}

/**
 * One cycle as the nodes on it, first and last the same, or undefined. Depth first: a node met again on the way down closes a
 * cycle, one that was left behind cannot.
 */
export function findCycle(graph: Graph): readonly string[] | undefined {
  const way: string[] = [];
  const left = new Set<string>();
  const descend = (node: string): readonly string[] | undefined => {
    const met = way.indexOf(node);
    if (met >= 0) return [...way.slice(met), node];
    if (left.has(node)) return undefined;
    way.push(node);
    for (const target of graph.get(node) ?? []) {
      const cycle = descend(target);
      if (cycle !== undefined) return cycle;
    }
    way.pop();
    left.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = descend(node);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
