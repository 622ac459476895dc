import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import type { Figure } from "./figures.ts";
import { markdownTable } from "./table.ts";

export const PAGE = join(import.meta.dirname, "../../docs/performance.md");
const FROM = "<!-- results: npm run bench -- --save writes what is between these lines -->";
const TO = "<!-- end of results -->";

/** The page with these results in it. Throws when the lines between which they belong are not there. */
export function putResults(page: string, figures: readonly Figure[]): string {
  const [from, to] = [page.indexOf(FROM), page.indexOf(TO)];
  if (from === -1 || to < from) throw new Error(`the page lacks the lines "${FROM}" and "${TO}"`);
  const machine = `${cpus().length} processors (${cpus()[0]?.model.trim() ?? "unknown"}), Node.js ${process.versions.node}`;
  return `${page.slice(0, from)}${FROM}\nMeasured on ${machine}.\n\n${markdownTable(figures)}${page.slice(to)}`;
}

export function saveResults(figures: readonly Figure[]): void {
  writeFileSync(PAGE, putResults(readFileSync(PAGE, "utf8"), figures));
}
