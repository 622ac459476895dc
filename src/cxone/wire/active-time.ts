/**
 * How long at least one of something was going on: requests under way, say, or callers who wait. What goes on side by side
 * counts once. Milliseconds of the clock that it is given.
 */
export class ActiveTime {
  readonly #now: () => number;
  #going = 0;
  #since = 0;
  #totalMs = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** One more begins. */
  enter(): void {
    if (this.#going === 0) this.#since = this.#now();
    this.#going += 1;
  }

  /** One of those that began has ended; each `enter` needs exactly one. */
  leave(): void {
    this.#going -= 1;
    if (this.#going === 0) this.#totalMs += this.#lasting();
  }

  /** What still goes on counts up to now. */
  get totalMs(): number {
    return this.#going === 0 ? this.#totalMs : this.#totalMs + this.#lasting();
  }

  /** A clock that was set back takes no time away. */
  #lasting(): number {
    return Math.max(0, this.#now() - this.#since);
  }
}
