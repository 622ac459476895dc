import type { RetryLimits } from "../tenant.ts";

/**
 * Milliseconds to wait after the given attempt (from 1) failed: doubling from `baseMs` to at most `capMs`, of which the
 * upper half is left to chance, so that clients that failed together do not come back together. `random` is in [0, 1).
 */
export function backoffAfter(attempt: number, retry: RetryLimits, random: number): number {
  const ceiling = Math.min(retry.baseMs * 2 ** (attempt - 1), retry.capMs);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
