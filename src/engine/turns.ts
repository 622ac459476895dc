/**
 * Turns of the event loop, first come, first served. Between two turns whatever has arrived is answered and the next requests are sent, so
 * that long work in many pieces does not hold up the network. Where many wait, several share a turn: what arrives faster than one in a turn
 * would gather for ever.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];

  /** Resolves in the caller's turn. What is done at once then, is done in that turn. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) this.#arrange();
    });
  }

  #arrange(): void {
    setImmediate(() => {
      const several = 1 + Math.floor(this.#waiting.length / SHARE);
      for (const admit of this.#waiting.splice(0, several)) admit();
      if (this.#waiting.length > 0) this.#arrange();
    });
  }
}

/** Of so many who wait, one more has its turn at once. */
const SHARE = 8;
