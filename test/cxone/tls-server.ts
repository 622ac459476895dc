/** A server behind TLS, with HTTP/2 or without, and a certificate that this process trusts. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createSecureServer, type Http2ServerRequest, type ServerHttp2Session } from "node:http2";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

export interface Certificate {
  readonly file: string;
  readonly key: string;
  readonly cert: string;
}

/** Made with openssl; trusted by nobody yet. */
export function makeCertificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "cxone-gitops-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const [key, file] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  const how = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...how, ...names, "-keyout", key, "-out", file], { stdio: "ignore" });
  return { file, key: readFileSync(key, "utf8"), cert: readFileSync(file, "utf8") };
}

/** From here on, and in this process. */
export function trust({ cert }: Certificate): void {
  setDefaultCACertificates([...getCACertificates("default"), cert]);
}

export type Request = Http2ServerRequest | IncomingMessage;
/** What answers in both protocols have in common. */
export interface Response {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string | Uint8Array): unknown;
}
/** `count`: which request with this method and path it is, from 1. */
export type Answer = (request: Request, response: Response, count: number) => void;

export interface TlsServer {
  readonly url: string;
  /** `2.0 GET /api/v2/flows/main`; token requests are answered by the server itself and not noted. */
  readonly seen: string[];
  readonly sessions: ServerHttp2Session[];
  /** Connections over which anything was agreed. */
  connections(): number;
}

export interface TlsOptions {
  readonly certificate: Certificate;
  readonly speaks: "h2" | "http/1.1";
}

export async function startTls(t: TestContext, options: TlsOptions, answer: Answer): Promise<TlsServer> {
  const { key, cert } = options.certificate;
  const seen: string[] = [];
  const sessions: ServerHttp2Session[] = [];
  const counts = new Map<string, number>();
  const listen = (request: Request, response: Response) => {
    request.resume();
    if (request.url?.includes("token") === true) {
      say(response, 200, { access_token: "tok-1", expires_in: 3600 });
      return;
    }
    const which = `${request.method} ${request.url}`;
    counts.set(which, (counts.get(which) ?? 0) + 1);
    seen.push(`${request.httpVersion} ${which}`);
    answer(request, response, counts.get(which) ?? 0);
  };
  const server =
    options.speaks === "h2"
      ? createSecureServer({ key, cert, allowHTTP1: true }, listen).on("session", (session) => sessions.push(session))
      : createServer({ key, cert }, listen);
  let connections = 0;
  server.on("secureConnection", (socket) => {
    connections += 1;
    t.after(() => socket.destroy());
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `https://127.0.0.1:${port}`, seen, sessions, connections: () => connections };
}

export function say(
  response: Response,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries({ "content-type": "application/json", ...headers })) {
    response.setHeader(name, value);
  }
  response.end(JSON.stringify(body));
}
