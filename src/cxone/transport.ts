import type { ClientRequest } from "node:http";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import got, { type Got, type Request } from "got";
import { messageOf, systemCodeOf } from "../errors.ts";
import { type Body, MOST_BODY_BYTES, parseBody } from "./body.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

/** What became of one request on the wire. */
export type Exchange = Answered | Unanswered;

export interface Answered {
  readonly answered: true;
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Body;
}

export interface Unanswered {
  readonly answered: false;
  /** False only when it is certain that no byte of the request left: the connection was never established. */
  readonly sent: boolean;
  /** True when another attempt would end the same: a certificate that does not verify, an address that is none. */
  readonly permanent: boolean;
  /** The end of a sentence for a person: `the connection was refused`. Not yet masked. */
  readonly why: string;
}

/**
 * Sends single requests and nothing more: no retries, no redirects (they would carry the token to another address), no
 * opinion about status codes. Never throws. Connections are kept alive until `close`.
 */
export class Transport {
  readonly #agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  readonly #got: Got;

  constructor(userAgent: string) {
    this.#got = got.extend({
      agent: this.#agents,
      followRedirect: false,
      headers: { accept: "application/json", "user-agent": userAgent },
      retry: { limit: 0 },
      throwHttpErrors: false,
    });
  }

  async exchange(request: HttpRequest): Promise<Exchange> {
    const { url, method, headers, body, timeoutMs } = request;
    const connection = { established: false };
    try {
      const payload = body === undefined ? {} : { body };
      const stream = this.#got.stream(url, { method, headers, timeout: { request: timeoutMs }, ...payload });
      // The iteration below reports the error; one that comes after it has nobody left to tell.
      stream.on("error", () => {});
      stream.once("request", (sent) => watchConnection(sent, connection));
      // Whatever may carry a body waits for one until it is told that there is none.
      if (method !== "GET" && body === undefined) stream.end();
      return await readAnswer(stream);
    } catch (thrown) {
      // What got throws holds the request with its token, so only words of ours leave this function.
      return { answered: false, sent: connection.established, ...explainFailure(thrown) };
    }
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }
}

/** A request is buffered until its connection stands (with TLS: until the handshake is through), so before that none of it left. */
function watchConnection(request: ClientRequest, connection: { established: boolean }): void {
  request.once("socket", (socket) => {
    // A kept connection stands already, and would gather a listener with every request.
    if (!socket.connecting) {
      connection.established = true;
      return;
    }
    const isTls = "encrypted" in socket;
    socket.once(isTls ? "secureConnect" : "connect", () => {
      connection.established = true;
    });
  });
}

async function readAnswer(stream: Request): Promise<Answered> {
  const bytes = await collect(stream);
  const response = stream.response;
  if (response === undefined) throw new Error("the connection ended before an answer came");
  return {
    answered: true,
    status: response.statusCode,
    retryAfter: response.headers["retry-after"],
    body: bytes === undefined ? { kind: "too-large" } : parseBody(bytes, response.headers["content-type"] ?? ""),
  };
}

/** The whole body, or undefined as soon as it is larger than we accept; leaving the loop then closes the connection. */
async function collect(stream: Request): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes: Uint8Array = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    size += bytes.byteLength;
    if (size > MOST_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

const WORDS: Readonly<Record<string, string>> = {
  EAI_AGAIN: "the host name could not be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ENOTFOUND: "the host name does not exist",
  EPIPE: "the connection was closed while sending",
  ETIMEDOUT: "no answer came in time",
};

const PERMANENT = /CERT|^ERR_TLS|^ERR_SSL|UNABLE_TO_|SELF_SIGNED|^ERR_INVALID|^ERR_UNSUPPORTED|^ERR_UNESCAPED/;

function explainFailure(thrown: unknown): { readonly permanent: boolean; readonly why: string } {
  const code = systemCodeOf(thrown) ?? "";
  const known = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  return { permanent: PERMANENT.test(code), why: known ?? `the request failed (${messageOf(thrown)})` };
}
