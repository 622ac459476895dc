import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Answer,
  brokenConnection,
  COLLECTIONS,
  type Collection,
  idOf,
  type PlainDocument,
  parseDocument,
  refusal,
  sha,
  splitPath,
  withExtras,
} from "./plain-cxone-documents.ts";

export type { Collection, PlainDocument } from "./plain-cxone-documents.ts";

/**
 * A small CXone for end-to-end tests, written from the wire contract alone: it shares no line with the client nor with the
 * emulator, so that what both misunderstand alike shows here. It keeps to the rules (tokens per family, versions,
 * idempotency keys) and is as unhelpful as they allow: no list endpoints (405), no ETag, fields nobody asked for
 * everywhere, webhooks' secrets never answered.
 */
export interface PlainCxone {
  /** Serves both families; their tokens are told apart. */
  readonly url: string;
  /** The stored documents, by id; tests may read and edit them as a person in the CXone editor would. */
  readonly documents: PlainDocuments;
  /** Every request in order of arrival, with its answer's status. */
  readonly log: readonly PlainRequest[];
  close(): Promise<void>;
}

export type PlainDocuments = Readonly<Record<Collection, Map<string, PlainDocument>>>;

export interface PlainRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** null when the connection was cut instead. */
  status: number | null;
}

/** What a program may answer in the server's stead. `drop` cuts the connection; with `after` the request is carried out first. */
export interface PlainAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly drop?: boolean;
  readonly after?: boolean;
}

export interface PlainOptions {
  /** Documents to begin with; each is stored by its `id` (attachments: `fileId`) and keeps its version, by default 1. */
  readonly documents?: Partial<Record<Collection, readonly PlainDocument[]>>;
  /** When given, only this client gets tokens. */
  readonly client?: { readonly id: string; readonly secret: string };
  readonly tokenSeconds?: number;
  /** False for a tenant that keeps no versions on flows. */
  readonly flowVersions?: boolean;
  /** True for a tenant that can list webhooks (as a bare array). */
  readonly webhookList?: boolean;
  /** Asked for every request; undefined lets the server answer by itself. */
  readonly program?: (request: PlainRequest) => PlainAnswer | undefined;
}

const TOKEN_FAMILIES: Readonly<Record<string, string>> = { "/oauth/token": "flows", "/oauth2/token": "workflows" };

export async function startPlainCxone(options: PlainOptions = {}): Promise<PlainCxone> {
  const plain = new Plain(options);
  const server = createServer((request, response) => {
    plain.handle(request, response).catch((error: unknown) => response.destroy(new Error(String(error))));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    documents: plain.documents,
    log: plain.log,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

class Plain {
  readonly documents: PlainDocuments;
  readonly log: PlainRequest[] = [];
  readonly #options: PlainOptions;
  readonly #tokens = new Map<string, { family: string; until: number }>();
  readonly #keys = new Map<string, { digest: string; answer: Answer }>();
  #created = 0;

  constructor(options: PlainOptions) {
    this.#options = options;
    const load = (collection: Collection) =>
      new Map((options.documents?.[collection] ?? []).map((item) => [idOf(item), this.#store(collection, item, 1)]));
    this.documents = {
      flows: load("flows"),
      workflows: load("workflows"),
      webhooks: load("webhooks"),
      templates: load("templates"),
      attachments: load("attachments"),
    };
  }

  async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const text = Buffer.concat(chunks).toString("utf8");
    const request: PlainRequest = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers,
      text,
      status: null,
    };
    this.log.push(request);
    const programmed = this.#options.program?.(request);
    const own = programmed === undefined || programmed.after ? this.#answer(request) : undefined;
    if (programmed?.drop) {
      incoming.socket.destroy();
      return;
    }
    request.status = programmed?.status ?? own?.status ?? 200;
    const body = programmed !== undefined && "body" in programmed ? programmed.body : own?.body;
    response.writeHead(request.status, { "content-type": "application/json", ...programmed?.headers });
    response.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
  }

  #answer(request: PlainRequest): Answer {
    const { pathname } = new URL(request.path, "http://plain");
    const tokenFamily = TOKEN_FAMILIES[pathname];
    if (tokenFamily !== undefined) return this.#giveToken(request, tokenFamily);
    const [prefix, id] = splitPath(pathname);
    const collection = COLLECTIONS[prefix];
    if (collection === undefined) return refusal(404, `nothing at ${pathname}`);
    if (!this.#isAllowed(request, collection === "flows" ? "flows" : "workflows"))
      return refusal(401, "token expired or wrong");
    if (request.method === "GET") return id === undefined ? this.#list(collection) : this.#get(collection, id);
    if (collection === "templates" || collection === "attachments") return refusal(405, "read only");
    return this.#write(request, collection, id);
  }

  #giveToken(request: PlainRequest, family: string): Answer {
    const form = new URLSearchParams(request.text);
    const { client, tokenSeconds = 3600 } = this.#options;
    const isKnown =
      client === undefined || (form.get("client_id") === client.id && form.get("client_secret") === client.secret);
    if (request.method !== "POST" || form.get("grant_type") !== "client_credentials" || !isKnown) {
      return { status: 401, body: { error: "invalid_client" } };
    }
    const access_token = `plain-${family}-${this.#tokens.size + 1}-${sha(request.text).slice(0, 12)}`;
    this.#tokens.set(access_token, { family, until: Date.now() + tokenSeconds * 1000 });
    return {
      status: 200,
      body: {
        access_token,
        token_type: "Bearer",
        expires_in: tokenSeconds,
        scope: form.get("scope"),
        issuedBy: "plain",
      },
    };
  }

  #isAllowed(request: PlainRequest, family: string): boolean {
    const token = this.#tokens.get((request.headers["authorization"] ?? "").replace(/^Bearer /, ""));
    return token !== undefined && token.family === family && token.until > Date.now();
  }

  #list(collection: Collection): Answer {
    if (collection !== "webhooks" || !this.#options.webhookList) return refusal(405, "no lists here");
    return { status: 200, body: [...this.documents.webhooks.values()].map(withExtras) };
  }

  #get(collection: Collection, id: string): Answer {
    const found = this.documents[collection].get(id);
    return found === undefined ? refusal(404, `no ${collection} ${id}`) : { status: 200, body: withExtras(found) };
  }

  #write(request: PlainRequest, collection: Collection, id: string | undefined): Answer {
    const key = request.headers["idempotency-key"];
    const digest = sha(`${request.method} ${request.path} ${request.text}`);
    const known = key === undefined ? undefined : this.#keys.get(key);
    if (known !== undefined) return known.digest === digest ? known.answer : refusal(409, "key used with another body");
    const answer = this.#carryOut(request, collection, id);
    if (key !== undefined && answer.status < 300) this.#keys.set(key, { digest, answer });
    return answer;
  }

  #carryOut(request: PlainRequest, collection: Collection, id: string | undefined): Answer {
    if (request.method === "DELETE") return this.#delete(collection, id);
    const document = parseDocument(request.text);
    if (document === undefined) return refusal(400, "the body is no JSON object");
    if (id === undefined)
      return request.method === "POST" ? this.#create(collection, document) : refusal(405, "POST only");
    const live = this.documents[collection].get(id);
    if (request.method !== "PUT") return refusal(405, "GET, PUT and DELETE only");
    if (live === undefined) return refusal(404, `no ${collection} ${id}`);
    if ("version" in live && document["version"] !== live["version"]) return refusal(409, "stale version");
    const broken = collection === "flows" ? brokenConnection(document) : undefined;
    if (broken !== undefined) return refusal(422, broken);
    const version = typeof live["version"] === "number" ? live["version"] + 1 : 1;
    return this.#keep(collection, id, { ...document, id: live["id"] }, version, 200);
  }

  #delete(collection: Collection, id: string | undefined): Answer {
    if (id === undefined) return refusal(405, "no deleting of everything");
    return this.documents[collection].delete(id) ? { status: 204 } : refusal(404, `no ${collection} ${id}`);
  }

  #create(collection: Collection, document: PlainDocument): Answer {
    this.#created += 1;
    const id = collection === "webhooks" ? `wh_${this.#created}` : String(document["id"] ?? "");
    if (id === "") return refusal(422, "id is missing");
    if (this.documents[collection].has(id)) return refusal(409, `${id} exists`);
    const broken = collection === "flows" ? brokenConnection(document) : undefined;
    return broken === undefined ? this.#keep(collection, id, { ...document, id }, 1, 201) : refusal(422, broken);
  }

  #keep(collection: Collection, id: string, document: PlainDocument, version: number, status: number): Answer {
    const { version: _sent, ...rest } = document;
    const stored = this.#store(collection, rest, version);
    this.documents[collection].set(id, stored);
    return { status, body: withExtras(stored) };
  }

  /** Templates, attachments and webhooks have no versions; flows only where the tenant keeps them. */
  #store(collection: Collection, document: PlainDocument, version: number): PlainDocument {
    const isVersioned = collection === "workflows" || (collection === "flows" && this.#options.flowVersions !== false);
    return isVersioned ? { version, ...document } : document;
  }
}
