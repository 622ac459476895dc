/** What a picture says inside a node, whatever it is drawn with: a heading, and a few lines that matter to a reader. */
import type { GraphNode, Mark, MarkedNode } from "../../model/graph.ts";
import { isJsonArray, isJsonObject, type Json } from "../../model/json.ts";
import { printable } from "../paint.ts";
import { shortenSides } from "./both-sides.ts";
import { columnsOf, cutToColumns } from "./text-lines.ts";

/** In front of whatever is marked, so that no mark hangs on colour. The minus is the true one: a hyphen begins a list in markdown. */
export const SIGNS: Readonly<Record<Mark, string>> = { same: "", added: "+", removed: "−", changed: "~" };

/** What the signs mean, for a picture's legend and for who cannot see it. */
export const MARK_WORDS: Readonly<Record<Mark, string>> = {
  same: "unchanged",
  added: "added",
  removed: "removed",
  changed: "changed",
};

export interface NodeText {
  readonly heading: string;
  /** One thing each, of any length. */
  readonly lines: readonly string[];
}

const MOST_DIFFERENCES = 5;
/** Longer values are cut before they are drawn; the picture may cut them shorter. */
const LONGEST_VALUE = 400;
/** Of what there is room for, a property's name takes up no more than this part. */
const NAME_SHARE = 0.5;
/** A side of a difference that is longer is cut in any case. */
const ROOM_AT_MOST = 2 * LONGEST_VALUE;

/**
 * A node that changes says what changes, live → desired; any other its type and its first properties. `room` is how many columns the
 * picture has for a difference: each is cut so that both of its sides can be read in them.
 */
export function textOf(node: MarkedNode, mostProperties: number, room: number = ROOM_AT_MOST): NodeText {
  const heading = withSign(node.mark, oneLine(node.id) || "(no id)");
  if (node.live !== undefined) return { heading, lines: [oneLine(node.type), ...differences(node.live, node, room)] };
  const properties = Object.entries(node.properties).slice(0, mostProperties);
  return {
    heading,
    lines: [oneLine(node.type), ...properties.map(([key, value]) => `${oneLine(key)}: ${brief(value)}`)],
  };
}

/** The sign and the text. The space between them does not break, for "+ " would begin a list in markdown. */
export function withSign(mark: Mark, text: string): string {
  return mark === "same" ? text : `${SIGNS[mark]}\u00a0${text}`.trimEnd();
}

/** Text from outside on one line, without what a terminal or a viewer would act on. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/gu, " ").trim());
}

function differences(live: GraphNode, desired: GraphNode, room: number): readonly string[] {
  const before = leavesOf({ type: live.type, ...prefixed(live.properties) });
  const after = leavesOf({ type: desired.type, ...prefixed(desired.properties) });
  const lines: string[] = [];
  for (const [path, value] of after) {
    const old = before.get(path);
    const name = cutToColumns(nameOf(path), Math.floor(room * NAME_SHARE));
    if (old === undefined) lines.push(cutToColumns(`+\u00a0${name}: ${brief(value)}`, room));
    else if (JSON.stringify(old) !== JSON.stringify(value))
      lines.push(`${name}: ${bothSides(old, value, room - columnsOf(name) - 2)}`);
  }
  for (const [path, value] of before) {
    if (!after.has(path)) lines.push(cutToColumns(`−\u00a0${nameOf(path)}: ${brief(value)}`, room));
  }
  const more = lines.length - MOST_DIFFERENCES;
  return more > 0 ? [...lines.slice(0, MOST_DIFFERENCES), `… and ${more} more`] : lines;
}

/** A property that is called `type` is not the node's type. */
function prefixed(properties: GraphNode["properties"]): GraphNode["properties"] {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [`.${key}`, value]));
}

function nameOf(path: string): string {
  return oneLine(path.replace(/^\./, ""));
}

/** The values inside a value, each by the way that leads to it; what is empty is a value itself. */
function leavesOf(value: Json, above = ""): ReadonlyMap<string, Json> {
  const children = isJsonObject(value) || isJsonArray(value) ? Object.entries(value) : [];
  if (children.length === 0) return new Map([[above, value]]);
  return new Map(children.flatMap(([key, child]) => [...leavesOf(child, above === "" ? key : `${above}.${key}`)]));
}

/** A value as people read it: texts without quotes, of objects the keys. */
function brief(value: Json): string {
  if (typeof value === "string") return oneLine(value.slice(0, LONGEST_VALUE));
  if (isJsonArray(value) && value.length > 0) return value.map(briefItem).join(", ").slice(0, LONGEST_VALUE);
  if (isJsonObject(value)) return oneLine(Object.keys(value).join(", ").slice(0, LONGEST_VALUE)) || "{}";
  return JSON.stringify(value);
}

/** Of an object in a list, its texts and numbers: `att_pdf_001 invoice.pdf`. */
function briefItem(item: Json): string {
  if (!isJsonObject(item))
    return isJsonArray(item) ? oneLine(JSON.stringify(item).slice(0, LONGEST_VALUE)) : brief(item);
  const plain = Object.values(item).filter((value) => !isJsonObject(value) && !isJsonArray(value));
  return plain.map(brief).join(" ") || "{}";
}

/** Two values that read the same are shown as JSON, where they do not (the number 5 and the text). */
function bothSides(live: Json, desired: Json, room: number): string {
  const [left, right] = [wholeText(live), wholeText(desired)];
  if (left !== right) return shortenSides(left, right, room);
  if (JSON.stringify(live) === JSON.stringify(desired)) return cutToColumns(`${left} (changes)`, room);
  return shortenSides(oneLine(JSON.stringify(live)), oneLine(JSON.stringify(desired)), room);
}

/** Not cut yet: two long texts may differ only at their ends. */
function wholeText(value: Json): string {
  return typeof value === "string" ? oneLine(value) : brief(value);
}
