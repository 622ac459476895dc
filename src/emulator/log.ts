/** One request to the emulated API, in order of arrival. Requests to the admin interface are not logged. */
export interface RequestLogEntry {
  /** Milliseconds since the epoch, by the emulator's clock. */
  readonly time: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** What followed the `?`, or empty. */
  readonly query: string;
  /** What was answered; null while the request is under way, and for good when no answer was sent. */
  readonly status: number | null;
  readonly idempotencyKey: string | null;
  /** True when the request wrote something. A replay of an idempotency key is not carried out again. */
  readonly carriedOut: boolean;
  /** True when it was carried out and what is stored is another thing now, versions and timestamps aside. */
  readonly changed: boolean;
  /** What a POST created or, replayed, had created: the id in the document, of a webhook its name. null on every other request. */
  readonly documentId: string | null;
  /** The fault that a rule put on this request. */
  readonly fault: string | null;
}

/** An entry that the pipeline is still filling in. */
export interface OpenLogEntry {
  status: number | null;
  carriedOut: boolean;
  changed: boolean;
  documentId: string | null;
  fault: string | null;
}

type Arrival = Pick<RequestLogEntry, "time" | "method" | "path" | "query" | "idempotencyKey">;

/** Every request since the start or the last `clear`. */
export class RequestLog {
  #entries: (Arrival & OpenLogEntry)[] = [];

  open(arrival: Arrival): OpenLogEntry {
    const entry = { ...arrival, status: null, carriedOut: false, changed: false, documentId: null, fault: null };
    this.#entries.push(entry);
    return entry;
  }

  /** A snapshot: entries handed out do not change afterwards. */
  entries(): readonly RequestLogEntry[] {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  clear(): void {
    this.#entries = [];
  }
}
