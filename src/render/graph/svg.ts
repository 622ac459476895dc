/**
 * A graph as one self-contained SVG: no script, no reference to anything outside. Widths are computed for a monospace font; a line
 * whose letters may come from another font is fitted into its width by the viewer.
 */
import type { MarkedEdge, MarkedGraph, MarkedNode, NodeRole } from "../../model/graph.ts";
import { escapeXml } from "../xml.ts";
import { type Box, layOut, type PlacedEdge } from "./layout.ts";
import { describeNarrowing, narrowGraph } from "./narrow-graph.ts";
import { MARK_WORDS, oneLine, textOf, withSign } from "./node-text.ts";
import { drawFrame } from "./svg-frame.ts";
import { arrowThrough, envelopeFlap, outline } from "./svg-shapes.ts";
import { drawLine, ID, LABEL, SMALL, short } from "./svg-text.ts";
import { type Lines, measureLines, wrapText } from "./text-lines.ts";

/** Larger pictures would take seconds to lay out (200 nodes with 400 edges: six), and nobody could read them. */
const MOST_NODES = 120;
const MOST_EDGES = 240;

const MOST_PROPERTIES = 2;
/** Lines that one property may take up; what changes is worth more of them. */
const LINES_A_PROPERTY = 2;
const LINES_A_DIFFERENCE = 5;
const LONGEST_TOOLTIP = 2000;
const PADDING: Readonly<Record<NodeRole, { readonly x: number; readonly top: number; readonly bottom: number }>> = {
  start: { x: 18, top: 10, bottom: 10 },
  end: { x: 18, top: 10, bottom: 10 },
  mail: { x: 14, top: 20, bottom: 10 },
  decision: { x: 16, top: 10, bottom: 10 },
  step: { x: 14, top: 10, bottom: 10 },
};
const PLATE = { x: 4, y: 2 };

/** Draws a graph. The same graph gives the same bytes. Secrets must be masked before. */
export function renderSvg(whole: MarkedGraph): string {
  const isSmall = ({ nodes, edges }: MarkedGraph) => nodes.length <= MOST_NODES && edges.length <= MOST_EDGES;
  const graph = isSmall(whole) ? whole : narrowGraph(whole, isSmall);
  const nodes = graph.nodes.map(writeNode);
  const placeById = new Map(graph.nodes.map(({ id }, index) => [id, index]));
  const edges = graph.edges.flatMap((edge) => {
    const [from, to] = [placeById.get(edge.from), placeById.get(edge.to)];
    return from === undefined || to === undefined ? [] : [{ from, to, ...writeEdge(edge) }];
  });
  const layout = layOut(nodes, edges);
  const lines = layout.edges.map((placed, index) => drawEdge(edges[index], placed));
  return drawFrame(whole, describeNarrowing(whole, graph), layout, [
    ...lines.map(({ line }) => line),
    ...nodes.map((node, index) => drawNode(node, layout.nodes[index])),
    ...lines.map(({ label }) => label),
  ]);
}

interface WrittenNode {
  readonly node: MarkedNode;
  readonly heading: readonly string[];
  readonly small: readonly string[];
  readonly width: number;
  readonly height: number;
}

function writeNode(node: MarkedNode): WrittenNode {
  const { heading, small } = writeTexts(node);
  const id = wrapText(heading, ID.columns, ID.lines).lines;
  const idSize = measureLines(id, ID.size, ID.height);
  const smallSize = measureLines(small, SMALL.size, SMALL.height);
  const { x, top, bottom } = PADDING[node.role];
  return {
    node,
    heading: id,
    small,
    width: Math.ceil(Math.max(idSize.width, smallSize.width) + 2 * x),
    height: Math.ceil(idSize.height + smallSize.height + top + bottom),
  };
}

/** A difference is cut where it is made, so that both of its sides are seen; how long it may be shows when it is broken into lines. */
function writeTexts(node: MarkedNode): { readonly heading: string; readonly small: readonly string[] } {
  const most = node.live === undefined ? LINES_A_PROPERTY : LINES_A_DIFFERENCE;
  const write = (room: number) => {
    const { heading, lines } = textOf(node, MOST_PROPERTIES, room);
    const wrapped = lines.filter((line) => line !== "").map((line) => wrapText(line, SMALL.columns, most));
    return { heading, small: wrapped.flatMap((one) => one.lines), isCut: wrapped.slice(1).some((one) => one.isCut) };
  };
  for (let lines = most; lines > 2; lines -= 1) {
    const written = write(lines * SMALL.columns);
    if (!written.isCut) return written;
  }
  return write(2 * SMALL.columns);
}

interface WrittenEdge {
  readonly edge: MarkedEdge;
  readonly text: Lines;
  readonly label: { readonly width: number; readonly height: number } | undefined;
}

function writeEdge(edge: MarkedEdge): WrittenEdge {
  const text = wrapText(withSign(edge.mark, oneLine(edge.label)), LABEL.columns, LABEL.lines);
  const { width, height } = measureLines(text.lines, LABEL.size, LABEL.height);
  return { edge, text, label: width === 0 ? undefined : { width: width + 2 * PLATE.x, height: height + 2 * PLATE.y } };
}

function drawNode({ node, heading, small }: WrittenNode, box: Box | undefined): string {
  if (box === undefined) return "";
  const { role, mark } = node;
  const top = box.y - box.height / 2 + PADDING[role].top;
  const smallTop = top + heading.length * ID.height;
  return [
    `<g class="node ${role} ${mark}"><title>${escapeXml(tooltipOf(node))}</title>`,
    `<path class="shape" d="${outline(role, box, 0)}"/>`,
    mark === "changed" ? `<path class="inner" d="${outline(role, box, 4)}"/>` : "",
    role === "mail" ? `<path class="flap" d="${envelopeFlap(box, 14)}"/>` : "",
    ...heading.map((line, index) => drawLine("id", line, box.x, top + (index + 0.75) * ID.height, ID.size)),
    ...small.map((line, index) => drawLine("small", line, box.x, smallTop + (index + 0.75) * SMALL.height, SMALL.size)),
    "</g>",
  ].join("");
}

/** Everything there is to say about a node, for who points at it. */
function tooltipOf(node: MarkedNode): string {
  const { heading, lines } = textOf(node, Number.POSITIVE_INFINITY);
  const [type = "", ...others] = lines;
  const text = [heading, [MARK_WORDS[node.mark], type].join(", "), ...others].join("\n");
  return text.length > LONGEST_TOOLTIP ? `${text.slice(0, LONGEST_TOOLTIP)}…` : text;
}

function drawEdge(
  written: WrittenEdge | undefined,
  placed: PlacedEdge,
): { readonly line: string; readonly label: string } {
  if (written === undefined) return { line: "", label: "" };
  const { edge, text } = written;
  const { line, head } = arrowThrough(placed.points);
  const title = `<title>${escapeXml(describeEdge(edge))}</title>`;
  return {
    line: `<g class="edge ${edge.mark}">${title}<path class="line" d="${line}"/><path class="head" d="${head}"/></g>`,
    label: placed.label === undefined ? "" : drawLabel(edge, text, placed.label),
  };
}

function drawLabel(edge: MarkedEdge, { lines }: Lines, { x, y, width, height }: Box): string {
  const top = y - height / 2;
  const texts = lines.map((line, index) =>
    drawLine("", line, x, top + PLATE.y + (index + 0.75) * LABEL.height, LABEL.size),
  );
  const plate = `<rect class="plate" x="${short(x - width / 2)}" y="${short(top)}" width="${short(width)}" height="${short(height)}" rx="3"/>`;
  return `<g class="label ${edge.mark}"><title>${escapeXml(describeEdge(edge))}</title>${plate}${texts.join("")}</g>`;
}

function describeEdge({ from, to, label, mark }: MarkedEdge): string {
  const what = label === "" ? "" : `: ${oneLine(label)}`;
  return `${oneLine(from)} → ${oneLine(to)}${what}${mark === "same" ? "" : ` (${MARK_WORDS[mark]})`}`;
}
