/** Text broken into lines of known width, for pictures: whoever draws them has no font to measure with. */
import type { Size } from "./layout.ts";

/**
 * Every font of the stack is at most this wide, in font sizes a character: DejaVu Sans Mono and Menlo 0.602, Courier 0.6, Consolas 0.55.
 */
const CHARACTER_WIDTH = 0.61;
export const FONT_STACK = `ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace`;

/** Drawn twice as wide as letters: Chinese, Japanese, Korean, and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u;

export interface Lines {
  readonly lines: readonly string[];
  /** True when the text went on. */
  readonly isCut: boolean;
}

/** What is wide, or of two code units; and whatever else stands among that. */
const BEYOND_NARROW = /[\u1100-\uffff]/;

/** Letters' widths that a text takes up. */
export function columnsOf(text: string): number {
  if (!BEYOND_NARROW.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : 1;
  return columns;
}

/** The text, or as much of it as fits and an ellipsis. */
export function cutToColumns(text: string, mostColumns: number): string {
  return columnsOf(text) <= mostColumns ? text : withEllipsis(text, mostColumns);
}

/** Pixels that the longest of some lines takes up, and all of them together. */
export function measureLines(lines: readonly string[], fontSize: number, lineHeight: number): Size {
  const columns = Math.max(0, ...lines.map(columnsOf));
  return { width: widthOf(columns, fontSize), height: lines.length * lineHeight };
}

export function widthOf(columns: number, fontSize: number): number {
  return Math.ceil(columns * fontSize * CHARACTER_WIDTH * 10) / 10;
}

/** Breaks a text between words, or inside one that is longer than a line. At most `mostLines`; the last ends in … when the text goes on. */
export function wrapText(text: string, mostColumns: number, mostLines: number): Lines {
  const lines: string[] = [];
  let line = "";
  for (const word of reachOf(text, mostColumns, mostLines).flatMap((whole) => breakWord(whole, mostColumns))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (columnsOf(longer) <= mostColumns) line = longer;
    else {
      lines.push(line);
      line = word;
    }
    if (lines.length > mostLines) break;
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  if (lines.length <= mostLines) return { lines, isCut: false };
  const last = lines[mostLines - 1] ?? "";
  return { lines: [...lines.slice(0, mostLines - 1), withEllipsis(last, mostColumns)], isCut: true };
}

/** The words that lines can reach, and some more, so that it shows that the text goes on: to break all of a long one would take minutes. */
function reachOf(text: string, mostColumns: number, mostLines: number): readonly string[] {
  const characters = (mostColumns + 1) * (mostLines + 1);
  // A character takes up two places at most.
  return text.slice(0, 2 * characters).split(" ");
}

function withEllipsis(line: string, mostColumns: number): string {
  const characters = [...line];
  return `${characters
    .slice(0, fittingStart(characters, mostColumns - 1))
    .join("")
    .trimEnd()}…`;
}

/** Ids break after their separators where they can. */
function breakWord(word: string, mostColumns: number): readonly string[] {
  if (columnsOf(word) <= mostColumns) return [word];
  const pieces: string[] = [];
  let rest = [...word];
  while (columnsOf(rest.join("")) > mostColumns) {
    const fitting = fittingStart(rest, mostColumns);
    const separator = rest.slice(0, fitting).findLastIndex((character) => "_-./:".includes(character)) + 1;
    const at = separator > fitting / 2 ? separator : fitting;
    pieces.push(rest.slice(0, at).join(""));
    rest = rest.slice(at);
  }
  return [...pieces, rest.join("")];
}

function fittingStart(characters: readonly string[], mostColumns: number): number {
  let columns = 0;
  for (const [index, character] of characters.entries()) {
    columns += columnsOf(character);
    if (columns > mostColumns) return Math.max(1, index);
  }
  return characters.length;
}
