import { type Json, objectFrom } from "../../model/json.ts";
import type { YamlEntry, YamlNode } from "./yaml-nodes.ts";

/** A node while its document is read; its end, and the places of its entries, are looked for afterwards. */
export interface DraftNode {
  readonly type: YamlNode["type"];
  readonly style: YamlNode["style"];
  readonly start: number | null;
  readonly outerStart: number | null;
  readonly end: number | null;
  readonly anchor: string | null;
  readonly aliasOf: string | null;
  readonly scalar: Json;
  readonly keepsBlankLines: boolean;
  /** Keys and values of a mapping alternate. */
  readonly children: DraftNode[];
}

/** Where white space, line breaks and comments from `at` on are over. */
export function skipBlank(text: string, at: number): number {
  let end = at;
  for (;;) {
    const character = text[end];
    if (character === "#") {
      while (end < text.length && text[end] !== "\n" && text[end] !== "\r") end++;
    } else if (character === " " || character === "\t" || character === "\n" || character === "\r") end++;
    else return end;
  }
}

/** Looks for what the parser does not tell: colons, dashes, closing brackets, and where a collection ends. */
export class NodePlacer {
  readonly #text: string;
  readonly #anchors = new Map<string, Json>();

  constructor(text: string) {
    this.#text = text;
  }

  place(draft: DraftNode, slot: number): YamlNode {
    const node = this.#placeInner(draft, slot);
    if (draft.anchor !== null) this.#anchors.set(draft.anchor, node.value);
    return node;
  }

  #placeInner(draft: DraftNode, slot: number): YamlNode {
    const { type, style, anchor, aliasOf } = draft;
    const start = draft.start ?? slot;
    const shared = { type, style, start, outerStart: draft.outerStart ?? start, anchor, aliasOf };
    if (type === "mapping") return { ...shared, ...this.#placePairs(draft, start) };
    if (type === "sequence") return { ...shared, ...this.#placeItems(draft, start) };
    const value = aliasOf === null ? draft.scalar : (this.#anchors.get(aliasOf) ?? null);
    const isLinked = anchor !== null || aliasOf !== null;
    return { ...shared, end: this.#findScalarEnd(draft, start), value, entries: [], isOdd: false, isLinked };
  }

  /** A block ends with its last line that is more than blank; one that keeps its blank lines ends with the last of them. */
  #findScalarEnd({ style, end, keepsBlankLines }: DraftNode, start: number): number {
    if (end === null) return start;
    if (style !== "literal" && style !== "folded") return end;
    if (keepsBlankLines) return end - (this.#text.slice(start, end).match(/(?:\r\n|\r|\n)$/)?.[0].length ?? 0);
    return this.#skipBlankLinesBack(end);
  }

  #placePairs({ style, anchor, children }: DraftNode, start: number) {
    const isFlow = style === "flow";
    const entries: YamlEntry[] = [];
    let isOdd = isFlow && this.#text[start] !== "{";
    let at = isFlow && !isOdd ? start + 1 : start;
    for (let index = 0; index + 1 < children.length; index += 2) {
      const [key, value] = [children[index], children[index + 1]];
      if (key === undefined || value === undefined) continue;
      const keyStart = key.outerStart ?? at;
      const keyEnd = key.end ?? keyStart;
      const between = skipBlank(this.#text, at);
      const colon = isFlow ? skipBlank(this.#text, keyEnd) : this.#skipSpaces(keyEnd);
      const isPlain =
        keyStart === (isFlow && this.#text[between] === "," ? skipBlank(this.#text, between + 1) : between);
      if (!isPlain || key.start === null || key.type !== "scalar" || this.#text[colon] !== ":") isOdd = true;
      const slot = this.#text[colon] === ":" ? colon + 1 : keyEnd;
      const placed = this.place(value, slot);
      entries.push({ key: String(key.scalar), keyEnd, start: keyStart, slot, value: placed });
      at = Math.max(placed.end, slot);
    }
    const value = objectFrom(entries.map((entry) => [entry.key ?? "", entry.value.value]));
    const end = isFlow && this.#text[start] === "{" ? this.#findClosing(at, "}") : at;
    return { end, value, entries, isOdd, isLinked: anchor !== null || hasLinks(entries) };
  }

  #placeItems({ style, anchor, children }: DraftNode, start: number) {
    const isFlow = style === "flow";
    const entries: YamlEntry[] = [];
    let isOdd = false;
    let at = isFlow ? start + 1 : start;
    for (const child of children) {
      const found = skipBlank(this.#text, at);
      if (!isFlow && this.#text[found] !== "-") isOdd = true;
      const slot = isFlow ? (child.outerStart ?? found) : found + 1;
      const placed = this.place(child, slot);
      entries.push({ key: null, keyEnd: slot, start: isFlow ? placed.outerStart : found, slot, value: placed });
      at = Math.max(placed.end, slot);
    }
    const end = isFlow ? this.#findClosing(at, "]") : at;
    const value = entries.map((entry) => entry.value.value);
    return { end, value, entries, isOdd, isLinked: anchor !== null || hasLinks(entries) };
  }

  /** Before the line breaks, and lines of spaces, that end at `end`. */
  #skipBlankLinesBack(end: number): number {
    let [last, at] = [end, end];
    for (;;) {
      const character = this.#text[at - 1];
      if (character === "\n" || character === "\r") last = at - 1;
      else if (character !== " " && character !== "\t") return last;
      at--;
    }
  }

  #skipSpaces(at: number): number {
    let end = at;
    while (this.#text[end] === " " || this.#text[end] === "\t") end++;
    return end;
  }

  /** Nothing but white space, comments, commas and the marks of empty values stands between the last value and its bracket. */
  #findClosing(at: number, bracket: string): number {
    let end = skipBlank(this.#text, at);
    while (end < this.#text.length && this.#text[end] !== bracket) end = skipBlank(this.#text, end + 1);
    return Math.min(end + 1, this.#text.length);
  }
}

function hasLinks(entries: readonly YamlEntry[]): boolean {
  return entries.some(({ value }) => value.isLinked);
}
