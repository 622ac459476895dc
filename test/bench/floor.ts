import type { RequestLogEntry } from "../../src/emulator/log.ts";

/** What the server keeps to, and what the client was told of it. */
export interface Conditions {
  readonly latencyMs: number;
  readonly concurrency: number;
  /** Requests per second, with a burst of as many. */
  readonly rateLimit?: number;
}

/**
 * The least time in milliseconds that so many requests can take: a quota of R lets R pass in a second, and of `concurrency` requests under
 * way each takes the latency. The server begins with a full burst, of which the floor makes nothing: a run may come in below 1.
 */
export function floorMs(requests: number, { latencyMs, concurrency, rateLimit }: Conditions): number {
  const byQuota = rateLimit === undefined ? 0 : (requests / rateLimit) * 1000;
  const byLatency = (requests * latencyMs) / concurrency;
  return Math.max(byQuota, byLatency);
}

/** What a run has asked of the server. */
export interface Traffic {
  /** All but the logins: another service answers these, and they take nothing of the quota. */
  readonly requests: number;
  readonly logins: number;
  readonly pages: number;
  readonly refusedByQuota: number;
  readonly failed: number;
  /** Milliseconds since the epoch: when the first request arrived, a login as well. */
  readonly beganAt: number;
}

export function countTraffic(entries: readonly RequestLogEntry[]): Traffic {
  const calls = entries.filter(({ path }) => !/^\/oauth2?\/token$/.test(path));
  const count = (matches: (entry: RequestLogEntry) => boolean) => calls.filter(matches).length;
  return {
    requests: calls.length,
    logins: entries.length - calls.length,
    pages: count(({ method, path }) => method === "GET" && /^\/api\/v2\/(flows|workflows|webhooks)$/.test(path)),
    refusedByQuota: count(({ status, fault }) => status === 429 && fault === null),
    failed: count(({ status }) => status !== null && status >= 429),
    beganAt: entries[0]?.time ?? 0,
  };
}
