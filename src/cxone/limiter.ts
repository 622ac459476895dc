import type { Clock } from "../engine/ports.ts";
import type { RequestLimits } from "./tenant.ts";

/** `stopped`: the run ends. `refused`: the tenant asks for a longer pause than the run can afford. */
export type Admission = "granted" | "stopped" | "refused";

interface Waiter {
  readonly turn: number;
  readonly admit: (admission: Admission) => void;
}

/**
 * The share of the burst that is held back. A request that travels faster than the one before it reaches the tenant's
 * own meter early; with no reserve that alone would provoke a 429.
 */
const BURST_RESERVE = 0.1;

/**
 * Decides when a request of one family may go out. Three rules at once: a token bucket (rate and burst), a cap on
 * requests under way, and pauses that hold everybody. Those who wait are admitted in the order of their turns; a request
 * that must be repeated keeps its turn.
 *
 * The bucket is kept as the time at which it would be full again (`#fullAt`); a request costs one interval:
 *
 *   | bucket            | #fullAt - now             | next request |
 *   | full              | 0 or less                 | at once      |
 *   | one token left    | (capacity - 1) intervals  | at once      |
 *   | empty             | capacity intervals        | one interval |
 *
 * So one sleep is enough for any wait, and nothing polls. A pause leaves one token: who was paused together does not
 * return as a herd.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #concurrency: number;
  readonly #intervalMs: number;
  readonly #capacity: number;
  readonly #waiters: Waiter[] = [];
  #turns = 0;
  #underWay = 0;
  #fullAt = 0;
  #refusedUntil = 0;
  #admitting = false;

  constructor(limits: RequestLimits, clock: Clock, signal?: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    this.#concurrency = Math.max(1, limits.concurrency);
    this.#intervalMs = 1000 / limits.requestsPerSecond;
    this.#capacity = Math.max(1, limits.burst - Math.ceil(limits.burst * BURST_RESERVE));
  }

  /** A place in the order of requests, to be used for every attempt of one request. */
  takeTurn(): number {
    this.#turns += 1;
    return this.#turns;
  }

  /** Resolves when the request with this turn may go out. After `granted`, `release` must follow. */
  acquire(turn: number): Promise<Admission> {
    if (this.#signal?.aborted) return Promise.resolve("stopped");
    if (this.#clock.now() < this.#refusedUntil) return Promise.resolve("refused");
    return new Promise((admit) => {
      const later = this.#waiters.findIndex((waiter) => waiter.turn > turn);
      this.#waiters.splice(later < 0 ? this.#waiters.length : later, 0, { turn, admit });
      void this.#admitWaiters();
    });
  }

  release(): void {
    this.#underWay -= 1;
    void this.#admitWaiters();
  }

  /** Holds everybody for so long. A shorter pause never cuts a longer one. */
  pause(waitMs: number): void {
    const until = this.#clock.now() + waitMs;
    this.#fullAt = Math.max(this.#fullAt, until + (this.#capacity - 1) * this.#intervalMs);
  }

  /** Turns everybody away for so long, those who wait already included: used when waiting is out of the question. */
  refuse(waitMs: number): void {
    this.#refusedUntil = Math.max(this.#refusedUntil, this.#clock.now() + waitMs);
    this.#dismiss("refused");
  }

  async #admitWaiters(): Promise<void> {
    if (this.#admitting) return;
    this.#admitting = true;
    while (this.#waiters.length > 0 && this.#underWay < this.#concurrency) {
      const startAt = this.#nextStart();
      const waitMs = Math.ceil(startAt - this.#clock.now());
      if (waitMs > 0) await this.#clock.sleep(waitMs);
      if (this.#signal?.aborted) this.#dismiss("stopped");
      // Only a pause that came during the sleep moves the start; sleeping itself is trusted, so that nothing ever spins.
      if (this.#nextStart() > startAt) continue;
      this.#admitNext(startAt);
    }
    this.#admitting = false;
  }

  /** When the bucket has a token again. */
  #nextStart(): number {
    return this.#fullAt - (this.#capacity - 1) * this.#intervalMs;
  }

  #admitNext(startAt: number): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) return;
    this.#fullAt = Math.max(this.#fullAt, startAt, this.#clock.now()) + this.#intervalMs;
    this.#underWay += 1;
    waiter.admit("granted");
  }

  #dismiss(admission: Admission): void {
    for (const waiter of this.#waiters.splice(0)) waiter.admit(admission);
  }
}
