/** By this the rate is multiplied when the tenant pushes back. */
const CUT = 0.5;
/** Never slower than this part of what is allowed: with what it then sends, a run still finds out that it may be faster. */
export const SLOWEST = 1 / 8;
/** One push-back may take several answers to be told. */
const CUTS_APART_MS = 2_000;
/** Without push-back, a rate of nothing would be the full one again after so long. */
const RECOVERY_MS = 20_000;
/** An answer after a long silence counts as so much time without push-back, not as all of the silence. */
const LONGEST_STEP_MS = 1_000;
/** So many whole seconds are looked back on to see what the tenant really takes. */
const LOOK_BACK_S = 10;

/**
 * Finds the rate that a tenant takes: additive increase, multiplicative decrease, as in TCP. `factor` is the part of the allowed rate to
 * use, from `SLOWEST` to 1. A 429 halves it, successes win it back in a line.
 *
 *   | 429 because                       | what the pauses alone would do            | what the cut adds                  |
 *   | we are faster than the quota      | the right rate, but 429 for 5 to 50 %     | few of them: it settles near quota |
 *   | others use the quota for a while  | the same                                  | the same; won back in 10 to 20 s   |
 *   | chance, whatever we send          | the right rate                            | nothing: so it must not cost much  |
 *
 * The last two look the same from here. So a cut never goes below what the tenant took in the last seconds, pauses included: sent that
 * fast, requests have been answered. With a quota that is the quota; with chance it is nearly the rate itself.
 */
export class AdaptiveRate {
  readonly #taken = new Map<number, number>();
  #factor = 1;
  #cutAt = Number.NEGATIVE_INFINITY;
  #steppedAt = 0;
  #firstSecond = Number.POSITIVE_INFINITY;

  get factor(): number {
    return this.#factor;
  }

  /** An answer that was no push-back. */
  succeeded(now: number): void {
    const second = Math.floor(now / 1000);
    this.#firstSecond = Math.min(this.#firstSecond, second);
    this.#taken.set(second, (this.#taken.get(second) ?? 0) + 1);
    if (this.#taken.size > 2 * LOOK_BACK_S) this.#forgetBefore(second - LOOK_BACK_S);
    const step = Math.min(LONGEST_STEP_MS, Math.max(0, now - this.#steppedAt));
    this.#steppedAt = now;
    this.#factor = Math.min(1, this.#factor + step / RECOVERY_MS);
  }

  /**
   * A 429 to a request that was sent at `startedAt`, while `allowedPerSecond` was the rate at factor 1. True when the rate was cut;
   * requests that were under way when it was cut the last time say nothing new.
   */
  pushedBack(startedAt: number, now: number, allowedPerSecond: number): boolean {
    if (startedAt <= this.#cutAt || now < this.#cutAt + CUTS_APART_MS) return false;
    this.#cutAt = now;
    this.#steppedAt = now;
    const taken = Math.min(this.#factor, this.#takenPerSecond(now) / allowedPerSecond);
    const factor = Math.max(SLOWEST, this.#factor * CUT, taken);
    const isCut = factor < this.#factor;
    this.#factor = Math.min(this.#factor, factor);
    return isCut;
  }

  #takenPerSecond(now: number): number {
    const second = Math.floor(now / 1000);
    const from = Math.max(second - LOOK_BACK_S, this.#firstSecond);
    let count = 0;
    for (const [at, taken] of this.#taken) if (at >= from) count += taken;
    return count / Math.max(1, now / 1000 - from);
  }

  #forgetBefore(second: number): void {
    for (const at of this.#taken.keys()) if (at < second) this.#taken.delete(at);
  }
}
