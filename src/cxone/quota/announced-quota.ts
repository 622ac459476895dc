import type { Remaining } from "./rate-limit-headers.ts";

/** What answers say about the quota, and what follows for those who wait. */
export interface Announcement {
  /** Nothing is left: nobody goes before so many milliseconds are over. 0: something is left. */
  readonly pauseMs: number;
}

/** Servers count in whole seconds, rounded up: what is to last for no longer than one is not spread over it. */
const COARSE_MS = 1_000;
/** So many pauses in a row after which the tenant, instead of being whole again, has nothing left: then it is no count at all. */
const MOST_EMPTY_PAUSES = 3;

/**
 * Keeps what the tenant last said of its quota. Nothing left is a pause until the reset; a little left is spread over the time until the
 * reset. A server that says with every answer that nothing is left is believed three times: it answers, so something must be left.
 */
export class AnnouncedQuota {
  #pausedUntil = 0;
  #emptyPauses = 0;
  #spread = Number.POSITIVE_INFINITY;
  #spreadUntil = 0;

  /** What the latest answer says. A pause that is returned is taken for kept; `0` where the pause is under way already. */
  note(windows: readonly Remaining[], now: number): Announcement {
    if (windows.length === 0) return { pauseMs: 0 };
    const empty = windows.filter(({ count }) => count < 1);
    this.#spreadOver(
      windows.filter((window) => window.count >= 1 && window.resetMs > COARSE_MS),
      now,
    );
    if (empty.length > 0) return { pauseMs: this.#pause(Math.max(...empty.map(({ resetMs }) => resetMs)), now) };
    this.#emptyPauses = 0;
    return { pauseMs: 0 };
  }

  /** The rate at which what is left lasts until the reset; Infinity when the tenant says nothing of the kind. */
  perSecond(now: number): number {
    return now < this.#spreadUntil ? this.#spread : Number.POSITIVE_INFINITY;
  }

  #pause(resetMs: number, now: number): number {
    if (now < this.#pausedUntil) return 0;
    if (this.#emptyPauses >= MOST_EMPTY_PAUSES) return 0;
    this.#emptyPauses += 1;
    this.#pausedUntil = now + resetMs;
    return resetMs;
  }

  #spreadOver(windows: readonly Remaining[], now: number): void {
    this.#spread = Number.POSITIVE_INFINITY;
    for (const { count, resetMs } of windows) {
      const perSecond = (count / resetMs) * 1000;
      if (perSecond >= this.#spread) continue;
      this.#spread = perSecond;
      this.#spreadUntil = now + resetMs;
    }
  }
}
