import type { ErrorCode } from "../errors.ts";
import type { JsonObject } from "../model/json.ts";
import type { Secrets } from "../model/secrets.ts";
import { GIVE_UP, type Next, Persistence } from "./attempts/persistence.ts";
import { rememberSecret } from "./attempts/remember-secret.ts";
import { toRequest, toTokenRequest } from "./attempts/requests.ts";
import { type TokenResult, TokenSource } from "./attempts/token.ts";
import { GIVEN_UP, LATE, REFUSED, STOPPED, type Unsent } from "./attempts/unsent.ts";
import type { Patience, WaitBudget } from "./attempts/wait-budget.ts";
import type { Tally } from "./events.ts";
import type { Quota } from "./quota/quota.ts";
import type { SteadyClock } from "./steady-clock.ts";
import type { FamilyEndpoint, TenantEndpoints } from "./tenant.ts";
import type { Answered, Exchange, HttpRequest, Transport } from "./wire/transport.ts";

/** One call of an API family. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** The pattern for events and reports: `/api/v2/flows/{id}`. */
  readonly endpoint: string;
  /** The path below the base URL, its ids already encoded. */
  readonly path: string;
  readonly timeoutMs: number;
  readonly body?: JsonObject;
  readonly idempotencyKey?: string;
  /** The `ETag` of what is known already: the tenant may answer 304 to it. */
  readonly ifNoneMatch?: string | undefined;
  /** How long this call may wait, where something else serves instead of it: less than the run may. */
  readonly patience?: Patience | undefined;
  /**
   * Asked right before each time that it would be sent, and again when a pause came in between. It may send requests of its own, because
   * it is asked while the call has no place yet. False: the call is given up.
   */
  readonly mayGo?: () => Promise<boolean>;
}

/** How a call ended, after every attempt that was allowed. */
export type Reply = AnsweredReply | NoReply;

/** A call that came back with an answer, whatever it says. */
export interface AnsweredReply extends Answered {
  readonly attempts: number;
}

export interface NoReply {
  readonly answered: false;
  /** True when the last attempt may have reached the tenant. */
  readonly sent: boolean;
  readonly code: ErrorCode;
  readonly why: string;
  readonly attempts: number;
}

export interface FamilyParts {
  readonly name: "flows" | "workflows";
  readonly endpoint: FamilyEndpoint;
  readonly tenant: TenantEndpoints;
  /** With less than this left, a token is renewed. */
  readonly tokenMarginMs: number;
  readonly tokenTimeoutMs: number;
  /** Shared by all families of a tenant, and closed by who opened it. */
  readonly transport: Transport;
  /** Shared by the families that it is the quota of. */
  readonly quota: Quota;
  readonly clock: SteadyClock;
  readonly secrets: Secrets;
  readonly signal: AbortSignal | undefined;
  readonly budget: WaitBudget;
  readonly tally: Tally;
}

/**
 * One API family of a tenant, with its token. Sends calls and repeats what may be repeated: a GET
 * after anything that may pass, a write only when the tenant said that it was not carried out (429, 401) or nothing was
 * sent. A write whose answer was lost is never sent twice. Makes no request before the first call.
 */
export class Family {
  readonly #parts: FamilyParts;
  readonly #persistence: Persistence;
  readonly #tokens: TokenSource;

  constructor(parts: FamilyParts) {
    const { name, tenant, clock, signal, budget, tally, secrets, quota } = parts;
    this.#parts = parts;
    this.#persistence = new Persistence({
      family: name,
      retry: tenant.retry,
      clock,
      signal,
      limiter: quota.limiter,
      budget,
      tally,
    });
    this.#tokens = new TokenSource({
      request: (attempt) => this.#requestToken(attempt),
      endpoint: parts.endpoint.tokenPath,
      persistence: this.#persistence,
      now: () => clock.now(),
      async sleep(milliseconds) {
        await clock.sleep(milliseconds, signal);
        return !signal?.aborted;
      },
      marginMs: parts.tokenMarginMs,
      remember: (token) => rememberSecret(secrets, token),
    });
  }

  /** The scopes that the configuration asks for, to name them where they do not suffice. */
  get scope(): string {
    return this.#parts.endpoint.scope;
  }

  /** Never throws for anything that a tenant or a network does. */
  async send(call: Call): Promise<Reply> {
    const { quota, clock, signal } = this.#parts;
    if (call.method !== "GET") quota.beginWriting();
    const turn = quota.limiter.takeTurn();
    let isRenewed = false;
    let timesLate = 0;
    for (let attempt = 1; ; ) {
      const { exchange, token, next } = await this.#attempt(call, turn, attempt);
      if (exchange === LATE && timesLate < MOST_TIMES_LATE) {
        timesLate += 1;
        continue;
      }
      if ("code" in exchange) return { ...exchange, attempts: attempt };
      if (exchange.answered && exchange.status === 401 && !isRenewed) {
        isRenewed = true;
        this.#tokens.drop(token);
        this.#noteRenewal(call);
        continue;
      }
      if (!next.isAgain) return toReply(exchange, attempt);
      // The wait after a 429 is served in the limiter, in order.
      if (!exchange.answered || exchange.status !== 429) await clock.sleep(next.waitMs, signal);
      attempt += 1;
    }
  }

  #noteRenewal({ method, endpoint }: Call): void {
    const { name: family, tally } = this.#parts;
    tally.note({ type: "retry", family, method, endpoint, reason: "401", waitMs: 0 });
  }

  /** The token is there before the turn comes: who waits for a token in the queue's front would later go out as a herd. */
  async #attempt(call: Call, turn: number, attempt: number): Promise<Attempt> {
    const { name, quota, signal, clock } = this.#parts;
    if (signal?.aborted) return notBegun(STOPPED);
    const early = await this.#tokens.get();
    if (early.state === "none") return notBegun(signal?.aborted ? STOPPED : explainMissingToken(early));
    if (call.mayGo !== undefined && !(await call.mayGo())) return notBegun(GIVEN_UP);
    const askedAt = clock.now();
    const admission = await quota.acquire(turn, name);
    if (admission === "stopped") return notBegun(STOPPED);
    if (admission === "refused") return notBegun(REFUSED);
    try {
      // It may have expired in the queue.
      const token = await this.#tokens.get();
      if (token.state === "none") return notBegun(explainMissingToken(token));
      const isLate = quota.limiter.heldUntil > askedAt || token.value !== early.value;
      if (call.mayGo !== undefined && isLate) return notBegun(LATE);
      return await this.#admitted(call, token.value, attempt);
    } finally {
      quota.limiter.release();
    }
  }

  /** Decides and learns while the slot is still taken: a 429 must hold everybody before the next one passes. */
  async #admitted(call: Call, token: string, attempt: number): Promise<Attempt> {
    const { name: family, endpoint: where, quota, clock } = this.#parts;
    const { method, endpoint, patience } = call;
    const startedAt = clock.now();
    const exchange = await this.#exchange(method, endpoint, attempt, toRequest(call, where, token));
    quota.learn({ family, exchange, startedAt });
    const tookMs = clock.now() - startedAt;
    const next = canRepeat(call, exchange)
      ? this.#persistence.decide({ method, endpoint, attempt, exchange, patience, tookMs })
      : GIVE_UP;
    return { exchange, token, next };
  }

  async #requestToken(attempt: number): Promise<Exchange> {
    const { endpoint, tenant, tokenTimeoutMs } = this.#parts;
    const request = toTokenRequest(endpoint, tenant, tokenTimeoutMs);
    return this.#exchange("POST", endpoint.tokenPath, attempt, request);
  }

  async #exchange(method: string, endpoint: string, attempt: number, request: HttpRequest): Promise<Exchange> {
    const { name, clock, tally, transport } = this.#parts;
    const startedAt = clock.now();
    const exchange = await transport.exchange(request);
    const status = exchange.answered ? exchange.status : null;
    const latencyMs = clock.now() - startedAt;
    const { bytes } = exchange;
    tally.note({ type: "request", family: name, method, endpoint, status, latencyMs, attempt, bytes });
    return exchange;
  }
}

interface Attempt {
  readonly exchange: Exchange | Unsent;
  readonly token: string;
  readonly next: Next;
}

function notBegun(exchange: Unsent): Attempt {
  return { exchange, token: "", next: GIVE_UP };
}

/** The call goes before others that wait, so that more pauses in between than these are no chance. */
const MOST_TIMES_LATE = 8;

function explainMissingToken(missing: TokenResult & { readonly state: "none" }): Unsent {
  return { answered: false, sent: false, code: missing.code, why: `the token endpoint gave no token: ${missing.why}` };
}

function canRepeat(call: Call, exchange: Exchange): boolean {
  const isRead = call.method === "GET";
  if (!exchange.answered) return !exchange.permanent && (isRead || !exchange.sent);
  return exchange.status === 429 || (isRead && (exchange.status === 408 || exchange.status >= 500));
}

function toReply(exchange: Exchange, attempts: number): Reply {
  if (exchange.answered) return { ...exchange, attempts };
  return { answered: false, sent: exchange.sent, code: "api/network", why: exchange.why, attempts };
}
