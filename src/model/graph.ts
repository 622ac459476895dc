/** A document drawn as nodes and edges, and two versions of it in one picture. */
import { isSameJson, type Json } from "./json.ts";

/** How a node is drawn: where things begin, where they end, where a mail is sent, and everything else. */
export type NodeRole = "start" | "end" | "mail" | "decision" | "step";

export interface GraphNode {
  /** Unique within the graph. */
  readonly id: string;
  /** As the tenant calls it. */
  readonly type: string;
  readonly role: NodeRole;
  /** Everything else about the node that a reader may want to know. */
  readonly properties: Readonly<Record<string, Json>>;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** What must hold for this way to be taken, as people read it; empty when nothing must. */
  readonly label: string;
}

export interface Graph {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** What becomes of a part of the picture from live to desired. */
export type Mark = "same" | "added" | "removed" | "changed";

export interface MarkedNode extends GraphNode {
  readonly mark: Mark;
  /** The node as it is live, where it changes. */
  readonly live?: GraphNode;
}

export interface MarkedEdge extends GraphEdge {
  readonly mark: Exclude<Mark, "changed">;
}

export interface MarkedGraph {
  readonly title: string;
  readonly nodes: readonly MarkedNode[];
  readonly edges: readonly MarkedEdge[];
}

/** One graph, with nothing to compare it to. */
export function markNothing(graph: Graph): MarkedGraph {
  return {
    title: graph.title,
    nodes: graph.nodes.map((node) => ({ ...node, mark: "same" })),
    edges: graph.edges.map((edge) => ({ ...edge, mark: "same" })),
  };
}

/**
 * Live and desired in one picture; undefined stands for a document that is not there. Nodes are the same by their id, edges by their
 * ends and label: an edge whose condition changes is one removed and one added. Desired order first, then what goes.
 */
export function compareGraphs(live: Graph | undefined, desired: Graph | undefined): MarkedGraph {
  const liveNodes = new Map(live?.nodes.map((node) => [node.id, node]));
  const desiredIds = new Set(desired?.nodes.map(({ id }) => id));
  const liveEdges = new Set(live?.edges.map(edgeKey));
  const desiredEdges = new Set(desired?.edges.map(edgeKey));
  return {
    title: desired?.title ?? live?.title ?? "",
    nodes: [
      ...(desired?.nodes ?? []).map((node) => markNode(node, liveNodes.get(node.id))),
      ...(live?.nodes ?? [])
        .filter(({ id }) => !desiredIds.has(id))
        .map((node) => ({ ...node, mark: "removed" as const })),
    ],
    edges: [
      ...(desired?.edges ?? []).map((edge) => ({
        ...edge,
        mark: liveEdges.has(edgeKey(edge)) ? ("same" as const) : ("added" as const),
      })),
      ...(live?.edges ?? [])
        .filter((edge) => !desiredEdges.has(edgeKey(edge)))
        .map((edge) => ({ ...edge, mark: "removed" as const })),
    ],
  };
}

function markNode(node: GraphNode, live: GraphNode | undefined): MarkedNode {
  if (live === undefined) return { ...node, mark: "added" };
  const isSame = node.type === live.type && isSameJson({ ...node.properties }, { ...live.properties });
  return isSame ? { ...node, mark: "same" } : { ...node, mark: "changed", live };
}

function edgeKey({ from, to, label }: GraphEdge): string {
  return JSON.stringify([from, to, label]);
}
