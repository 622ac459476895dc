import { Agent as HttpsAgent } from "node:https";
import type { Http2Sessions } from "./http2-sessions.ts";

/** The connection that was used last is the one that most likely still stands. */
export const KEPT = { keepAlive: true, scheduling: "lifo" } as const;

/** Connections over TLS that speak HTTP/1.1; the first of a server is the one over which that was agreed. */
export class NegotiatedAgent extends HttpsAgent {
  readonly #sessions: Http2Sessions;

  constructor(sessions: Http2Sessions) {
    super(KEPT);
    this.#sessions = sessions;
  }

  override createConnection(...[options, callback]: Parameters<HttpsAgent["createConnection"]>) {
    const host = String(options.host ?? "");
    const { origin } = new URL(`https://${host.includes(":") ? `[${host}]` : host}:${options.port ?? 443}`);
    return this.#sessions.takeUnused(origin) ?? super.createConnection(options, callback);
  }
}
