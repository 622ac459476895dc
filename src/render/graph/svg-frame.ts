/** What is around a picture: its title, the words for who cannot see it, its style, and what the signs mean. */
import type { MarkedGraph } from "../../model/graph.ts";
import { escapeXml } from "../xml.ts";
import type { Layout } from "./layout.ts";
import { MARK_WORDS, oneLine, SIGNS } from "./node-text.ts";
import { GRAPH_STYLE } from "./svg-style.ts";
import { SMALL, short } from "./svg-text.ts";
import { columnsOf, measureLines, widthOf, wrapText } from "./text-lines.ts";

const HEAD_HEIGHT = 40;
const LEGEND_PADDING = 16;
const MARGIN = 24;
const TITLE = { size: 15, columns: 60 };

/** The finished SVG around its parts. `note` says what was left out. */
export function drawFrame(
  graph: MarkedGraph,
  note: string | undefined,
  layout: Layout,
  parts: readonly string[],
): string {
  const title = wrapText(oneLine(graph.title), TITLE.columns, 1).lines[0] ?? "";
  const legend = [legendOf(graph), note ?? ""].filter((text) => text !== "").join("; ");
  const legendLines = wrapText(legend, Math.max(40, Math.floor(layout.width / 7)), 4).lines;
  const legendSize = measureLines(legendLines, SMALL.size, SMALL.height);
  const width = Math.ceil(
    Math.max(layout.width, widthOf(columnsOf(title), TITLE.size) + 2 * MARGIN, legendSize.width + 2 * MARGIN),
  );
  const below = HEAD_HEIGHT + layout.height;
  const height = below + (legend === "" ? 0 : legendSize.height + LEGEND_PADDING);
  const left = (y: number, name: string, text: string) =>
    `<text class="${name}" x="${MARGIN}" y="${short(y)}">${escapeXml(text)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="cxone-graph" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escapeXml(oneLine(graph.title) || "graph")}</title><desc>${escapeXml(describe(graph, note))}</desc>`,
    `<style>${GRAPH_STYLE}</style><rect class="paper" width="${width}" height="${height}"/>`,
    left(28, "title", title),
    `<g transform="translate(${short((width - layout.width) / 2)} ${HEAD_HEIGHT})">`,
    ...parts.filter((part) => part !== ""),
    "</g>",
    ...(legend === ""
      ? []
      : legendLines.map((line, index) => left(below + (index + 0.75) * SMALL.height, "legend", line))),
    "</svg>",
    "",
  ].join("\n");
}

/** The signs that the picture uses. */
function legendOf({ nodes, edges }: MarkedGraph): string {
  const marks = new Set([...nodes, ...edges].map(({ mark }) => mark));
  return (["added", "removed", "changed"] as const)
    .filter((mark) => marks.has(mark))
    .map((mark) => `${SIGNS[mark]} ${MARK_WORDS[mark]}${mark === "changed" ? " (live → desired)" : ""}`)
    .join("   ");
}

/** For who cannot see the picture. */
function describe({ nodes, edges }: MarkedGraph, note: string | undefined): string {
  const count = (list: readonly { readonly mark: string }[], word: string) => {
    const marks = (["added", "removed", "changed"] as const).flatMap((mark) => {
      const found = list.filter((one) => one.mark === mark).length;
      return found === 0 ? [] : [`${found} ${MARK_WORDS[mark]}`];
    });
    return `${word}: ${list.length}${marks.length === 0 ? "" : ` (${marks.join(", ")})`}`;
  };
  return [count(nodes, "nodes"), count(edges, "connections"), ...(note === undefined ? [] : [note])].join("; ");
}
