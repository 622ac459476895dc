/**
 * HTTP/2 for servers that offer it. What a server speaks is settled before the first request to it, in the handshake of TLS:
 *
 *   | what happens                                    | what follows                                             |
 *   | the server chooses h2                           | one session for all requests to this origin              |
 *   | it chooses HTTP/1.1, or says nothing            | HTTP/1.1; the connection serves the first request        |
 *   | it cannot be reached                            | the request fails, nothing was sent; the next one tries  |
 *   | it ends the session in good order               | what is under way ends there; the next opens another     |
 *   | the session breaks, or a request gets no answer | HTTP/1.1 for the rest of the run                         |
 *
 * The last line because all requests share the session: one that is dead and does not know it would swallow every retry, where
 * in HTTP/1.1 each takes its own connection with it.
 */
import type { EventEmitter } from "node:events";
import { type ClientHttp2Session, connect as connectSession, constants } from "node:http2";
import { isIP } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

/** What a server may send before it hears that it was taken in; the default of 64 KiB would be a brake on a long way. */
const WINDOW_BYTES = 4 * 1024 * 1024;

type Reached = ClientHttp2Session | undefined;

export class Http2Sessions {
  readonly #byOrigin = new Map<string, Promise<Reached>>();
  /** Origins that are spoken to in HTTP/1.1. */
  readonly #plain = new Set<string>();
  readonly #sockets = new Set<TLSSocket>();
  /** Connections on which HTTP/1.1 was agreed, and nothing sent yet. */
  readonly #unused = new Map<string, TLSSocket>();

  /**
   * The session for requests to this origin, undefined where they go by HTTP/1.1. Rejects with the socket's error when the
   * server cannot be reached in time; nothing was sent then.
   */
  async reach(origin: string, timeoutMs: number): Promise<Reached> {
    if (this.#plain.has(origin)) return undefined;
    const known = this.#byOrigin.get(origin);
    if (known !== undefined) return known;
    const forget = () => {
      if (this.#byOrigin.get(origin) === opening) this.#byOrigin.delete(origin);
    };
    const opening = this.#open(origin, timeoutMs, forget);
    this.#byOrigin.set(origin, opening);
    opening.catch(forget);
    return opening;
  }

  /** The connection over which HTTP/1.1 was agreed with this origin; once. */
  takeUnused(origin: string): TLSSocket | undefined {
    const socket = this.#unused.get(origin);
    this.#unused.delete(origin);
    return socket?.destroyed === false ? socket : undefined;
  }

  /** To be called when a request got no answer in time: nothing more is sent over this session. */
  distrust(origin: string, session: ClientHttp2Session): void {
    this.#plain.add(origin);
    session.close();
  }

  /** Cuts every connection; what is under way fails. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #open(origin: string, timeoutMs: number, forget: () => void): Promise<Reached> {
    const socket = await this.#connect(new URL(origin), timeoutMs);
    const session = socket.alpnProtocol === "h2" ? await this.#begin(origin, socket, timeoutMs, forget) : undefined;
    if (session !== undefined) return session;
    this.#plain.add(origin);
    if (socket.alpnProtocol !== "h2") this.#unused.set(origin, socket);
    return undefined;
  }

  async #connect({ hostname, port }: URL, timeoutMs: number): Promise<TLSSocket> {
    const host = hostname.replace(/^\[|\]$/g, "");
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = connectTls({ host, port: Number(port || 443), ALPNProtocols: ["h2", "http/1.1"], ...servername });
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    // Small frames must not wait for the answers to those before them.
    socket.setNoDelay(true);
    await happens(socket, "secureConnect", timeoutMs).catch((error: unknown) => {
      socket.destroy();
      throw error;
    });
    // Who uses it has a listener of his own; between two users nobody has to be told.
    socket.on("error", () => {});
    return socket;
  }

  async #begin(origin: string, socket: TLSSocket, timeoutMs: number, forget: () => void): Promise<Reached> {
    const settings = { enablePush: false, initialWindowSize: WINDOW_BYTES };
    const session = connectSession(origin, { createConnection: () => socket, settings });
    session.on("error", () => this.#plain.add(origin));
    session.on("goaway", (code) => {
      if (code !== constants.NGHTTP2_NO_ERROR) this.#plain.add(origin);
      forget();
    });
    session.once("close", forget);
    try {
      // They say how many requests the server takes at once; more would be refused.
      await happens(session, "remoteSettings", timeoutMs);
      session.setLocalWindowSize(WINDOW_BYTES);
      return session;
    } catch {
      socket.destroy();
      return undefined;
    }
  }
}

/** Rejects when it fails or ends first, or takes too long. */
async function happens(emitter: EventEmitter, event: string, timeoutMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = () => reject(Object.assign(new Error("it was closed"), { code: "ECONNRESET" }));
  const onLate = () => reject(Object.assign(new Error("it took too long"), { code: "ETIMEDOUT" }));
  const timer = setTimeout(onLate, timeoutMs);
  emitter.once(event, resolve).once("error", reject).once("close", onClose);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    emitter.off(event, resolve).off("error", reject).off("close", onClose);
  }
}
