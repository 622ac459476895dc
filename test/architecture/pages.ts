/** The pages in docs/, cut into what the tests compare with the code. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));

export function readPage(name: string): string {
  return readFileSync(`${DOCS}${name}`, "utf8");
}

export interface Section {
  readonly title: string;
  readonly level: number;
  /** Up to the next heading of any level. */
  readonly text: string;
}

/** The headings below the title, each with its own text. Headings inside fenced blocks are none. */
export function sectionsOf(page: string): readonly Section[] {
  const outside = page.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/^#/gm, " "));
  const heads = [...outside.matchAll(/^(#{2,4}) (.+)$/gm)];
  return heads.map((head, index) => ({
    title: head[2] ?? "",
    level: head[1]?.length ?? 0,
    text: outside.slice(head.index + head[0].length, heads[index + 1]?.index),
  }));
}

export function sectionOf(page: string, title: string): Section {
  const found = sectionsOf(page).find((section) => section.title === title);
  if (found === undefined) throw new Error(`the page has no section "${title}"`);
  return found;
}

/** The bodies of the fenced blocks whose opening line is exactly this: `yaml manifest`. */
export function blocksOf(page: string, info: string): readonly string[] {
  return [...page.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)]
    .filter(([, of]) => of === info)
    .map(([, , body]) => body ?? "");
}

/** The rows of a section's tables whose first cell begins with a code span: that span, and the text of the other cells. */
export function rowsOf(text: string): readonly (readonly [name: string, ...cells: string[]])[] {
  return text.split("\n").flatMap((line): [string, ...string[]][] => {
    const [first = "", ...cells] = line
      .replaceAll("\\|", "\u0000")
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("\u0000", "|"));
    const name = /^`([^`]+)`/.exec(first)?.[1];
    return name === undefined ? [] : [[name, ...cells]];
  });
}

/** What stands in a cell's only code span, or undefined. */
export function codeIn(cell: string | undefined): string | undefined {
  return /^`([^`]+)`$/.exec(cell ?? "")?.[1];
}

/** A heading as the anchor that it gets. */
export function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

/** Where the page's links lead, outside fenced blocks. */
export function linksOf(page: string): readonly string[] {
  const outside = page.replace(/^```[\s\S]*?^```$/gm, "");
  return [...outside.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? "");
}
