import * as z from "zod";
import type { ErrorCode } from "../../errors.ts";
import { describeBody } from "../wire/body.ts";
import type { Answered, Exchange } from "../wire/transport.ts";
import { GIVE_UP, type Persistence } from "./persistence.ts";

/** A token to use, or why there is none. `final`: asking again would give the same answer. */
export type TokenResult =
  | { readonly state: "token"; readonly value: string }
  | { readonly state: "none"; readonly code: ErrorCode; readonly why: string; readonly final: boolean };

export interface TokenParts {
  /** Sends one token request. */
  readonly request: (attempt: number) => Promise<Exchange>;
  readonly endpoint: string;
  readonly persistence: Persistence;
  readonly now: () => number;
  /** False when the run is being stopped; then nothing more is asked for. */
  readonly sleep: (milliseconds: number) => Promise<boolean>;
  /** With less than this left a token is renewed; the seed articles say 30 s for flows and 60 s for workflows. */
  readonly marginMs: number;
  readonly remember: (token: string) => void;
}

/** Where a server does not say how long its token lives (RFC 6749 only recommends it): short enough to be harmless. */
const ASSUMED_LIFE_S = 300;

const TokenAnswer = z.object({
  // Anything but visible ASCII could not stand in a header.
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .optional(),
  expires_in: z.coerce.number().positive().default(ASSUMED_LIFE_S),
});

/**
 * The token of one API family: fetched when first needed, shared by all callers, renewed shortly before it expires.
 * However many callers ask, one request is under way. Refused credentials are asked for once per run: a hundred
 * documents must not become a hundred failed logins.
 */
export class TokenSource {
  readonly #parts: TokenParts;
  #token: { readonly value: string; readonly renewAt: number } | undefined;
  #fetching: Promise<TokenResult> | undefined;
  #refused: TokenResult | undefined;

  constructor(parts: TokenParts) {
    this.#parts = parts;
  }

  async get(): Promise<TokenResult> {
    if (this.#refused !== undefined) return this.#refused;
    if (this.#token !== undefined && this.#parts.now() <= this.#token.renewAt) {
      return { state: "token", value: this.#token.value };
    }
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  /** Forgets a token that was answered with 401, unless a newer one has taken its place meanwhile. */
  drop(value: string): void {
    if (this.#token?.value === value) this.#token = undefined;
  }

  async #fetch(): Promise<TokenResult> {
    const { request, persistence, endpoint, now, sleep } = this.#parts;
    for (let attempt = 1; ; attempt += 1) {
      // Counted from before the request, so that a slow answer makes the token seem older, never younger.
      const askedAt = now();
      const exchange = await request(attempt);
      const next = canAskAgain(exchange)
        ? persistence.decide({ method: "POST", endpoint, attempt, exchange })
        : GIVE_UP;
      if (next.isAgain && (await sleep(next.waitMs))) continue;
      const result = this.#accept(exchange, askedAt);
      if (result.state === "none" && result.final) this.#refused = result;
      return result;
    }
  }

  #accept(exchange: Exchange, askedAt: number): TokenResult {
    if (!exchange.answered) return { state: "none", code: "api/network", why: exchange.why, final: exchange.permanent };
    if (exchange.status !== 200) return explainRefusal(exchange);
    const parsed = exchange.body.kind === "json" ? TokenAnswer.safeParse(exchange.body.value) : undefined;
    if (!parsed?.success) {
      return { state: "none", code: "api/unexpected", why: `it ${describeBody(exchange.body)}`, final: true };
    }
    const { access_token: value, expires_in: seconds } = parsed.data;
    this.#parts.remember(value);
    this.#token = { value, renewAt: askedAt + usableMs(seconds * 1000, this.#parts.marginMs) };
    return { state: "token", value };
  }
}

/** A token that lives no longer than the margin would never be used; half of its life is then the margin. */
function usableMs(lifeMs: number, marginMs: number): number {
  return lifeMs > marginMs ? lifeMs - marginMs : lifeMs / 2;
}

function canAskAgain(exchange: Exchange): boolean {
  if (!exchange.answered) return !exchange.permanent;
  return exchange.status === 429 || exchange.status === 408 || exchange.status >= 500;
}

function explainRefusal({ status }: Answered): TokenResult {
  if (status === 429)
    return { state: "none", code: "api/throttled", why: "its quota is exhausted (429)", final: false };
  if (status >= 500) return { state: "none", code: "api/server", why: `it answered ${status}`, final: false };
  if (status === 400 || status === 401 || status === 403) {
    const why = `it does not accept the client id, the secret or the scope (${status})`;
    return { state: "none", code: "api/unauthorized", why, final: true };
  }
  return { state: "none", code: "api/unexpected", why: `it answered ${status}: wrong address?`, final: true };
}
