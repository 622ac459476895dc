import type { Clock } from "../engine/ports.ts";
import type { ErrorCode } from "../errors.ts";
import type { JsonObject } from "../model/json.ts";
import type { Secrets } from "../model/secrets.ts";
import { joinUrl } from "./address.ts";
import type { Tally } from "./events.ts";
import { Limiter } from "./limiter.ts";
import { GIVE_UP, type Next, Persistence } from "./persistence.ts";
import { rememberSecret } from "./remember-secret.ts";
import type { FamilyEndpoint, TenantEndpoints } from "./tenant.ts";
import { type TokenResult, TokenSource } from "./token.ts";
import { type Answered, type Exchange, type HttpRequest, Transport } from "./transport.ts";
import type { WaitBudget } from "./wait-budget.ts";

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
  readonly userAgent: string;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly signal: AbortSignal | undefined;
  readonly budget: WaitBudget;
  readonly tally: Tally;
}

/**
 * One API family of a tenant: its connections, its token, its quota. Sends calls and repeats what may be repeated: a GET
 * after anything that may pass, a write only when the tenant said that it was not carried out (429, 401) or nothing was
 * sent. A write whose answer was lost is never sent twice. Makes no request before the first call.
 */
export class Family {
  readonly #parts: FamilyParts;
  readonly #transport: Transport;
  readonly #limiter: Limiter;
  readonly #persistence: Persistence;
  readonly #tokens: TokenSource;

  constructor(parts: FamilyParts) {
    const { name, tenant, clock, signal, budget, tally, secrets } = parts;
    this.#parts = parts;
    this.#transport = new Transport(parts.userAgent);
    this.#limiter = new Limiter(tenant.limits, clock, signal);
    this.#persistence = new Persistence({
      family: name,
      retry: tenant.retry,
      clock,
      signal,
      limiter: this.#limiter,
      budget,
      tally,
    });
    this.#tokens = new TokenSource({
      request: (attempt) => this.#requestToken(attempt),
      endpoint: parts.endpoint.tokenPath,
      persistence: this.#persistence,
      now: () => clock.now(),
      sleep: (milliseconds) => clock.sleep(milliseconds),
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
    const turn = this.#limiter.takeTurn();
    let isRenewed = false;
    for (let attempt = 1; ; ) {
      const { exchange, token, next } = await this.#attempt(call, turn, attempt);
      if ("code" in exchange) return { ...exchange, attempts: attempt };
      if (exchange.answered && exchange.status === 401 && !isRenewed) {
        isRenewed = true;
        this.#tokens.drop(token);
        this.#noteRenewal(call);
        continue;
      }
      if (!next.isAgain) return toReply(exchange, attempt);
      // The wait after a 429 is served in the limiter, in order.
      if (!exchange.answered || exchange.status !== 429) await this.#parts.clock.sleep(next.waitMs);
      attempt += 1;
    }
  }

  /** Closes the kept connections. To be called when nothing is under way any more. */
  close(): void {
    this.#transport.close();
  }

  #noteRenewal({ method, endpoint }: Call): void {
    const { name: family, tally } = this.#parts;
    tally.note({ type: "retry", family, method, endpoint, reason: "401", waitMs: 0 });
  }

  /** The token is there before the turn comes: who waits for a token in the queue's front would later go out as a herd. */
  async #attempt(call: Call, turn: number, attempt: number): Promise<Attempt> {
    if (this.#parts.signal?.aborted) return notBegun(STOPPED);
    const early = await this.#tokens.get();
    if (early.state === "none") return notBegun(explainMissingToken(early));
    const admission = await this.#limiter.acquire(turn);
    if (admission === "stopped") return notBegun(STOPPED);
    if (admission === "refused") return notBegun(REFUSED);
    try {
      // It may have expired in the queue.
      const token = await this.#tokens.get();
      if (token.state === "none") return notBegun(explainMissingToken(token));
      const exchange = await this.#exchange(call.method, call.endpoint, attempt, this.#toRequest(call, token.value));
      // Decided while the slot is still taken: a 429 must hold the family before the next one passes.
      const { method, endpoint } = call;
      const next = canRepeat(call, exchange)
        ? this.#persistence.decide({ method, endpoint, attempt, exchange })
        : GIVE_UP;
      return { exchange, token: token.value, next };
    } finally {
      this.#limiter.release();
    }
  }

  #toRequest(call: Call, token: string): HttpRequest {
    return {
      method: call.method,
      url: joinUrl(this.#parts.endpoint.baseUrl, call.path),
      timeoutMs: call.timeoutMs,
      headers: {
        authorization: `Bearer ${token}`,
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        ...(call.idempotencyKey === undefined ? {} : { "idempotency-key": call.idempotencyKey }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    };
  }

  #requestToken(attempt: number): Promise<Exchange> {
    const { endpoint, tenant, tokenTimeoutMs } = this.#parts;
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: tenant.clientId,
      client_secret: tenant.clientSecret,
      scope: endpoint.scope,
    });
    return this.#exchange("POST", endpoint.tokenPath, attempt, {
      method: "POST",
      url: joinUrl(endpoint.baseUrl, endpoint.tokenPath),
      timeoutMs: tokenTimeoutMs,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    });
  }

  async #exchange(method: string, endpoint: string, attempt: number, request: HttpRequest): Promise<Exchange> {
    const { name, clock, tally } = this.#parts;
    const startedAt = clock.now();
    const exchange = await this.#transport.exchange(request);
    const status = exchange.answered ? exchange.status : null;
    const latencyMs = clock.now() - startedAt;
    tally.note({ type: "request", family: name, method, endpoint, status, latencyMs, attempt });
    return exchange;
  }
}

/** Why an attempt did not even begin. */
type Unsent = Omit<NoReply, "attempts">;

interface Attempt {
  readonly exchange: Exchange | Unsent;
  readonly token: string;
  readonly next: Next;
}

function notBegun(exchange: Unsent): Attempt {
  return { exchange, token: "", next: GIVE_UP };
}

const STOPPED: Unsent = {
  answered: false,
  sent: false,
  code: "api/stopped",
  why: "the run is being stopped, and nothing was sent",
};

const REFUSED: Unsent = {
  answered: false,
  sent: false,
  code: "api/throttled",
  why: "the tenant asks for a longer pause (429) than the run may wait",
};

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
