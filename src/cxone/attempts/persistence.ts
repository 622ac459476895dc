import type { Tally } from "../events.ts";
import type { Limiter } from "../quota/limiter.ts";
import { parseRateLimit, pickRateLimitHeaders } from "../quota/rate-limit-headers.ts";
import type { SteadyClock } from "../steady-clock.ts";
import type { RetryLimits } from "../tenant.ts";
import type { Answered, Exchange } from "../wire/transport.ts";
import { backoffAfter } from "./backoff.ts";
import { parseRetryAfter } from "./retry-after.ts";
import type { Patience, WaitBudget } from "./wait-budget.ts";

export interface PersistenceParts {
  readonly family: string;
  readonly retry: RetryLimits;
  readonly clock: SteadyClock;
  readonly signal: AbortSignal | undefined;
  readonly limiter: Limiter;
  readonly budget: WaitBudget;
  readonly tally: Tally;
}

export interface Attempted {
  readonly method: string;
  readonly endpoint: string;
  /** Which attempt it was, from 1. */
  readonly attempt: number;
  readonly exchange: Exchange;
  /** Of a call that can be done without: it gives up where it would have to wait longer. */
  readonly patience?: Patience | undefined;
  /** How long the attempt took, milliseconds; counts for `patience` alone. */
  readonly tookMs?: number;
}

/** What follows a failed attempt. */
export interface Next {
  readonly isAgain: boolean;
  /** How long to wait before it. */
  readonly waitMs: number;
}

export const GIVE_UP: Next = { isAgain: false, waitMs: 0 };

/** Decides after a failed attempt whether there is another one, and what is waited for first. */
export class Persistence {
  readonly #parts: PersistenceParts;

  constructor(parts: PersistenceParts) {
    this.#parts = parts;
  }

  /**
   * Decides at once, so that a 429 holds the whole family before anybody else's turn comes; also on the last attempt,
   * because the tenant meant everybody.
   */
  decide(attempted: Attempted): Next {
    const { retry, clock, signal, budget } = this.#parts;
    const { patience, tookMs = 0 } = attempted;
    const isThrottled = attempted.exchange.answered && attempted.exchange.status === 429;
    const isLast = attempted.attempt >= retry.attempts;
    if (isLast && !isThrottled) return GIVE_UP;
    const waitMs = this.#waitAfter(attempted);
    if (patience?.budget.take(waitMs + tookMs, clock.now()) === false) {
      if (isThrottled) this.#holdBriefly(Math.min(waitMs, patience.longestPauseMs));
      return GIVE_UP;
    }
    const isAffordable = budget.take(waitMs, clock.now());
    if (isThrottled && (isAffordable || patience === undefined)) this.#holdFamily(waitMs, isAffordable);
    if (!isAffordable || isLast || signal?.aborted) return GIVE_UP;
    this.#noteRetry(attempted, waitMs);
    return { isAgain: true, waitMs };
  }

  /** From the second time on at least our own back-off: dates are cut to seconds, and some gateways say 0 for ever. */
  #waitAfter({ attempt, exchange }: Attempted): number {
    const { retry, clock } = this.#parts;
    const asked = exchange.answered ? askedWait(exchange, clock.timeOfDay()) : undefined;
    if (asked !== undefined && attempt === 1) return asked;
    return Math.max(asked ?? 0, backoffAfter(attempt, retry, clock.random()));
  }

  #holdFamily(waitMs: number, isAffordable: boolean): void {
    const { family, limiter, tally } = this.#parts;
    if (!isAffordable) {
      limiter.refuse(waitMs);
      return;
    }
    limiter.pause(waitMs);
    tally.note({ type: "paused", family, waitMs });
  }

  /** What the tenant asks for is more than this call is worth. Others may still be served, and are told if not. */
  #holdBriefly(waitMs: number): void {
    const { budget, clock } = this.#parts;
    if (budget.take(waitMs, clock.now())) this.#holdFamily(waitMs, true);
  }

  #noteRetry({ method, endpoint, exchange }: Attempted, waitMs: number): void {
    const reason = exchange.answered ? String(exchange.status) : "network";
    this.#parts.tally.note({ type: "retry", family: this.#parts.family, method, endpoint, reason, waitMs });
  }
}

/** What `Retry-After` says; where there is none, a 429 may say when the quota is whole again. */
function askedWait({ status, retryAfter, headers }: Answered, now: number): number | undefined {
  const asked = parseRetryAfter(retryAfter, now);
  if (asked !== undefined || status !== 429) return asked;
  const empty = parseRateLimit(pickRateLimitHeaders(headers), now).filter(({ count }) => count < 1);
  return empty.length === 0 ? undefined : Math.max(...empty.map(({ resetMs }) => resetMs));
}
