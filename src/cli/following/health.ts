/** What a daemon says of itself to whoever watches over it. Pure: the time is a parameter. */
import type { ExitCode } from "../../errors.ts";

/** Times are milliseconds since the epoch. */
export interface FollowState {
  readonly intervalMs: number;
  /** When the pass that is under way began; null between passes. */
  readonly passSince: number | null;
  /** When the next pass is due; null while one is under way. */
  readonly nextAt: number | null;
  readonly last: { readonly code: ExitCode; readonly endedAt: number } | null;
  readonly passes: number;
  /** Passes that did not bring the tenant to what git asks for, one after the other, up to now. */
  readonly failures: number;
  readonly hasSucceeded: boolean;
}

export interface Verdict {
  readonly isGood: boolean;
  readonly reason: string | null;
}

/** So many failed passes in a row are more than a hiccup. */
export const FAILURES_TO_TELL = 3;
/** A pass may take long: a large tenant, a quota that is used up. In milliseconds. */
const LONGEST_PASS = 30 * 60_000;
/** How late a pass may begin on a machine that is busy. In milliseconds. */
const GRACE = 60_000;

const GOOD: Verdict = { isGood: true, reason: null };

/** Liveness: is the daemon at work at all? When not, starting it anew helps. A tenant that cannot be reached is no reason for that. */
export function judgeLiveness({ intervalMs, passSince, nextAt }: FollowState, now: number): Verdict {
  const mostMs = Math.max(LONGEST_PASS, 3 * intervalMs);
  if (passSince !== null && now - passSince > mostMs) {
    return { isGood: false, reason: `a pass has been under way for more than ${Math.floor(mostMs / 60_000)} minutes` };
  }
  if (nextAt !== null && now > nextAt + GRACE) return { isGood: false, reason: "a pass that is due has not begun" };
  return GOOD;
}

/** Readiness: does it bring about what git asks for? */
export function judgeReadiness(state: FollowState, now: number): Verdict {
  const alive = judgeLiveness(state, now);
  if (!alive.isGood) return alive;
  if (!state.hasSucceeded) return { isGood: false, reason: "no pass has succeeded yet" };
  if (state.failures < FAILURES_TO_TELL) return GOOD;
  return { isGood: false, reason: `the last ${state.failures} passes failed` };
}
