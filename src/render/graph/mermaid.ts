/**
 * A graph as a mermaid flowchart, for GitHub to draw in a pull-request comment.
 *
 * Everything from outside goes through `encode`, which leaves letters and digits alone and writes every other character as an entity, so
 * that no text can end its quotes, begin a directive, a list or a link, or be taken for HTML. Ids in the chart are made up.
 */
import type { Mark, MarkedEdge, MarkedGraph, MarkedNode, NodeRole } from "../../model/graph.ts";
import { describeNarrowing, narrowGraph } from "./narrow-graph.ts";
import { oneLine, textOf, withSign } from "./node-text.ts";

/** GitHub's mermaid draws nothing at all above 50,000 characters or 500 edges. */
const LONGEST_CHART = 45_000;
const MOST_EDGES = 450;
/** A picture of a difference with more nodes is narrowed to what changes. */
const MOST_NODES = 60;
/** And of that no more than a browser draws while one waits. */
const MOST_NARROWED = 150;

const MOST_PROPERTIES = 2;
const LONGEST_LINE = 64;
const LONGEST_LABEL = 120;

const MARKS = ["added", "removed", "changed"] as const;

const SHAPES: Readonly<Record<NodeRole, readonly [open: string, close: string]>> = {
  start: ["([", "])"],
  end: ["[[", "]]"],
  mail: ["[/", "/]"],
  decision: ["{{", "}}"],
  step: ["[", "]"],
};

/** Borders differ in width and dashes, so that the marks are told apart without colour; text is dark on light in either theme. */
const CLASSES: Readonly<Record<Exclude<Mark, "same"> | "note", string>> = {
  added: "fill:#dafbe1,stroke:#116329,stroke-width:4px,color:#0b2e13",
  removed: "fill:#ffebe9,stroke:#a40e26,stroke-width:2px,stroke-dasharray:6 4,color:#4c0711",
  changed: "fill:#fff8c5,stroke:#7d4e00,stroke-width:3px,stroke-dasharray:2 2,color:#3b2300",
  note: "fill:#f6f8fa,stroke:#57606a,stroke-dasharray:1 3,color:#24292f",
};

/**
 * Mermaid source that GitHub draws: at most 45,000 characters and 450 edges. A difference that is too large is narrowed to what changes and
 * its neighbours, and a node says so. The same graph gives the same text. Secrets must be masked before.
 */
export function renderMermaid(graph: MarkedGraph): string {
  const hasMarks = [...graph.nodes, ...graph.edges].some(({ mark }) => mark !== "same");
  const whole = draw(graph, undefined);
  if (fits(whole, graph) && (!hasMarks || graph.nodes.length <= MOST_NODES)) return whole;
  const isSmall = (part: MarkedGraph) => part.nodes.length <= MOST_NARROWED && fits(draw(part, undefined), part);
  const narrowed = narrowGraph(graph, isSmall);
  return draw(narrowed, describeNarrowing(graph, narrowed));
}

/** Leaves room for the note. */
function fits(chart: string, { edges }: MarkedGraph): boolean {
  return chart.length <= LONGEST_CHART - 500 && edges.length <= MOST_EDGES;
}

function draw({ title, nodes, edges }: MarkedGraph, note: string | undefined): string {
  const nameById = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const drawn = edges.flatMap((edge) => {
    const [from, to] = [nameById.get(edge.from), nameById.get(edge.to)];
    return from === undefined || to === undefined ? [] : [{ edge, from, to }];
  });
  return [
    "flowchart TD",
    `accTitle: ${encode(cut(oneLine(title), LONGEST_LABEL)) || "graph"}`,
    ...nodes.map((node) => `${nameById.get(node.id)}${drawNode(node)}`),
    ...(note === undefined ? [] : [`note["${encode(note)}"]`]),
    ...drawn.map(({ edge, from, to }) => `${from} ${arrow(edge)} ${to}`),
    ...classLines("note", note === undefined ? [] : ["note"]),
    ...MARKS.flatMap((mark) =>
      classLines(
        mark,
        nodes.flatMap((node) => (node.mark === mark ? [nameById.get(node.id) ?? ""] : [])),
      ),
    ),
    "",
  ].join("\n");
}

/** Nothing for a class that no node has. */
function classLines(name: keyof typeof CLASSES, nodes: readonly string[]): readonly string[] {
  return nodes.length === 0 ? [] : [`classDef ${name} ${CLASSES[name]}`, `class ${nodes.join(",")} ${name}`];
}

function drawNode(node: MarkedNode): string {
  const { heading, lines } = textOf(node, MOST_PROPERTIES, LONGEST_LINE);
  const [open, close] = SHAPES[node.role];
  const small = lines.filter((line) => line !== "").map((line) => encode(cut(line, LONGEST_LINE)));
  return `${open}"${[encode(cut(heading, LONGEST_LABEL)), ...small].join("<br/>")}"${close}`;
}

/** Added connections are thick, removed ones dotted. */
function arrow({ mark, label }: MarkedEdge): string {
  const line = { same: "-->", added: "==>", removed: "-.->" }[mark];
  const text = encode(cut(withSign(mark, oneLine(label)), LONGEST_LABEL));
  return text === "" ? line : `${line}|"${text}"|`;
}

function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : text;
}

/** What mermaid turns into a formula, an icon, or (twice decoded) another character; a space of no width takes the meaning away. */
const MEANT_FOR_MERMAID = /\$(?=\$)|:(?=fa-)|ﬂ(?=°)|¶(?=ß)/gu;

/** Mermaid's own form of entities: `#`, the code point in decimal, `;`. */
function encode(text: string): string {
  const tame = text.toWellFormed().replace(MEANT_FOR_MERMAID, "$&\u200b");
  return tame.replace(/[^\p{L}\p{N} _,='.]/gu, (character) => `#${character.codePointAt(0)};`);
}
