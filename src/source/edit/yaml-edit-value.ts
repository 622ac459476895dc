import type { Json } from "../../model/json.ts";
import type { Page } from "./yaml-edit-page.ts";
import type { YamlNode } from "./yaml-nodes.ts";

/** Where a value stands. */
export interface ValuePlace {
  /** Behind its colon or dash; null at the root. */
  readonly slot: number | null;
  /** The column of its key or dash; -1 at the root. */
  readonly indent: number;
  readonly isItem: boolean;
  readonly inFlow: boolean;
}

/** Puts a scalar where another stands, keeping an anchor. False, with nothing done, when that takes more than its own place. */
export function replaceScalar(
  page: Page,
  node: YamlNode,
  wanted: Exclude<Json, object> | null,
  place: ValuePlace,
): boolean {
  if (["empty", "literal", "folded"].includes(node.style)) return false;
  const { slot, indent, isItem, inFlow } = place;
  const column = page.lines.columnOf(node.start);
  const { head, body } =
    inFlow || slot === null
      ? { head: page.renderer.scalar(wanted, node, inFlow), body: [] }
      : page.renderer.render(wanted, { column, indent, isItem, like: node });
  if (body.length > 0) return false;
  const hasTag = page.text.slice(node.outerStart, node.start).includes("!");
  const anchor = hasTag && node.anchor !== null ? `&${node.anchor} ` : "";
  page.edits.push({ start: hasTag ? node.outerStart : node.start, end: node.end, text: anchor + head });
  return true;
}

/** Puts any value where another stands. Comments in what is replaced go with it; one behind its key, or behind its end, stays. */
export function replaceValue(page: Page, node: YamlNode, wanted: Json, place: ValuePlace): void {
  const { slot, indent, isItem, inFlow } = place;
  if (inFlow) {
    const text = page.renderer.flow(wanted, node, {
      column: page.lines.columnOf(node.start),
      indent: indentOf(page, node),
    });
    const isNothing = node.style === "empty" && node.outerStart === node.start;
    page.edits.push({ start: node.outerStart, end: node.end, text: isNothing ? ` ${text}` : text });
    return;
  }
  const column = slot === null ? 0 : page.lines.columnOf(slot) + 1;
  const { head, body } = page.renderer.render(wanted, { column, indent, isItem, like: node });
  if (slot === null) replaceRoot(page, node, head, body);
  else if (isItem && head === "") putBehind(page, node, slot, body[0]?.trimStart() ?? "", body.slice(1));
  else putBehind(page, node, slot, head, body);
}

function replaceRoot({ edits, lines, look, text }: Page, node: YamlNode, head: string, body: readonly string[]): void {
  const written = (head === "" ? body : [head, ...body]).join(look.newline);
  if (look.isJson) {
    edits.push({ start: node.outerStart, end: node.end, text: written });
    return;
  }
  const lineStart = lines.startOf(node.outerStart);
  const isFirst = text.slice(lineStart, node.outerStart).trim() === "";
  const isInline = node.style !== "block" && !/^[|>]/.test(text.slice(node.start, node.start + 1));
  const end = isInline && body.length === 0 ? node.end : lines.endOf(node.end);
  edits.push({
    start: isFirst ? lineStart : node.outerStart,
    end,
    text: (isFirst || head !== "" ? "" : look.newline) + written,
  });
}

/** Writes `head` behind a colon or dash, and `body` below the line. */
function putBehind(
  { edits, lines, look, text }: Page,
  node: YamlNode,
  slot: number,
  head: string,
  body: readonly string[],
): void {
  const above = head === "" ? "" : ` ${head}`;
  const below = body.map((line) => look.newline + line).join("");
  const lineEnd = lines.endOf(slot);
  const isNothing = node.style === "empty" && node.outerStart === node.start;
  if (isNothing || node.outerStart > lineEnd) {
    edits.push({ start: slot, end: slot, text: above });
    edits.push({ start: lineEnd, end: isNothing ? lineEnd : lines.endOf(node.end), text: below });
  } else if (node.style === "block") {
    edits.push({ start: slot, end: lines.endOf(node.end), text: above + below });
  } else if (node.style === "literal" || node.style === "folded") {
    const header = /^[|>][-+0-9]*/.exec(text.slice(node.start, node.start + 3))?.[0].length ?? 1;
    const headerLine = lines.endOf(node.start);
    edits.push({ start: slot, end: node.start + header, text: above });
    edits.push({ start: headerLine, end: Math.max(headerLine, node.end), text: below });
  } else {
    const end = lines.endOf(node.end);
    edits.push({ start: slot, end: node.end, text: above });
    edits.push({ start: end, end, text: below });
  }
}

function indentOf({ text, lines }: Page, node: YamlNode): number {
  return Math.max(0, text.slice(lines.startOf(node.start)).search(/[^ ]/));
}
