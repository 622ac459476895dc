import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import { type CxoneConnection, connectTenant } from "../../src/cxone/connect.ts";
import type { ApiEvent } from "../../src/cxone/events.ts";
import type { KnownDocuments } from "../../src/cxone/lists/known.ts";
import type { RequestLimits, RetryLimits, TenantEndpoints, Timeouts } from "../../src/cxone/tenant.ts";
import type { Clock } from "../../src/engine/ports.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { LiveDocument } from "../../src/model/live.ts";
import { Secrets } from "../../src/model/secrets.ts";

export const START = Date.UTC(2025, 0, 1);

/** Sleeping takes no time and moves the clock. */
export class FakeClock implements Clock {
  time = START;
  readonly slept: number[] = [];

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.slept.push(milliseconds);
    this.time += milliseconds;
  }

  random(): number {
    return 0.5;
  }
}

/** Sleepers wake only when the test moves the clock. */
export class HandClock implements Clock {
  #time = START;
  #sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#time;
  }

  sleep(milliseconds: number, early?: AbortSignal): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ until: this.#time + milliseconds, wake });
      early?.addEventListener("abort", () => wake());
    });
  }

  random(): number {
    return 0.5;
  }

  /** Moves the time and lets what was woken run until it sleeps again. */
  async advance(milliseconds: number): Promise<void> {
    this.#time += milliseconds;
    const due = this.#sleepers.filter((sleeper) => sleeper.until <= this.#time);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.until > this.#time);
    for (const sleeper of due) sleeper.wake();
    await settle();
  }
}

/** Lets every promise that needs no I/O run to its end. */
export function settle(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

/** A request as a tiny server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

export type Handler = (seen: Seen, response: ServerResponse, count: number) => void;

export interface Tiny {
  readonly url: string;
  /** Everything but token requests. */
  readonly seen: Seen[];
  readonly tokenRequests: Seen[];
  readonly server: Server;
}

/** A server that gives out tokens `tok-1`, `tok-2`, … and leaves every other request to the test. */
export async function startTiny(t: TestContext, handler: Handler, tokens: Handler = giveToken): Promise<Tiny> {
  const seen: Seen[] = [];
  const tokenRequests: Seen[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = "", url = "", headers } = incoming;
    const request = { method, path: url, headers, text: Buffer.concat(chunks).toString("utf8") };
    const isToken = url.startsWith("/oauth");
    const list = isToken ? tokenRequests : seen;
    list.push(request);
    (isToken ? tokens : handler)(request, response, list.length);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, seen, tokenRequests, server };
}

export function giveToken(_seen: Seen, response: ServerResponse, count: number): void {
  answer(response, 200, { access_token: `tok-${count}`, token_type: "Bearer", expires_in: 3600, scope: "all" });
}

/** Answers with JSON; text is sent as it is. */
export function answer(
  response: ServerResponse,
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
}

const WORKFLOW_SCOPE = "workflow:edit workflow:view";

export interface Overrides {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly clientSecret?: string;
  /** Where the workflows family is, when not where flows are. */
  readonly workflowsUrl?: string;
  /** What is asked for of the workflows family. */
  readonly workflowScope?: string;
  readonly limits?: Partial<RequestLimits>;
  readonly retry?: Partial<RetryLimits>;
  readonly timeouts?: Partial<Timeouts>;
  readonly onEvent?: (event: ApiEvent) => void;
  readonly known?: KnownDocuments;
}

export interface Connected extends CxoneConnection {
  readonly secrets: Secrets;
  readonly events: ApiEvent[];
}

export function connectTo(t: TestContext, url: string, overrides: Overrides = {}): Connected {
  const secrets = new Secrets();
  const events: ApiEvent[] = [];
  const tenant: TenantEndpoints = {
    name: "test",
    clientId: "client",
    clientSecret: overrides.clientSecret ?? "planted-secret",
    flows: { baseUrl: url, tokenPath: "/oauth/token", scope: "flows:write flows:read" },
    workflows: {
      baseUrl: overrides.workflowsUrl ?? url,
      tokenPath: "/oauth2/token",
      scope: overrides.workflowScope ?? WORKFLOW_SCOPE,
    },
    limits: { requestsPerSecond: 1000, burst: 100, concurrency: 8, ...overrides.limits },
    retry: { attempts: 4, baseMs: 1000, capMs: 8000, budgetMs: 120_000, ...overrides.retry },
    timeouts: overrides.timeouts,
  };
  const connection = connectTenant({
    tenant,
    secrets,
    clock: overrides.clock ?? new FakeClock(),
    signal: overrides.signal,
    version: "9.9.9",
    known: overrides.known,
    onEvent: (event) => {
      events.push(event);
      overrides.onEvent?.(event);
    },
  });
  t.after(() => connection.close());
  return { ...connection, secrets, events };
}

export const FLOW = { type: "flow", id: "main" };
export const WORKFLOW = { type: "workflow", id: "wf_1" };

export function present(document: JsonObject, version: string | number | null = null): LiveDocument {
  return { state: "present", document, version };
}

/** The reason of an unknown read; anything else is printed, so that a failing test shows what came instead. */
export function reasonOf(read: { readonly state: string; readonly reason?: string }): string {
  return read.state === "unknown" ? (read.reason ?? "") : `not unknown: ${JSON.stringify(read)}`;
}
