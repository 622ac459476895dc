/** So many of the latest answers are looked at. */
const WINDOW = 20;
/** So many troubles among them mean that the tenant is in trouble; one document, with the usual four attempts, makes fewer. */
const MANY = 5;

/**
 * Finds how many requests under way a tenant can carry. Several answers with 5xx, timeouts or broken connections among the latest halve
 * the number, each round of successes adds one. A document that cannot be read for itself makes too few of them to matter.
 */
export class AdaptiveConcurrency {
  readonly #most: number;
  /** Whether each of the latest was trouble, the newest last. */
  #latest: boolean[] = [];
  #limit: number;
  #cutAt = Number.NEGATIVE_INFINITY;
  #round = 0;

  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  /** From 1 to what it was made with. */
  get limit(): number {
    return this.#limit;
  }

  succeeded(startedAt: number): void {
    this.#note(startedAt, false);
    this.#round += 1;
    if (this.#round < this.#limit || this.#limit >= this.#most) return;
    this.#round = 0;
    this.#limit += 1;
  }

  /** A request that was sent at `startedAt` came to nothing. True when the number was cut. */
  failed(startedAt: number, now: number): boolean {
    this.#note(startedAt, true);
    if (this.#limit === 1 || this.#latest.filter(Boolean).length < MANY) return false;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#cutAt = now;
    this.#round = 0;
    this.#latest = [];
    return true;
  }

  /** What was under way when the number was cut says nothing about the new one. */
  #note(startedAt: number, isTrouble: boolean): void {
    if (startedAt <= this.#cutAt) return;
    this.#latest.push(isTrouble);
    if (this.#latest.length > WINDOW) this.#latest.shift();
  }
}
