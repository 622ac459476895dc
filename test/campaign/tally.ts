/** What must never happen. Each has a line of its own in the table, and any that is not 0 fails the campaign. */
export const VIOLATIONS = [
  "differences from desired",
  "doubled writes",
  "lost foreign edits",
  "unaccounted writes",
  "unfinished intents",
  "trails that do not verify",
  "secrets shown",
  "defects shown",
  "false successes",
  "not settled",
  "errors of the campaign itself",
] as const;
export type ViolationKind = (typeof VIOLATIONS)[number];

export interface Violation {
  readonly seed: number;
  readonly kind: ViolationKind;
  readonly detail: string;
}

/** Counts by name, and the violations, of one run or of many. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #reruns: number[] = [];
  readonly #violations: Violation[] = [];

  add(name: string, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Every count whose name begins so, by the rest of the name, the largest first. */
  countsBelow(prefix: string): readonly (readonly [name: string, count: number])[] {
    return [...this.#counts]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, count]) => [name.slice(prefix.length), count] as const)
      .sort(([, left], [, right]) => right - left);
  }

  addReruns(reruns: number): void {
    this.#reruns.push(reruns);
  }

  get reruns(): { readonly most: number; readonly mean: number } {
    const sum = this.#reruns.reduce((total, reruns) => total + reruns, 0);
    return { most: Math.max(0, ...this.#reruns), mean: sum / Math.max(1, this.#reruns.length) };
  }

  addViolation(violation: Violation): void {
    this.#violations.push(violation);
  }

  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** Takes over everything that another tally counted. */
  include(other: Tally): void {
    for (const [name, count] of other.#counts) this.add(name, count);
    this.#reruns.push(...other.#reruns);
    this.#violations.push(...other.#violations);
  }
}
