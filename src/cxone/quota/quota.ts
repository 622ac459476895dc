import type { WaitBudget } from "../attempts/wait-budget.ts";
import type { ApiEvent } from "../events.ts";
import type { SteadyClock } from "../steady-clock.ts";
import type { RequestLimits } from "../tenant.ts";
import type { ActiveTime } from "../wire/active-time.ts";
import type { Answered, Exchange } from "../wire/transport.ts";
import { AdaptiveConcurrency } from "./adaptive-concurrency.ts";
import { AdaptiveRate, SLOWEST } from "./adaptive-rate.ts";
import { AnnouncedQuota } from "./announced-quota.ts";
import { type Admission, Limiter } from "./limiter.ts";
import type { Neighbours } from "./neighbours.ts";
import { parseRateLimit, pickRateLimitHeaders } from "./rate-limit-headers.ts";
import { shareOf } from "./shares.ts";

export interface QuotaParts {
  readonly limits: RequestLimits;
  readonly clock: SteadyClock;
  readonly signal: AbortSignal | undefined;
  readonly budget: WaitBudget;
  readonly note: (event: ApiEvent) => void;
  readonly waiting?: ActiveTime | undefined;
  /** Without them the run has the quota to itself. */
  readonly neighbours?: Neighbours | undefined;
}

/** One request that came back, or did not. */
export interface Experience {
  readonly family: string;
  readonly exchange: Exchange;
  readonly startedAt: number;
}

type SlowedBy = (ApiEvent & { readonly type: "slowed" })["by"];

const LOOK_EVERY_MS = 1_000;
/** Within that time those who are at work have looked around, and left a newcomer its part. */
const JOINING_MS = 1_200;

/**
 * What a run may ask of one address with one login. The configured limits are the most; below them it keeps to what the tenant shows that it
 * takes (429, troubles), what it announces in headers, and the part that other runs on this machine leave. Families that share an address
 * and a login share a quota.
 */
export class Quota {
  readonly limiter: Limiter;
  readonly #parts: QuotaParts;
  readonly #rate = new AdaptiveRate();
  readonly #concurrency: AdaptiveConcurrency;
  readonly #announced = new AnnouncedQuota();
  #share = 1;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: QuotaParts) {
    const { limits, clock, signal, waiting } = parts;
    this.#parts = parts;
    this.#concurrency = new AdaptiveConcurrency(limits.concurrency);
    this.limiter = new Limiter(limits, clock, { signal, waiting });
  }

  /** Resolves when the request with this turn may go out. After `granted`, `limiter.release` must follow. */
  acquire(turn: number, family: string): Promise<Admission> {
    this.#lookAround(family);
    return this.limiter.acquire(turn);
  }

  /** Learns from a request. To be called while its place is still taken, so that the next one goes by what was learnt. */
  learn({ family, exchange, startedAt }: Experience): void {
    this.#lookAround(family);
    const now = this.#parts.clock.now();
    if (exchange.answered && exchange.status === 429) {
      const isCut = this.#rate.pushedBack(startedAt, now, this.#parts.limits.requestsPerSecond * this.#share);
      this.#apply(family, isCut ? "throttled" : undefined);
      return;
    }
    if (isTrouble(exchange)) {
      this.#apply(family, this.#concurrency.failed(startedAt, now) ? "trouble" : undefined);
      return;
    }
    this.#rate.succeeded(now);
    this.#concurrency.succeeded(startedAt);
    if (!exchange.answered) return;
    this.#heed(family, exchange, now);
  }

  /** The run has begun to write: others may have to yield to it. */
  beginWriting(): void {
    this.#parts.neighbours?.become("writes");
  }

  /** Leaves the quota to the others, and word of what this run has used of it to the one that comes next. */
  close(): void {
    const { neighbours, limits, clock } = this.#parts;
    const missingMs = Math.floor((this.limiter.missing / limits.requestsPerSecond) * 1000);
    neighbours?.leave(missingMs > 0 ? clock.timeOfDay() + missingMs : 0);
  }

  #heed(family: string, { headers }: Answered, now: number): void {
    const wasSpread = Number.isFinite(this.#announced.perSecond(now));
    const said = parseRateLimit(pickRateLimitHeaders(headers), this.#parts.clock.timeOfDay());
    const { pauseMs } = this.#announced.note(said, now);
    const isSpread = Number.isFinite(this.#announced.perSecond(now));
    this.#apply(family, isSpread && !wasSpread ? "announced" : undefined);
    // What the run cannot afford to wait for it tries to do without; the tenant will say if it means it.
    if (pauseMs === 0 || !this.#parts.budget.take(pauseMs, now)) return;
    this.limiter.pause(pauseMs);
    this.#parts.note({ type: "paused", family, waitMs: pauseMs });
  }

  #lookAround(family: string): void {
    const { neighbours, clock } = this.#parts;
    // Other runs compare it with theirs.
    const now = clock.timeOfDay();
    if (neighbours === undefined || Math.abs(now - this.#lookedAt) < LOOK_EVERY_MS) return;
    this.#lookedAt = now;
    const { others, isNew } = neighbours.look(now);
    if (isNew) this.#takeOver(neighbours.takeOver(now));
    if (isNew && others.length > 0) this.limiter.pause(JOINING_MS);
    const share = shareOf(neighbours.kind, others);
    if (share === this.#share) return;
    const isLess = share < this.#share;
    this.#share = share;
    this.#apply(family, isLess ? "neighbours" : undefined);
  }

  /** What runs before this one have used, each of them so many milliseconds of the configured rate. */
  #takeOver(used: readonly number[]): void {
    const { requestsPerSecond, burst } = this.#parts.limits;
    // More than all of it is a clock that was set back, or other limits: nothing to wait for.
    const sound = used.map((ms) => (ms / 1000) * requestsPerSecond).filter((requests) => requests <= burst);
    this.limiter.lack(sound.reduce((sum, requests) => sum + requests, 0));
  }

  #apply(family: string, by: SlowedBy | undefined): void {
    const { limits, clock, note } = this.#parts;
    const allowed = limits.requestsPerSecond * this.#share;
    const announced = Math.max(this.#announced.perSecond(clock.now()), allowed * SLOWEST);
    const requestsPerSecond = Math.min(allowed * this.#rate.factor, announced);
    const burst = Math.max(1, Math.floor(limits.burst * this.#share));
    const most = Math.max(1, Math.floor(limits.concurrency * this.#share));
    const concurrency = Math.min(this.#concurrency.limit, most);
    this.limiter.change({ requestsPerSecond, burst, concurrency });
    if (by === undefined) return;
    note({ type: "slowed", family, by, requestsPerSecond: Math.round(requestsPerSecond * 100) / 100, concurrency });
  }
}

/** The tenant, or the way to it, could not do what was asked; what it refuses, it could. */
function isTrouble(exchange: Exchange): boolean {
  if (!exchange.answered) return !exchange.permanent;
  return exchange.status === 408 || exchange.status >= 500;
}
