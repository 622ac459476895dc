import type { Json } from "../../model/json.ts";
import type { YamlNode } from "./yaml-nodes.ts";

/** Where a scalar is to stand. */
export interface ScalarPlace {
  /** Within brackets, where commas and brackets end a plain text. */
  readonly inFlow: boolean;
  readonly isJson: boolean;
  /** How the text that stands there, or its siblings, are written. */
  readonly style: YamlNode["style"] | undefined;
}

// Beyond what YAML cannot hold as it is, marks that editors hide or that end a line for some readers.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u00a0\ufeff\ufffe\uffff]/u;
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, "gu");

/** What some reader of YAML, of whatever version, takes for something else than text. */
const MEANS_SOMETHING = /^(?:null|true|false|yes|no|on|off|y|n|<<|=)$/i;
const LOOKS_LIKE_NUMBER = /^[-+.]?[0-9][-+0-9_.:,a-fox]*$|^[0-9]{4}-[0-9]{2}|^[-+]?\.(?:inf|nan)$/i;

/** A scalar on one line, in the style that stands there where that can hold it. */
export function writeScalar(value: Exclude<Json, object> | null, place: ScalarPlace): string {
  if (typeof value === "number") return writeNumber(value);
  if (typeof value !== "string") return String(value);
  if (place.isJson || place.style === "double") return writeDoubleQuoted(value);
  const canBeSingle = !UNPRINTABLE.test(value);
  if (place.style === "single" && canBeSingle) return writeSingleQuoted(value);
  if (place.style !== "single" && isPlain(value, place.inFlow)) return value;
  return canBeSingle && /["\\]/.test(value) && !value.includes("'")
    ? writeSingleQuoted(value)
    : writeDoubleQuoted(value);
}

/** Digits that a number would lose are refused when they are read; with a fraction they are read as what they are. */
function writeNumber(value: number): string {
  const text = JSON.stringify(value === 0 ? 0 : value);
  return Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?[0-9]+$/.test(text) ? `${text}.0` : text;
}

/** JSON text, which YAML reads the same, with every character escaped that YAML or an editor would trip over. */
function writeDoubleQuoted(value: string): string {
  return JSON.stringify(value).replace(
    ALL_UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function writeSingleQuoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** Whether a text can stand without quotes, and no reader takes it for something else. Stricter than YAML asks. */
function isPlain(value: string, inFlow: boolean): boolean {
  if (value === "" || value !== value.trim() || UNPRINTABLE.test(value)) return false;
  if (/^[-?:,[\]{}#&*!|>'"%@`~.]/.test(value) || /:(?:\s|$)|\s#|[{}]/.test(value)) return false;
  if (inFlow && /[,[\]]/.test(value)) return false;
  return !MEANS_SOMETHING.test(value) && !LOOKS_LIKE_NUMBER.test(value);
}

export interface TextBlock {
  readonly header: string;
  /** Without indentation. */
  readonly lines: readonly string[];
}

/**
 * A text as a block: over several lines, or where a block stands. undefined when a block cannot hold it, or quotes stand there.
 * A folded one is broken at `width` columns.
 */
export function writeTextBlock(
  value: string,
  style: YamlNode["style"] | undefined,
  width: number,
): TextBlock | undefined {
  const isBlock = style === "literal" || style === "folded";
  if (style === "single" || style === "double" || !(isBlock || value.includes("\n"))) return undefined;
  if (/^\s/.test(value) || value.trim() === "" || value.split("\n").some(isAwkward)) return undefined;
  const body = value.replace(/\n$/, "");
  // Such a block would have to keep the blank lines behind it, whoever adds or removes some.
  if (body.endsWith("\n")) return undefined;
  const chomping = body === value ? "-" : "";
  // A folded block keeps the breaks around lines that begin with a space, and ours does not end in one.
  if (style !== "folded" || /^ | $/m.test(body)) return { header: `|${chomping}`, lines: body.split("\n") };
  // There, one line break is a space, and each further one is a line break.
  const lines = body.replace(/\n+/g, "$&\n").split("\n");
  return { header: `>${chomping}`, lines: lines.flatMap((line) => foldLine(line, width)) };
}

function isAwkward(line: string): boolean {
  return /^\s+$/.test(line) || UNPRINTABLE.test(line);
}

/** Breaks a line at single spaces only: two in a row would not come back. */
function foldLine(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of line.split(/(?<! ) (?! )/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
