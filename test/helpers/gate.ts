/** A door before a tenant: it sees what passes, and keeps one request waiting until the test lets it go. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** One request that waits. */
export interface Held {
  /** Resolves when it is there, with `at: "answer"` when the tenant has answered it. */
  readonly arrived: Promise<void>;
  letGo(): void;
}

export interface Gate {
  readonly url: string;
  /** Every request that was let through to the tenant, in order. */
  passed(): readonly Passed[];
  /** Holds the next request of that method to that path: before the tenant sees it, or with its answer on the way back. */
  hold(method: string, path: string, at: "request" | "answer"): Held;
}

interface Hold {
  readonly method: string;
  readonly path: string;
  readonly at: "request" | "answer";
  readonly arrive: () => void;
  readonly released: Promise<void>;
}

/** Headers that belong to one connection, or that are made anew for the next. */
const HOP_HEADERS = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "host", "expect"]);

/** Opens a gate before a tenant; it closes with the test. */
export async function openGate(t: TestContext, tenantUrl: string): Promise<Gate> {
  const holds: Hold[] = [];
  const passed: Passed[] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "" } = request;
    const index = holds.findIndex((hold) => hold.method === method && hold.path === url.split("?")[0]);
    const [hold] = index === -1 ? [] : holds.splice(index, 1);
    passOn(`${tenantUrl}${url}`, request, response, hold, passed).catch(() => request.socket.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address: AddressInfo | string | null = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    passed: () => passed,
    hold(method, path, at) {
      const arrival = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      holds.push({ method, path, at, arrive: arrival.resolve, released: release.promise });
      return { arrived: arrival.promise, letGo: release.resolve };
    },
  };
}

async function passOn(
  url: string,
  request: IncomingMessage,
  response: ServerResponse,
  hold: Hold | undefined,
  passed: Passed[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (hold?.at === "request") await waitAt(hold);
  if (request.socket.destroyed) return;
  const { method = "" } = request;
  passed.push({ method, path: new URL(url).pathname, body: body.toString("utf8") });
  const answer = await fetch(url, {
    method,
    headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      HOP_HEADERS.has(name) || value === undefined ? [] : [[name, String(value)]],
    ),
    ...(body.length > 0 && { body }),
  });
  const text = await answer.text();
  if (hold?.at === "answer") await waitAt(hold);
  const headers = [...answer.headers].filter(([name]) => !HOP_HEADERS.has(name));
  response.writeHead(answer.status, Object.fromEntries(headers)).end(text);
}

function waitAt({ arrive, released }: Hold): Promise<void> {
  arrive();
  return released;
}
