import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Figure, formatValue, isMet, type Letter } from "./figures.ts";

export const BASELINE_FILE = join(import.meta.dirname, "baseline.json");

/** What was measured when the baseline was saved, by the figures' ids. */
export type Baseline = Readonly<Record<string, number>>;

export interface Comparison {
  readonly id: string;
  readonly verdict: "worse" | "same" | "better" | "new";
  readonly says: string;
}

/** Empty where none was saved yet. */
export function readBaseline(file: string = BASELINE_FILE): Baseline {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

/** Figures that were not measured this time keep what they had. */
export function saveBaseline(figures: readonly Figure[], before: Baseline, file: string = BASELINE_FILE): void {
  const measured = figures.map(({ id, value }) => [id, Number(value.toFixed(3))]);
  const all = Object.entries({ ...before, ...Object.fromEntries(measured) });
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(all.toSorted(byId)), null, 2)}\n`);
}

/**
 * What became of every figure since the baseline. Worse is: above it by more than the figure's noise; a target missed that the baseline
 * met; and a figure that the baseline has and these scenarios no longer measure.
 */
export function compareWithBaseline(
  figures: readonly Figure[],
  baseline: Baseline,
  letters: readonly Letter[],
): readonly Comparison[] {
  const compared = figures.map((figure) => compare(figure, baseline[figure.id]));
  const lost = Object.keys(baseline).filter(
    (id) => letters.some((letter) => id.startsWith(`${letter}.`)) && !figures.some((figure) => figure.id === id),
  );
  const gone = lost.map(
    (id): Comparison => ({ id, verdict: "worse", says: "is in the baseline and was not measured" }),
  );
  return [...compared, ...gone];
}

function compare(figure: Figure, before: number | undefined): Comparison {
  const { id, value, noise, target } = figure;
  const now = formatValue(value, figure);
  if (before === undefined) return { id, verdict: "new", says: `${now}, not in the baseline` };
  const was = formatValue(before, figure);
  const lost = !isMet(figure) && isMet({ value: before, ...(target === undefined ? {} : { target }) });
  if (lost) return { id, verdict: "worse", says: `${now} misses the target that the baseline met with ${was}` };
  const isWorse = value > before * (1 + noise);
  const isBetter = value < before / (1 + noise);
  const verdict = isWorse ? "worse" : isBetter ? "better" : "same";
  return { id, verdict, says: `${now}, was ${was} (noise ${Math.round(noise * 100)} %)` };
}

function byId([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The comparisons as lines, what got worse first. */
export function printComparisons(comparisons: readonly Comparison[]): string {
  const order = ["worse", "better", "new", "same"];
  const sorted = comparisons.toSorted((left, right) => order.indexOf(left.verdict) - order.indexOf(right.verdict));
  return sorted.map(({ id, verdict, says }) => `${verdict.padEnd(6)}  ${id}: ${says}\n`).join("");
}
