/**
 * Lanes for lines that change sides in one channel. Two stretches that overlap never share a lane. Of two that run the same way beside
 * each other, the one that begins further ahead gets the upper lane, so that they do not cross:
 *
 *      a |  b |                    a |  b |
 *        `----+------.     and not   |    `------.
 *             `--.   |  …            `-------.   |
 */

export interface Stretch<T> {
  readonly of: T;
  readonly channel: number;
  readonly from: number;
  readonly to: number;
}

/** Kept free between two stretches in one lane. */
const BETWEEN = 12;

/** The lane of each, from 0 at the top. */
export function laneOf<T>(stretches: readonly Stretch<T>[]): ReadonlyMap<T, number> {
  const rightwards = stretches.filter(({ from, to }) => from < to).toSorted((left, right) => right.from - left.from);
  const leftwards = stretches.filter(({ from, to }) => from > to).toSorted((left, right) => left.from - right.from);
  const lanes: Stretch<T>[][] = [];
  const placed = new Map<T, number>();
  for (const group of [rightwards, leftwards]) {
    const before: Stretch<T>[] = [];
    for (const stretch of group) {
      const above = before.filter((other) => overlaps(other, stretch)).map((other) => (placed.get(other.of) ?? 0) + 1);
      let lane = Math.max(0, ...above);
      while (lanes[lane]?.some((other) => overlaps(other, stretch))) lane += 1;
      lanes[lane] = [...(lanes[lane] ?? []), stretch];
      placed.set(stretch.of, lane);
      before.push(stretch);
    }
  }
  return placed;
}

function overlaps(left: Stretch<unknown>, right: Stretch<unknown>): boolean {
  return lowOf(left) < highOf(right) + BETWEEN && lowOf(right) < highOf(left) + BETWEEN;
}

function lowOf({ from, to }: Stretch<unknown>): number {
  return Math.min(from, to);
}

function highOf({ from, to }: Stretch<unknown>): number {
  return Math.max(from, to);
}
