import { plural } from "./findings.ts";
import { summarizeOutcomes } from "./outcomes.ts";
import { type Paint, printableLine } from "./paint.ts";
import { type Cell, compareSides, type Side, type SideBySide } from "./side-by-side.ts";
import { summarizePlan } from "./summary.ts";

const WIDEST_LINE = 120;
const WIDEST_NAME = 48;

/**
 * The tenants side by side, in lines of at most 120 columns: a row for each resource that differs from desired anywhere, and one of totals.
 * Where tenants have no room beside each other, one line for each.
 */
export function renderSideBySide(sides: readonly Side[], paint: Paint): string {
  const compared = compareSides(sides);
  const table = renderTable(sides, compared, paint);
  const heading = paint("strong", "Side by side");
  const same = compared.unchanged;
  const rest = table === undefined || same === 0 ? "" : `\n  ${plural(same, "resource")} unchanged everywhere\n`;
  return `${heading}\n\n${table ?? renderLines(sides, compared.totals, paint)}${paint("faint", rest)}`;
}

/** undefined when a line would be too wide. */
function renderTable(sides: readonly Side[], { rows, totals }: SideBySide, paint: Paint): string | undefined {
  const head: readonly Cell[] = sides.map(({ tenant }) => ({ text: tenant, style: "strong" }));
  const lines = [
    { name: "", cells: head },
    ...rows.map(({ name, cells }) => ({ name: shorten(printableLine(name)), cells })),
    { name: "together", cells: totals },
  ];
  const first = Math.max(...lines.map(({ name }) => name.length));
  const widths = head.map((_, column) => Math.max(...lines.map(({ cells }) => cells[column]?.text.length ?? 0)));
  if (2 + first + widths.reduce((sum, width) => sum + 2 + width, 0) > WIDEST_LINE) return undefined;
  return lines
    .map(({ name, cells }) => {
      const painted = cells.map(({ text, style }, column) => {
        return paint(style, text) + " ".repeat((widths[column] ?? 0) - text.length);
      });
      return `  ${[name.padEnd(first), ...painted].join("  ")}`.replace(/ +$/, "");
    })
    .map((line) => `${line}\n`)
    .join("");
}

function renderLines(sides: readonly Side[], totals: readonly Cell[], paint: Paint): string {
  const width = Math.min(WIDEST_NAME, Math.max(...sides.map(({ tenant }) => tenant.length)));
  return sides
    .map(({ tenant, plan, outcomes }, index) => {
      const total = totals[index];
      const what = plan === undefined ? undefined : describe(plan, outcomes);
      const painted = total === undefined ? "" : paint(total.style, what ?? total.text);
      return `  ${tenant.padEnd(width)}  ${painted}\n`;
    })
    .join("");
}

function describe(plan: NonNullable<Side["plan"]>, outcomes: Side["outcomes"]): string {
  return outcomes === undefined || outcomes.length === 0 ? summarizePlan(plan) : summarizeOutcomes(outcomes);
}

function shorten(name: string): string {
  return name.length > WIDEST_NAME ? `${name.slice(0, WIDEST_NAME - 1)}…` : name;
}
