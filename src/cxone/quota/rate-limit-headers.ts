import { LONGEST_RETRY_AFTER_MS, parseHttpDate } from "../attempts/retry-after.ts";

/** What an answer says about the quota, as it stands in its headers. */
export interface RateLimitHeaders {
  /** `RateLimit`: `"default";r=50;t=30`, or as older drafts had it `limit=100, remaining=50, reset=30`. */
  readonly combined?: string;
  /** `RateLimit-Remaining` or `X-RateLimit-Remaining`. */
  readonly remaining?: string;
  /** `RateLimit-Reset` or `X-RateLimit-Reset`. */
  readonly reset?: string;
}

/** So many requests are left until the quota is whole again, in so many milliseconds. */
export interface Remaining {
  readonly count: number;
  readonly resetMs: number;
}

/** Seconds from now are below this, seconds since 1970 above. */
const EARLIEST_EPOCH_S = 1e9;
/** Seconds since 1970 are below this, milliseconds since 1970 above. */
const EARLIEST_EPOCH_MS = 1e11;

const NUMBER = /^\d{1,15}(\.\d{1,9})?$/;
/** An item of a structured list: a name, quoted or not, and its parameters. */
const ITEM = /^\s*(?:"[^"\\]*"|[A-Za-z*][\w:./*-]*)((?:\s*;\s*[a-z*][\w.*-]*(?:=[^\s;,"]*|="[^"\\]*")?)*)\s*$/;
const COMMA_OUTSIDE_QUOTES = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/;
const LONGEST_HEADER = 1_000;

/** The headers about the quota; undefined when the answer has none. What stands there twice is taken for nonsense. */
export function pickRateLimitHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): RateLimitHeaders | undefined {
  const textOf = (name: string) => {
    const value = headers[name];
    return typeof value === "string" && value.length <= LONGEST_HEADER ? value : undefined;
  };
  const combined = textOf("ratelimit");
  if (combined !== undefined) return { combined };
  for (const prefix of ["ratelimit", "x-ratelimit"]) {
    const remaining = textOf(`${prefix}-remaining`);
    const reset = textOf(`${prefix}-reset`);
    if (remaining !== undefined && reset !== undefined) return { remaining, reset };
  }
  return undefined;
}

/**
 * What the headers say at `now`, one entry for each window that they tell of; nonsense is left out. `reset` is seconds from now, seconds or
 * milliseconds since 1970 when it is that large, or an HTTP date; one that has passed says nothing. No reset is further away than an hour.
 */
export function parseRateLimit(headers: RateLimitHeaders | undefined, now: number): readonly Remaining[] {
  if (headers === undefined) return [];
  const pairs = headers.combined === undefined ? [headers] : windowsOf(headers.combined);
  return pairs.flatMap(({ remaining, reset }) => {
    const count = numberFrom(remaining);
    const resetMs = millisecondsUntil(reset, now);
    if (count === undefined || resetMs === undefined || resetMs <= 0) return [];
    return [{ count, resetMs: Math.min(resetMs, LONGEST_RETRY_AFTER_MS) }];
  });
}

interface Window {
  readonly remaining?: string | undefined;
  readonly reset?: string | undefined;
}

function windowsOf(combined: string): readonly Window[] {
  const parts = combined.split(COMMA_OUTSIDE_QUOTES);
  if (!combined.includes(";")) return [windowOf(parts, "remaining", "reset")];
  return parts.flatMap((part) => {
    const parameters = ITEM.exec(part)?.[1];
    return parameters === undefined ? [] : [windowOf(parameters.split(";"), "r", "t")];
  });
}

function windowOf(parts: readonly string[], remaining: string, reset: string): Window {
  const valueAfter = (name: string) => {
    const found = parts.map((part) => part.trim()).filter((part) => part.startsWith(`${name}=`));
    return found.length === 1 ? found[0]?.slice(name.length + 1) : undefined;
  };
  return { remaining: valueAfter(remaining), reset: valueAfter(reset) };
}

function numberFrom(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? "";
  return NUMBER.test(trimmed) ? Number(trimmed) : undefined;
}

function millisecondsUntil(text: string | undefined, now: number): number | undefined {
  const value = numberFrom(text);
  if (value === undefined) return parseHttpDate(text?.trim() ?? "", now);
  if (value >= EARLIEST_EPOCH_MS) return value - now;
  if (value >= EARLIEST_EPOCH_S) return value * 1000 - now;
  return Math.ceil(value * 1000);
}
