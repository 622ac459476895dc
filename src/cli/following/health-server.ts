import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { GitopsError, systemCodeOf } from "../../errors.ts";
import { type FollowState, judgeLiveness, judgeReadiness, type Verdict } from "./health.ts";

export interface ListenAddress {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

export interface HealthSources {
  readonly state: () => FollowState;
  readonly metrics: () => Promise<string>;
  readonly now: () => number;
}

export interface HealthServer {
  /** Where it listens. */
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Enough for probes and a scraper; a guest that wants more waits. */
const MOST_CONNECTIONS = 32;
const LONGEST_REQUEST_MS = 5000;

/**
 * Answers `/healthz`, `/readyz` and `/metrics` to GET and HEAD, and nothing else: nobody is known here, so nothing can be set off, and
 * nothing is told that is secret. node:http rather than a framework: three answers without a body to read.
 * Throws `usage` when it cannot listen there.
 */
export async function startHealthServer(address: ListenAddress, sources: HealthSources): Promise<HealthServer> {
  const limits = { maxHeaderSize: 8192, requestTimeout: LONGEST_REQUEST_MS, headersTimeout: LONGEST_REQUEST_MS };
  const server = createServer({ ...limits, connectionsCheckingInterval: 1000 }, (request, response) => {
    respond(request, sources).then(
      (answer) => send(request, response, answer),
      () => send(request, response, inWords(500, "no answer could be made")),
    );
  });
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, address);
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((listening, fail) => {
    server.once("error", (error) => {
      const message = `cannot listen on ${host}:${port} (${systemCodeOf(error) ?? error.message})`;
      fail(new GitopsError("usage", message, { hint: "Name another address with --listen." }));
    });
    server.listen({ host, port }, listening);
  });
}

async function respond({ method, url = "" }: IncomingMessage, sources: HealthSources): Promise<Answer> {
  if (method !== "GET" && method !== "HEAD") return inWords(405, "only GET and HEAD are answered");
  const [path] = url.split("?", 1);
  const { state, now } = sources;
  if (path === "/healthz") return asJson(state(), judgeLiveness(state(), now()));
  if (path === "/readyz") return asJson(state(), judgeReadiness(state(), now()));
  if (path !== "/metrics") return inWords(404, "there are /healthz, /readyz and /metrics");
  return { status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body: await sources.metrics() };
}

function asJson({ passes, failures, last, nextAt }: FollowState, { isGood, reason }: Verdict): Answer {
  const body = {
    status: isGood ? "ok" : "failing",
    reason,
    passes,
    failuresInARow: failures,
    lastPass: last && { exitCode: last.code, endedAt: new Date(last.endedAt).toISOString() },
    nextPassAt: nextAt === null ? null : new Date(nextAt).toISOString(),
  };
  return { status: isGood ? 200 : 503, type: "application/json", body: `${JSON.stringify(body)}\n` };
}

function inWords(status: number, text: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body: `${text}\n` };
}

function send({ method }: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  const headers = { "content-type": type, "content-length": Buffer.byteLength(body), "cache-control": "no-store" };
  response.writeHead(status, { ...headers, ...(status === 405 && { allow: "GET, HEAD" }) });
  response.end(method === "HEAD" ? undefined : body);
}
