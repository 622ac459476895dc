/**
 * Where the parts of a picture go: from top to bottom, nothing on top of anything else.
 *
 * The library says in which row each node stands, and how far to the right each node, label and line is in each row. How far down the rows
 * are and how lines change sides between them is decided in routes.ts, so that no line runs through a node.
 */
import { Graph, layout } from "@dagrejs/dagre";
import { placeRows, type RowNode, type Wire } from "./routes.ts";

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `x` and `y` are its middle. */
export interface Box extends Size, Point {}

/** An edge between two nodes, by their places in the list. Without a label it takes up no room. */
export interface EdgeToPlace {
  readonly from: number;
  readonly to: number;
  readonly label: Size | undefined;
}

export interface Layout extends Size {
  /** In the order given. */
  readonly nodes: readonly Box[];
  readonly edges: readonly PlacedEdge[];
}

export interface PlacedEdge {
  /** From the border of one node to that of the other, in straight stretches. */
  readonly points: readonly Point[];
  readonly label: Box | undefined;
}

const MARGIN = 24;
const BETWEEN_NODES = 32;
const BETWEEN_EDGES = 16;
/** With more edges, the layout that takes time for beauty takes too much of it. */
const MOST_EDGES_FOR_BEAUTY = 600;

/** Many flows of a tenant are made from one pattern, and where their parts go hangs on sizes alone. */
const MOST_REMEMBERED = 50;
const remembered = new Map<string, Layout>();

/** Places nodes and edges. The same input gives the same places. */
export function layOut(nodes: readonly Size[], edges: readonly EdgeToPlace[]): Layout {
  const key = JSON.stringify([
    nodes.map(({ width, height }) => [width, height]),
    edges.map(({ from, to, label }) => [from, to, label?.width, label?.height]),
  ]);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const [oldest] = remembered.keys();
  if (oldest !== undefined && remembered.size >= MOST_REMEMBERED) remembered.delete(oldest);
  const made = layOutAnew(nodes, edges);
  remembered.set(key, made);
  return made;
}

function layOutAnew(nodes: readonly Size[], edges: readonly EdgeToPlace[]): Layout {
  const graph = new Graph({ directed: true, multigraph: true });
  graph.setGraph({
    rankdir: "TB",
    nodesep: BETWEEN_NODES,
    edgesep: BETWEEN_EDGES,
    marginx: MARGIN,
    ranker: edges.length > MOST_EDGES_FOR_BEAUTY ? "longest-path" : "network-simplex",
  });
  for (const [index, { width, height }] of nodes.entries()) graph.setNode(String(index), { width, height });
  for (const [index, { from, to, label }] of edges.entries()) {
    const { width, height } = label ?? { width: 0, height: 0 };
    graph.setEdge(String(from), String(to), { width, height, labelpos: "c" }, String(index));
  }
  layout(graph, { useDynamic: false });
  const rowNodes = nodes.map((size, index): RowNode => {
    const { x = 0, rank = 0 } = graph.node(String(index));
    return { x, row: rank, width: size.width, height: size.height };
  });
  const wires = edges.map(({ from, to, label }, index): Wire => {
    const placed: { readonly points?: readonly Point[]; readonly x?: number } = graph.edge(
      String(from),
      String(to),
      String(index),
    );
    const { points = [], x = 0 } = placed;
    const between = from === to ? [x] : points.slice(1, -1).map((point) => point.x);
    return { from, to, label: label && { ...label, x }, between };
  });
  const { width = 0 } = graph.graph();
  return placeRows(rowNodes, wires, { margin: MARGIN, width: Math.max(width, 2 * MARGIN) });
}
