export type Style = "added" | "removed" | "changed" | "faint" | "strong" | "error" | "warning";

/** Colours a piece of text, or leaves it as it is. Renderers take one, so that they need not know what they write to. */
export type Paint = (style: Style, text: string) => string;

export const plainPaint: Paint = (_style, text) => text;

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  added: [32, 39],
  removed: [31, 39],
  changed: [33, 39],
  faint: [2, 22],
  strong: [1, 22],
  error: [31, 39],
  warning: [33, 39],
};

/** Colours for terminals that understand ANSI sequences. */
export const terminalPaint: Paint = (style, text) => {
  const [on, off] = CODES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};

/**
 * Text from outside (manifests, live answers) made safe to print: control characters, which could move a terminal's cursor or
 * change its colours, and those that turn the direction of writing, are shown as escapes.
 */
export function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, escapeCharacter);
}

/** As `printable`, on one line: what stands without quotes must not begin a line of its own. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n");
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
