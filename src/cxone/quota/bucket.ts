/** How fast requests may go out: so many a second, and after a quiet time so many at once. */
export interface Flow {
  readonly perSecond: number;
  /** How many tokens the bucket holds, at least 1. */
  readonly capacity: number;
}

/**
 * A token bucket whose rate and size may change while it is in use. It is kept as the time at which it would be full again (`#fullAt`);
 * a request costs one interval:
 *
 *   | bucket            | #fullAt - now             | next request |
 *   | full              | 0 or less                 | at once      |
 *   | one token left    | (capacity - 1) intervals  | at once      |
 *   | empty             | capacity intervals        | one interval |
 *
 * So one sleep is enough for any wait, and nothing polls. Times are milliseconds of the caller's clock.
 */
export class Bucket {
  #intervalMs: number;
  #capacity: number;
  #fullAt = 0;
  #heldUntil = 0;

  constructor({ perSecond, capacity }: Flow) {
    this.#intervalMs = 1000 / perSecond;
    this.#capacity = capacity;
  }

  /** When there is a token again; in the past when there is one now. */
  get nextStart(): number {
    return this.#fullAt - (this.#capacity - 1) * this.#intervalMs;
  }

  /** When the latest hold ends, or ended. */
  get heldUntil(): number {
    return this.#heldUntil;
  }

  /** Takes the token that was there at `startAt`. Who comes late for it takes none from those who follow. */
  take(startAt: number, now: number): void {
    this.#fullAt = Math.max(this.#fullAt, startAt, now) + this.#intervalMs;
  }

  /** Gives no token before then, and leaves one for then: who was held together does not return as a herd. */
  hold(until: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, until);
    this.#fullAt = Math.max(this.#fullAt, until + (this.#capacity - 1) * this.#intervalMs);
  }

  /** How many tokens it lacks, at the end of a hold when there is one. */
  missing(now: number): number {
    const from = Math.max(now, this.#heldUntil);
    return Math.min(this.#capacity, Math.max(0, this.#fullAt - from) / this.#intervalMs);
  }

  /** Somebody else has taken so many tokens. */
  lack(tokens: number, now: number): void {
    const missing = Math.min(this.#capacity, this.missing(now) + tokens);
    this.#fullAt = Math.max(now, this.#heldUntil) + missing * this.#intervalMs;
  }

  /** From now on another rate and size. What is in the bucket stays in it, as far as it fits; a hold stays as long as it was. */
  change({ perSecond, capacity }: Flow, now: number): void {
    const from = Math.max(now, this.#heldUntil);
    const missing = Math.max(0, this.#fullAt - from) / this.#intervalMs;
    const level = Math.min(this.#capacity - missing, capacity);
    this.#intervalMs = 1000 / perSecond;
    this.#capacity = capacity;
    this.#fullAt = from + (capacity - level) * this.#intervalMs;
  }
}
