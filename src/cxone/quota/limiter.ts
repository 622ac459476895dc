import type { Clock } from "../../engine/ports.ts";
import type { RequestLimits } from "../tenant.ts";
import type { ActiveTime } from "../wire/active-time.ts";
import { Bucket, type Flow } from "./bucket.ts";

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
const BURST_RESERVE = 0.2;

export interface LimiterOptions {
  /** When it fires, nobody passes any more, and those who wait are told so at once. */
  readonly signal?: AbortSignal | undefined;
  /** Runs while somebody waits for the rate or a pause; waiting for a place among those under way does not count. */
  readonly waiting?: ActiveTime | undefined;
}

/**
 * Decides when a request may go out. Three rules at once: a token bucket (rate and burst), a cap on requests under way, and
 * pauses that hold everybody. Those who wait are admitted in the order of their turns; a request that must be repeated
 * keeps its turn.
 */
export class Limiter {
  readonly #clock: Clock;
  readonly #options: LimiterOptions;
  readonly #bucket: Bucket;
  readonly #waiters: Waiter[] = [];
  #limits: RequestLimits;
  #turns = 0;
  #underWay = 0;
  #refusedUntil = 0;
  #admitting = false;

  constructor(limits: RequestLimits, clock: Clock, options: LimiterOptions = {}) {
    this.#clock = clock;
    this.#options = options;
    this.#limits = limits;
    this.#bucket = new Bucket(flowOf(limits));
  }

  /** The limits in force. */
  get limits(): RequestLimits {
    return this.#limits;
  }

  /** When the latest pause ends, or ended. */
  get heldUntil(): number {
    return this.#bucket.heldUntil;
  }

  /** How many of the requests that may go out at once after a quiet time may not now. */
  get missing(): number {
    return this.#bucket.missing(this.#clock.now());
  }

  /** Somebody else has sent so many requests just now. */
  lack(requests: number): void {
    this.#bucket.lack(requests, this.#clock.now());
  }

  /** From now on other limits. Who waits for a token already waits for it at the old rate. */
  change(limits: RequestLimits): void {
    const { requestsPerSecond, burst, concurrency } = this.#limits;
    const isSameFlow = limits.requestsPerSecond === requestsPerSecond && limits.burst === burst;
    this.#limits = limits;
    if (!isSameFlow) this.#bucket.change(flowOf(limits), this.#clock.now());
    if (limits.concurrency > concurrency) void this.#admitWaiters();
  }

  /** A place in the order of requests, to be used for every attempt of one request. */
  takeTurn(): number {
    this.#turns += 1;
    return this.#turns;
  }

  /** Resolves when the request with this turn may go out. After `granted`, `release` must follow. */
  acquire(turn: number): Promise<Admission> {
    if (this.#options.signal?.aborted) return Promise.resolve("stopped");
    if (this.#clock.now() < this.#refusedUntil) return Promise.resolve("refused");
    return new Promise((admit) => {
      // From the back, because most come in the order of their turns.
      const earlier = this.#waiters.findLastIndex((waiter) => waiter.turn < turn);
      this.#waiters.splice(earlier + 1, 0, { turn, admit });
      void this.#admitWaiters();
    });
  }

  release(): void {
    this.#underWay -= 1;
    void this.#admitWaiters();
  }

  /** Holds everybody for so long. A shorter pause never cuts a longer one. */
  pause(waitMs: number): void {
    this.#bucket.hold(this.#clock.now() + waitMs);
  }

  /** Turns everybody away for so long, those who wait already included: used when waiting is out of the question. */
  refuse(waitMs: number): void {
    this.#refusedUntil = Math.max(this.#refusedUntil, this.#clock.now() + waitMs);
    this.#dismiss("refused");
  }

  async #admitWaiters(): Promise<void> {
    if (this.#admitting) return;
    this.#admitting = true;
    while (this.#waiters.length > 0 && this.#underWay < Math.max(1, this.#limits.concurrency)) {
      const startAt = this.#bucket.nextStart;
      const waitMs = Math.ceil(startAt - this.#clock.now());
      if (waitMs > 0) await this.#wait(waitMs);
      if (this.#options.signal?.aborted) this.#dismiss("stopped");
      // Only what came during the sleep moves the start; sleeping itself is trusted, so that nothing ever spins.
      if (this.#bucket.nextStart > startAt) continue;
      this.#admitNext(startAt);
    }
    this.#admitting = false;
  }

  async #wait(waitMs: number): Promise<void> {
    this.#options.waiting?.enter();
    await this.#clock.sleep(waitMs, this.#options.signal);
    this.#options.waiting?.leave();
  }

  #admitNext(startAt: number): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) return;
    this.#bucket.take(startAt, this.#clock.now());
    this.#underWay += 1;
    waiter.admit("granted");
  }

  #dismiss(admission: Admission): void {
    for (const waiter of this.#waiters.splice(0)) waiter.admit(admission);
  }
}

function flowOf({ requestsPerSecond, burst }: RequestLimits): Flow {
  return { perSecond: requestsPerSecond, capacity: Math.max(1, burst - Math.ceil(burst * BURST_RESERVE)) };
}
