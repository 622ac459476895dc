/** The part of a picture to look at where the whole is too large to be drawn. */
import type { MarkedGraph } from "../../model/graph.ts";

/**
 * What changes, then the neighbours of that, as many as fit; of a picture in which nothing changes, the first nodes. Order within the
 * picture stays, and so do edges whose ends are both there. `fits` must hold for a picture with nothing in it.
 */
export function narrowGraph(graph: MarkedGraph, fits: (part: MarkedGraph) => boolean): MarkedGraph {
  const wanted = wantedNodes(graph);
  let most = wanted.length;
  let part = pickNodes(graph, wanted);
  while (most > 0 && !fits(part)) {
    most = Math.floor(most * 0.8);
    part = pickNodes(graph, wanted.slice(0, most));
  }
  return part;
}

/** What a picture must say about what was left out of it; undefined when nothing was. */
export function describeNarrowing(whole: MarkedGraph, part: MarkedGraph): string | undefined {
  const nodes = whole.nodes.length - part.nodes.length;
  const connections = whole.edges.length - part.edges.length;
  if (nodes === 0 && connections === 0) return undefined;
  const [changed, shown] = [changedNodes(whole).size, changedNodes(part).size];
  const beginning = changed === 0 ? "the beginning" : "a part of what changes";
  const what = changed !== 0 && changed === shown ? "what changes and its neighbours" : beginning;
  return `only ${what} is drawn; nodes left out: ${nodes}, connections left out: ${connections}`;
}

function wantedNodes(graph: MarkedGraph): readonly string[] {
  const changed = changedNodes(graph);
  if (changed.size === 0) return graph.nodes.map(({ id }) => id);
  const touching = graph.edges.filter(({ from, to }) => changed.has(from) || changed.has(to));
  return [...new Set([...changed, ...touching.flatMap(({ from, to }) => [from, to])])];
}

/** Nodes that change themselves first, then those whose connections do. */
function changedNodes({ nodes, edges }: MarkedGraph): ReadonlySet<string> {
  const own = nodes.filter(({ mark }) => mark !== "same").map(({ id }) => id);
  const ends = edges.filter(({ mark }) => mark !== "same").flatMap(({ from, to }) => [from, to]);
  return new Set([...own, ...ends]);
}

function pickNodes(graph: MarkedGraph, ids: readonly string[]): MarkedGraph {
  const kept = new Set(ids);
  return {
    title: graph.title,
    nodes: graph.nodes.filter(({ id }) => kept.has(id)),
    edges: graph.edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
  };
}
