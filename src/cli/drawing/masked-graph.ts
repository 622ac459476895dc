/** Graphs that may be shown: secrets are masked in the documents before they are drawn, for drawing may write a text in another form. */
import { compareGraphs, type Graph, type GraphNode, type MarkedGraph, type MarkedNode } from "../../model/graph.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectFrom } from "../../model/json.ts";
import { MASK } from "../../model/secrets.ts";

export interface MaskedComparison {
  /** undefined stands for a document that is not there. */
  readonly live: JsonObject | undefined;
  readonly desired: JsonObject | undefined;
  readonly draw: (document: JsonObject) => Graph | undefined;
  /** Of any value, the same with every secret in it replaced. */
  readonly mask: (value: Json) => Json;
}

/** Live and desired in one picture. What is marked is what differs, also where both sides are masked and look the same. */
export function compareMasked({ live, desired, draw, mask }: MaskedComparison): MarkedGraph {
  const drawBoth = (document: JsonObject | undefined) =>
    document === undefined ? undefined : { bare: draw(document), masked: drawMasked(document, draw, mask) };
  const [before, after] = [drawBoth(live), drawBoth(desired)];
  const compared = compareGraphs(before?.bare, after?.bare);
  const liveNodes = pairUp(before);
  const desiredNodes = pairUp(after);
  const edges = [
    ...(after?.masked?.edges ?? []),
    ...goneEdges(
      before?.masked,
      before?.bare,
      new Set(compared.edges.filter(({ mark }) => mark === "removed").map(edgeKey)),
    ),
  ];
  const nodes = compared.nodes.map((node): MarkedNode => {
    const shown = (node.mark === "removed" ? liveNodes : desiredNodes).get(node.id) ?? maskNode(node, mask);
    const shownLive = node.live && (liveNodes.get(node.id) ?? maskNode(node.live, mask));
    return { ...shown, mark: node.mark, ...(shownLive && { live: shownLive }) };
  });
  return {
    title: after?.masked?.title ?? before?.masked?.title ?? "",
    nodes,
    edges: compared.edges.flatMap(({ mark }, index) => {
      const edge = edges[index];
      return edge === undefined ? [] : [{ ...edge, mark }];
    }),
  };
}

interface Drawn {
  readonly bare: Graph | undefined;
  readonly masked: Graph | undefined;
}

/** The graph of the masked document, masked once more: keys of properties are not masked in the document, whose own keys they look like. */
function drawMasked(
  document: JsonObject,
  draw: MaskedComparison["draw"],
  mask: MaskedComparison["mask"],
): Graph | undefined {
  const graph = draw(maskTexts(document, mask));
  if (graph === undefined) return undefined;
  const text = (bare: string) => maskText(bare, mask);
  return {
    title: text(graph.title),
    nodes: graph.nodes.map((node) => maskNode(node, mask)),
    edges: graph.edges.map(({ from, to, label }) => ({ from: text(from), to: text(to), label: text(label) })),
  };
}

/** Each node as it may be shown, by its bare id. What a node is does not change by being masked. */
function pairUp(drawn: Drawn | undefined): ReadonlyMap<string, GraphNode> {
  return new Map(
    (drawn?.bare?.nodes ?? []).flatMap((node, index): [string, GraphNode][] => {
      const masked = drawn?.masked?.nodes[index];
      return masked === undefined ? [] : [[node.id, { ...masked, role: node.role }]];
    }),
  );
}

function goneEdges(masked: Graph | undefined, bare: Graph | undefined, gone: ReadonlySet<string>): Graph["edges"] {
  return (masked?.edges ?? []).filter((_, index) => {
    const edge = bare?.edges[index];
    return edge !== undefined && gone.has(edgeKey(edge));
  });
}

function edgeKey({ from, to, label }: Graph["edges"][number]): string {
  return JSON.stringify([from, to, label]);
}

function maskNode({ id, type, role, properties }: GraphNode, mask: MaskedComparison["mask"]): GraphNode {
  const masked = mask({ ...properties });
  return {
    id: maskText(id, mask),
    type: maskText(type, mask),
    role,
    properties: isJsonObject(masked) ? masked : {},
  };
}

function maskText(text: string, mask: MaskedComparison["mask"]): string {
  const masked = mask(text);
  return typeof masked === "string" ? masked : MASK;
}

function maskTexts(value: JsonObject, mask: MaskedComparison["mask"]): JsonObject {
  return objectFrom(Object.entries(value).map(([key, item]) => [key, maskTextsIn(item, mask)]));
}

function maskTextsIn(value: Json, mask: MaskedComparison["mask"]): Json {
  if (typeof value === "string") return maskText(value, mask);
  if (isJsonArray(value)) return value.map((item) => maskTextsIn(item, mask));
  return isJsonObject(value) ? maskTexts(value, mask) : value;
}
