/**
 * Text from outside (manifests, live) inside GitHub's markdown. Each function gives a piece that stays inside its place whatever the
 * text is: no HTML, comment, link, picture, table, list or heading begins in it, nobody is mentioned by it, and no issue or commit.
 */
import { printable } from "../paint.ts";

/** Put between two characters, it keeps GitHub from reading them as one thing, and cannot be seen. */
const JOINER = "\u200d";

/** What may be a commit to GitHub: seven digits are the fewest that it takes for one. */
const COMMIT = /\b[0-9a-f]{7,}\b/gi;

/** Text for people, on one line. At most `most` characters of it, and … where there is more. */
export function prose(text: string, most: number): string {
  return oneLine(text, most)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*[\]~|$]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/[@#]/g, `$&${JOINER}`)
    .replace(/\b(gh)-(?=\d)/gi, `$1-${JOINER}`)
    .replace(/:(?=\/\/|[\w+-]+:)/g, `:${JOINER}`)
    .replace(/\bwww\./gi, `$&${JOINER}`)
    .replace(COMMIT, (digits) => digits.replace(/.{6}(?=.)/g, `$&${JOINER}`))
    .replace(/^[-+=]/, "\\$&")
    .replace(/^(\d+)([.)])/, "$1\\$2");
}

/** A name or value as it is written, in a code span. */
export function code(text: string, most: number): string {
  const line = oneLine(text, most);
  if (line === "") return "*(empty)*";
  const fence = "`".repeat(longestRun(line) + 1);
  // Markdown takes one space away at each end, where both are there.
  const isTight = !/^`|`$|^ .* $/.test(line);
  return isTight ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

/** Several lines as they are written, in a fenced block with a newline at its end. */
export function block(language: string, text: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${printable(text).replace(/\n$/, "")}\n${fence}\n`;
}

function oneLine(text: string, most: number): string {
  // Nobody reads what is much longer, and it would all be looked through for nothing.
  const start = text.slice(0, 8 * most);
  const line = printable(start.toWellFormed().replace(/\s+/gu, " ").trim());
  const characters = [...line];
  return characters.length > most || start.length < text.length ? `${characters.slice(0, most).join("")}…` : line;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
}
