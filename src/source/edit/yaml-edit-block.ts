import { objectFrom } from "../../model/json.ts";
import type { Page } from "./yaml-edit-page.ts";
import type { YamlEntry, YamlNode } from "./yaml-nodes.ts";
import { makeFindLike } from "./yaml-render.ts";
import type { Addition, Steps } from "./yaml-steps.ts";

/**
 * Removes and adds entries of a collection that is written without brackets, one or more lines for each entry.
 *
 * With an entry go: its lines and what is written behind it on them; comment lines below that stand further in than the entry; and
 * comment lines right above, without a blank line between, that stand as far in as the entry. Every other comment stays.
 */
export function editBlock(page: Page, node: YamlNode, { kept, added }: Steps): void {
  const first = node.entries[0];
  if (first === undefined) return;
  const column = page.lines.columnOf(first.start);
  const isCompact = !isFirstOnLine(page, first.start);
  const firstKept = Math.min(...kept.keys());
  const findLike = makeFindLike(node.entries);
  const write = (additions: readonly Addition[] = []) => writeAdditions(page, node, { additions, column, findLike });
  addBefore(page, node, { lines: write(added.get(-1)), column, isCompact });
  if (isCompact && firstKept > 0) pullUp(page, node, firstKept);
  for (const [index, entry] of node.entries.entries()) {
    if (!kept.has(index) && !(isCompact && index < firstKept)) removeLines(page, node, index);
    const lines = write(added.get(index));
    if (lines.length > 0) addBelow(page, findLastLineEnd(page, entry), lines);
  }
}

/** At the start of the next line: what stands on the lines above may be removed. */
function addBelow({ lines, look, edits }: Page, end: number, added: readonly string[]): void {
  const start = lines.nextAfter(end);
  const hasNext = start > end;
  const text = added.map((line) => (hasNext ? line + look.newline : look.newline + line)).join("");
  edits.push({ start, end: start, text });
}

interface Added {
  readonly additions: readonly Addition[];
  readonly column: number;
  readonly findLike: ReturnType<typeof makeFindLike>;
}

function writeAdditions({ renderer }: Page, node: YamlNode, { additions, column, findLike }: Added): readonly string[] {
  return additions.flatMap(({ key, value, original }) =>
    key === null
      ? renderer.item(value, column, original ?? findLike(value))
      : renderer.pairs(objectFrom([[key, value]]), column, node),
  );
}

interface Before {
  readonly lines: readonly string[];
  readonly column: number;
  /** The first entry stands on the line of the dash or key above it. */
  readonly isCompact: boolean;
}

function addBefore(page: Page, node: YamlNode, { lines, column, isCompact }: Before): void {
  const { newline } = page.look;
  const first = node.entries[0];
  if (first === undefined || lines.length === 0) return;
  const text = lines.map((line) => line + newline).join("");
  const start = isCompact ? first.start : findFirstLineStart(page, first, 0);
  page.edits.push({ start, end: start, text: isCompact ? text.trimStart() + " ".repeat(column) : text });
}

/** Removes the entries before the first that stays; it, or the comment that belongs to it, comes up to where they began. */
function pullUp(page: Page, node: YamlNode, firstKept: number): void {
  const [first, before, stays] = [node.entries[0], node.entries[firstKept - 1], node.entries[firstKept]];
  if (first === undefined || before === undefined || stays === undefined) return;
  const top = findFirstLineStart(page, stays, findLastLineEnd(page, before));
  const end = top + (/^[ \t]*/.exec(page.text.slice(top, stays.start))?.[0].length ?? 0);
  page.edits.push({ start: first.start, end, text: "" });
}

function removeLines(page: Page, node: YamlNode, index: number): void {
  const { lines } = page;
  const entry = node.entries[index];
  if (entry === undefined) return;
  const before = node.entries[index - 1];
  const start = findFirstLineStart(page, entry, before === undefined ? 0 : findLastLineEnd(page, before));
  page.edits.push({ start, end: lines.nextAfter(findLastLineEnd(page, entry)), text: "" });
}

/** Where the comment lines begin that belong to an entry, or its own line; never before the line behind `floor`. */
function findFirstLineStart({ text, lines }: Page, entry: YamlEntry, floor: number): number {
  const own = lines.startOf(entry.start);
  const column = entry.start - own;
  let start = own;
  while (start > floor) {
    const above = lines.startOf(start - 1);
    if (above < floor) break;
    const line = text.slice(above, start);
    if (line.search(/\S/) !== column || line[column] !== "#") break;
    start = above;
  }
  return start;
}

/** Where the last line ends that belongs to an entry, without its line break. */
function findLastLineEnd({ text, lines }: Page, entry: YamlEntry): number {
  const column = lines.columnOf(entry.start);
  let end = lines.endOf(Math.max(entry.value.end, entry.slot));
  for (;;) {
    const below = lines.nextAfter(end);
    const line = text.slice(below, lines.endOf(below));
    const indent = line.search(/\S/);
    if (below <= end || indent <= column || line[indent] !== "#") return end;
    end = lines.endOf(below);
  }
}

function isFirstOnLine({ text, lines }: Page, offset: number): boolean {
  return text.slice(lines.startOf(offset), offset).trim() === "";
}
