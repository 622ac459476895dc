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
    }
  | {
      readonly type: "retry";
      readonly family: string;
      readonly method: string;
      readonly endpoint: string;
      readonly reason: string;
      readonly waitMs: number;
    }
  | { readonly type: "paused"; readonly family: string; readonly waitMs: number };

/** What a run cost the tenant. */
export interface RequestReport {
  /** Requests sent, by method and endpoint pattern: `GET /api/v2/flows/{id}`. Keys in code-unit order. */
  readonly requests: Readonly<Record<string, number>>;
  readonly total: number;
  readonly retries: number;
  /** Answers that said 429. */
  readonly throttled: number;
  /** Milliseconds during which something waited for a back-off or a pause; waits side by side count once. */
  readonly waitedMs: number;
}

/** Counts events for the report and passes them on. */
export class Tally {
  readonly #listener: ((event: ApiEvent) => void) | undefined;
  readonly #requests = new Map<string, number>();
  #total = 0;
  #retries = 0;
  #throttled = 0;

  constructor(listener: ((event: ApiEvent) => void) | undefined) {
    this.#listener = listener;
  }

  /** Never throws: a listener that does must not turn a write that was carried out into one that looks failed. */
  note(event: ApiEvent): void {
    if (event.type === "retry") this.#retries += 1;
    if (event.type === "request") this.#count(`${event.method} ${event.endpoint}`, event.status);
    try {
      this.#listener?.(event);
    } catch {
      // See above: the request's own result is worth more than a listener's trouble.
    }
  }

  report(waitedMs: number): RequestReport {
    const requests = Object.fromEntries([...this.#requests].sort(([left], [right]) => (left < right ? -1 : 1)));
    return { requests, total: this.#total, retries: this.#retries, throttled: this.#throttled, waitedMs };
  }

  #count(endpoint: string, status: number | null): void {
    this.#requests.set(endpoint, (this.#requests.get(endpoint) ?? 0) + 1);
    this.#total += 1;
    if (status === 429) this.#throttled += 1;
  }
}
