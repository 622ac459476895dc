/** What the tables of the reference pages say about fields, as plain text. */
import { readPage, rowsOf, sectionOf } from "../architecture/pages.ts";

/** By the field's path as the table writes it: `nodes[].id`. */
export type FieldDescriptions = ReadonlyMap<string, FieldDescription>;

export interface FieldDescription {
  readonly text: string;
  /** What counts where it is left out; empty where the table names nothing. */
  readonly byDefault: string;
}

export function describeFields(page: string, section: string): FieldDescriptions {
  const rows = rowsOf(sectionOf(readPage(page), section).text);
  return new Map(
    rows.map(([path, type = "", byDefault = "", means = ""]) => {
      const isSaid = byDefault === "required" || byDefault === "none";
      const text = [sentence(plain(means).replace(", see below", "")), saysMore(type) ? sentence(plain(type)) : ""];
      return [
        path,
        { text: text.join(" ").trim(), byDefault: isSaid || byDefault === "" ? "" : `Default: ${plain(byDefault)}.` },
      ];
    }),
  );
}

/** A schema says what is a text or a list; units, bounds and forms are worth a word. */
function saysMore(type: string): boolean {
  return /[\d`{]|^(milliseconds|URL|path|scopes)/.test(type);
}

function sentence(text: string): string {
  if (text === "") return "";
  const begun =
    /^[a-z]+[ ,;:.]/.test(text) || /^[a-z]+$/.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** Without links, code marks and escapes. */
export function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")
    .replaceAll("`", "")
    .replaceAll("\\|", "|")
    .replace(/\*([^*]+)\*/g, "$1")
    .trim();
}
