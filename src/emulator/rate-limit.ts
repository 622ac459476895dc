const SECOND = 1000;

/**
 * A token bucket: so many requests a second, with a burst of as many (at least one). Seed SE speaks of "the API rate limit for your
 * organization tier", so one bucket serves both families; that the login does not count is an assumption.
 */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #now: () => number;
  #level: number;
  #filledAt: number;

  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#burst = Math.max(1, perSecond);
    this.#now = now;
    this.#level = this.#burst;
    this.#filledAt = now();
  }

  /** Takes a token: 0 when there was one, else the milliseconds until there will be. */
  take(): number {
    this.#fill();
    if (this.#level < 1) return ((1 - this.#level) / this.#perSecond) * SECOND;
    this.#level -= 1;
    return 0;
  }

  /** How many tokens are there, and how many milliseconds until all are. */
  left(): { readonly tokens: number; readonly fullIn: number } {
    this.#fill();
    return { tokens: Math.floor(this.#level), fullIn: ((this.#burst - this.#level) / this.#perSecond) * SECOND };
  }

  #fill(): void {
    const time = this.#now();
    const gained = ((time - this.#filledAt) / SECOND) * this.#perSecond;
    this.#level = Math.min(this.#burst, this.#level + Math.max(0, gained));
    this.#filledAt = time;
  }
}

/**
 * What gateways say about a quota with every answer: `draft` as draft-ietf-httpapi-ratelimit-headers has it, `x` as most have done before
 * (assumption: neither seed names such a header). The reset is when the bucket would be full, in whole seconds, rounded up.
 */
export function rateLimitHeaders(bucket: TokenBucket, form: "draft" | "x"): Readonly<Record<string, string>> {
  const { tokens, fullIn } = bucket.left();
  const seconds = Math.ceil(fullIn / SECOND);
  if (form === "draft") return { ratelimit: `"default";r=${tokens};t=${seconds}` };
  return { "x-ratelimit-remaining": String(tokens), "x-ratelimit-reset": String(seconds) };
}

/** Whole seconds: what both seeds can parse (seed SE reads `Retry-After` as an integer, SF as a float). */
export function retryAfterSeconds(milliseconds: number): string {
  return String(Math.max(1, Math.ceil(milliseconds / SECOND)));
}
