import { type Figure, formatValue, isMet } from "./figures.ts";

const HEAD = ["", "figure", "measured", "target", "", "made of"];

/** The figures as one table for a terminal. */
export function printTable(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(toRow)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** The same as a table of a markdown page. */
export function markdownTable(figures: readonly Figure[]): string {
  const rows = [HEAD, HEAD.map(() => "---"), ...figures.map(toRow)];
  return rows.map((row) => `| ${row.join(" | ")} |\n`).join("");
}

function toRow(figure: Figure): readonly string[] {
  const { id, what, value, target, detail } = figure;
  const asked = target === undefined ? "" : `<= ${formatValue(target, figure)}`;
  const verdict = target === undefined ? "" : isMet(figure) ? "met" : "MISSED";
  return [id, what, formatValue(value, figure), asked, verdict, detail];
}
