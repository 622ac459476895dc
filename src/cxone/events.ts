import { ActiveTime } from "./wire/active-time.ts";

/**
 * What happens on the wire, for logs and metrics. No event holds an id, a header, a body or a secret:
 * `endpoint` is a pattern such as `/api/v2/flows/{id}`, `reason` a status code or a word.
 */
export type ApiEvent =
  | {
      readonly type: "request";
      readonly family: string;
      readonly method: string;
      readonly endpoint: string;
      /** null when no answer came. */
      readonly status: number | null;
      readonly latencyMs: number;
      readonly attempt: number;
      /** Of the bodies alone, as they travel: what came compressed counts as such. */
      readonly bytes: WireBytes;
    }
  | {
      readonly type: "retry";
      readonly family: string;
      readonly method: string;
      readonly endpoint: string;
      readonly reason: string;
      readonly waitMs: number;
    }
  | { readonly type: "paused"; readonly family: string; readonly waitMs: number }
  /** From here on requests go out slower: the tenant pushed back, is in trouble or has little left, or another run takes its part. */
  | {
      readonly type: "slowed";
      readonly family: string;
      readonly by: "throttled" | "trouble" | "announced" | "neighbours";
      readonly requestsPerSecond: number;
      readonly concurrency: number;
    }
  /** What an earlier run has left known spared `count` reads, or could not; see `CacheReport`. */
  | { readonly type: "known"; readonly family: string; readonly what: keyof CacheReport; readonly count: number };

export interface WireBytes {
  readonly sent: number;
  readonly received: number;
}

/** What a run cost the tenant, and what it waited for. */
export interface RequestReport {
  /** Requests sent, tokens included. */
  readonly total: number;
  /** The same by method and endpoint pattern: `GET /api/v2/flows/{id}`. Keys in code-unit order. */
  readonly byEndpoint: Readonly<Record<string, number>>;
  readonly retries: number;
  /** Answers that said 429. */
  readonly throttled: number;
  /** Of all bodies, as they travelled; headers do not count. */
  readonly bytes: WireBytes;
  readonly timeMs: RunTimes;
  /** Milliseconds of back-offs and pauses, which `retry.budgetMs` bounds; waits side by side count once. */
  readonly waitedMs: number;
  /** null where nothing was looked up in a cache. */
  readonly cache: CacheReport | null;
}

/**
 * Milliseconds since the tenant was turned to. They overlap (while one request is under way another waits, and a third is
 * compared), so they are no parts of `total`.
 */
export interface RunTimes {
  readonly total: number;
  /** While at least one request was under way. */
  readonly network: number;
  /** While at least one request waited for the rate limit or for a pause that the tenant asked for. */
  readonly quota: number;
  /** Of this process, on all cores. */
  readonly cpu: number;
}

/** What the cache spared. */
export interface CacheReport {
  /** Documents that were not read, because a list shows the version that is known. */
  readonly documents: number;
  /** Pages of lists that were read for their versions. */
  readonly listPages: number;
  /** Reads that the tenant answered with "not modified". */
  readonly notModified: number;
  /** Documents that were read one by one, because this tenant cannot list them. */
  readonly unlisted: number;
  /** Documents that were read one by one, because the list of them could not be read. */
  readonly unread: number;
  /** Documents that were read one by one, because the list of them was not true. */
  readonly doubted: number;
}

const NOTHING_KNOWN: CacheReport = { documents: 0, listPages: 0, notModified: 0, unlisted: 0, unread: 0, doubted: 0 };

/** What the tally does not count itself. */
export type Measured = Pick<RequestReport, "waitedMs"> & { readonly totalMs: number; readonly cpuMs: number };

/** Counts events for the report and passes them on. */
export class Tally {
  /** While a request is under way. */
  readonly network: ActiveTime;
  /** While a request waits for the rate limit or for a pause. */
  readonly quota: ActiveTime;
  readonly #listener: ((event: ApiEvent) => void) | undefined;
  readonly #byEndpoint = new Map<string, number>();
  #total = 0;
  #retries = 0;
  #throttled = 0;
  #sent = 0;
  #received = 0;
  #cache: CacheReport | null = null;

  constructor(now: () => number, listener?: (event: ApiEvent) => void) {
    this.network = new ActiveTime(now);
    this.quota = new ActiveTime(now);
    this.#listener = listener;
  }

  /** Never throws: a listener that does must not turn a write that was carried out into one that looks failed. */
  note(event: ApiEvent): void {
    if (event.type === "retry") this.#retries += 1;
    if (event.type === "request") this.#count(event);
    if (event.type === "known") this.#know(event.what, event.count);
    try {
      this.#listener?.(event);
    } catch {
      // See above: the request's own result is worth more than a listener's trouble.
    }
  }

  report({ waitedMs, totalMs, cpuMs }: Measured): RequestReport {
    return {
      total: this.#total,
      byEndpoint: Object.fromEntries([...this.#byEndpoint].sort(([left], [right]) => (left < right ? -1 : 1))),
      retries: this.#retries,
      throttled: this.#throttled,
      bytes: { sent: this.#sent, received: this.#received },
      timeMs: { total: totalMs, network: this.network.totalMs, quota: this.quota.totalMs, cpu: cpuMs },
      waitedMs,
      cache: this.#cache,
    };
  }

  #count({ method, endpoint, status, bytes }: ApiEvent & { readonly type: "request" }): void {
    const key = `${method} ${endpoint}`;
    this.#byEndpoint.set(key, (this.#byEndpoint.get(key) ?? 0) + 1);
    this.#total += 1;
    this.#sent += bytes.sent;
    this.#received += bytes.received;
    if (status === 429) this.#throttled += 1;
  }

  #know(what: keyof CacheReport, count: number): void {
    const known = this.#cache ?? NOTHING_KNOWN;
    this.#cache = { ...known, [what]: known[what] + count };
  }
}
