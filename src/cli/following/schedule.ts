/** When a daemon's next pass begins. Pure: chance is a parameter. */

/** A failing tenant or remote is asked less often: each failure in a row doubles the wait, up to so many intervals. */
const MOST_INTERVALS = 8;
/** And up to so long, unless the interval itself is longer. In milliseconds. */
const LONGEST_BACKOFF = 3_600_000;
/** The part of a wait that is up to chance, to either side: many daemons that start together do not stay together. */
const JITTER = 0.1;

export interface PassedSoFar {
  readonly intervalMs: number;
  /** How many passes have failed, one after the other, up to now. */
  readonly failures: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** How long to wait, in milliseconds. Counted from the end of the last pass, so that two never overlap. */
export function delayAfter({ intervalMs, failures, random }: PassedSoFar): number {
  const longest = Math.max(intervalMs, Math.min(MOST_INTERVALS * intervalMs, LONGEST_BACKOFF));
  const planned = Math.min(intervalMs * 2 ** failures, longest);
  return Math.round(planned * (1 - JITTER + 2 * JITTER * random()));
}
