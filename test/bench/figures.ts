/** The scenarios by letter, in the order in which they run and are shown. */
export const LETTERS = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;
export type Letter = (typeof LETTERS)[number];

/** One thing that was measured. The less the better, always. */
export interface Figure {
  /** The scenario's letter and a word: `a.time`. The baseline goes by it. */
  readonly id: `${Letter}.${string}`;
  readonly what: string;
  /** A ratio of two things measured in this run, or a count of what must not happen. */
  readonly value: number;
  /** True for a count, which has no unit; else `value` is a ratio. */
  readonly isCount?: boolean;
  /** What it should be at most. */
  readonly target?: number;
  /** How far it may lie above the baseline before it counts as worse, as a part of the baseline: what it differs by from run to run. */
  readonly noise: number;
  /** What the ratio is made of, in absolute values: they say something about this machine, and are not judged. */
  readonly detail: string;
}

export function isMet({ value, target }: Pick<Figure, "value" | "target">): boolean {
  return target === undefined || value <= target;
}

export function formatValue(value: number, { isCount = false }: Pick<Figure, "isCount">): string {
  return isCount ? String(value) : `${value.toFixed(2)} x`;
}

export function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}
