import type { ClientRequest, IncomingHttpHeaders } from "node:http";
import { Agent as HttpAgent } from "node:http";
import type { ClientHttp2Session } from "node:http2";
import got, { type Got, type Request } from "got";
import { systemCodeOf } from "../../errors.ts";
import type { WireBytes } from "../events.ts";
import type { ActiveTime } from "./active-time.ts";
import { type Body, MOST_BODY_BYTES, parseBody } from "./body.ts";
import { explainFailure, LATE } from "./failed-request.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import { KEPT, NegotiatedAgent } from "./negotiated-agent.ts";

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
  /** By names in lower case. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly body: Body;
  readonly bytes: WireBytes;
}

export interface Unanswered {
  readonly answered: false;
  /** False only when it is certain that no byte of the request left: there was no connection to send it over. */
  readonly sent: boolean;
  /** True when another attempt would end the same: a certificate that does not verify, an address that is none. */
  readonly permanent: boolean;
  /** The end of a sentence for a person: `the connection was refused`. Not yet masked. */
  readonly why: string;
  readonly bytes: WireBytes;
}

/** What is known of a request while it is under way. */
interface Journey {
  established: boolean;
  /** Bytes of the body as they came; undefined where nothing was compressed. */
  compressed: number | undefined;
}

/**
 * Sends single requests and nothing more: no retries, no redirects (they would carry the token to another address), no
 * opinion about status codes. Never throws. All connections of a tenant are here, and kept alive until `close`; over TLS a
 * server that offers HTTP/2 is spoken to in it.
 */
export class Transport {
  readonly #sessions = new Http2Sessions();
  readonly #agents = { http: new HttpAgent(KEPT), https: new NegotiatedAgent(this.#sessions) };
  readonly #underWay: ActiveTime | undefined;
  readonly #got: Got;

  /** `underWay` is told when anything is. */
  constructor(userAgent: string, underWay?: ActiveTime) {
    this.#underWay = underWay;
    this.#got = got.extend({
      agent: this.#agents,
      followRedirect: false,
      headers: { accept: "application/json", "user-agent": userAgent },
      retry: { limit: 0 },
      throwHttpErrors: false,
    });
  }

  async exchange(request: HttpRequest): Promise<Exchange> {
    this.#underWay?.enter();
    try {
      return await this.#exchange(request);
    } finally {
      this.#underWay?.leave();
    }
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
    this.#sessions.close();
  }

  async #exchange(request: HttpRequest): Promise<Exchange> {
    const { url, timeoutMs } = request;
    const journey: Journey = { established: false, compressed: undefined };
    const origin = url.startsWith("https:") ? new URL(url).origin : undefined;
    let session: ClientHttp2Session | undefined;
    try {
      session = origin === undefined ? undefined : await this.#sessions.reach(origin, timeoutMs);
      // A session stands already; what is handed to it may have left before anybody hears of it.
      journey.established = session !== undefined;
      return await readAnswer(this.#send(request, session, journey), journey, sentBytes(request));
    } catch (thrown) {
      const { established: sent } = journey;
      if (origin !== undefined && session !== undefined && systemCodeOf(thrown) === LATE) {
        this.#sessions.distrust(origin, session);
      }
      const bytes = { sent: sent ? sentBytes(request) : 0, received: 0 };
      // What got throws holds the request with its token, so only words of ours leave this function.
      return { answered: false, sent, ...explainFailure(thrown), bytes };
    }
  }

  #send(request: HttpRequest, session: ClientHttp2Session | undefined, journey: Journey): Request {
    const { url, method, headers, body, timeoutMs } = request;
    const stream = this.#got.stream(url, {
      method,
      headers,
      timeout: { request: timeoutMs },
      ...(body !== undefined && { body }),
      ...(session !== undefined && { h2session: session }),
    });
    // Who reads it reports the error; one that comes after that has nobody left to tell.
    stream.on("error", () => {});
    stream.once("request", (sent) => watch(sent, journey));
    // Whatever may carry a body waits for one until it is told that there is none.
    if (method !== "GET" && body === undefined) stream.end();
    return stream;
  }
}

/** A request is buffered until its connection stands (with TLS: until the handshake is through), so before that none of it left. */
function watch(request: ClientRequest, journey: Journey): void {
  request.once("socket", (socket) => {
    // A kept connection stands already, and would gather a listener with every request.
    if (!socket.connecting) {
      journey.established = true;
      return;
    }
    const isTls = "encrypted" in socket;
    socket.once(isTls ? "secureConnect" : "connect", () => {
      journey.established = true;
    });
  });
  request.once("response", (response) => {
    if (response.headers["content-encoding"] === undefined) return;
    journey.compressed = 0;
    response.on("data", (chunk: Uint8Array) => {
      journey.compressed = (journey.compressed ?? 0) + chunk.byteLength;
    });
  });
}

function sentBytes({ body }: HttpRequest): number {
  return body === undefined ? 0 : Buffer.byteLength(body);
}

async function readAnswer(stream: Request, journey: Journey, sent: number): Promise<Answered> {
  const { bytes, size } = await collect(stream);
  const response = stream.response;
  if (response === undefined) throw new Error("the connection ended before an answer came");
  const { statusCode: status, headers } = response;
  return {
    answered: true,
    status,
    retryAfter: headers["retry-after"],
    headers,
    body: bytes === undefined ? { kind: "too-large" } : parseBody(bytes, headers["content-type"] ?? ""),
    bytes: { sent, received: journey.compressed ?? size },
  };
}

/** The whole body, or undefined as soon as it is larger than we accept; leaving the loop then closes the connection. */
async function collect(stream: Request): Promise<{ readonly bytes: Uint8Array | undefined; readonly size: number }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes: Uint8Array = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    size += bytes.byteLength;
    if (size > MOST_BODY_BYTES) return { bytes: undefined, size };
    chunks.push(bytes);
  }
  const [only] = chunks;
  return { bytes: chunks.length === 1 ? only : Buffer.concat(chunks), size };
}
