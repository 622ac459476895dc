import type { Clock } from "../engine/ports.ts";

/**
 * The clock of limits, pauses and tokens. It goes on where another clock is set back: nobody waits twice for that. Two times of it tell how
 * long something took; what is compared with a date that somebody else wrote down is compared with `timeOfDay`.
 */
export class SteadyClock implements Clock {
  readonly #clock: Clock;
  #ahead = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds, never fewer than before. */
  now(): number {
    const time = this.#clock.now();
    this.#ahead = Math.max(this.#ahead, this.#last - time);
    this.#last = time + this.#ahead;
    return this.#last;
  }

  /** Milliseconds since the epoch, as the machine has it now. */
  timeOfDay(): number {
    return this.#clock.now();
  }

  sleep(milliseconds: number, wake?: AbortSignal): Promise<void> {
    return this.#clock.sleep(milliseconds, wake);
  }

  random(): number {
    return this.#clock.random();
  }
}
