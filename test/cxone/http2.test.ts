/** HTTP/2 where a server offers it, and HTTP/1.1 where it does not, or where HTTP/2 went wrong. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { constants, type Http2Session } from "node:http2";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Transport } from "../../src/cxone/wire/transport.ts";
import { runCommand } from "../helpers/command.ts";
import { FLOW as MANIFEST } from "../helpers/manifests.ts";
import { openWorld } from "../helpers/world.ts";
import { type Answer, makeCertificate, type Request, say, startTls, trust } from "./tls-server.ts";
import { connectTo, FLOW, START } from "./world.ts";

const certificate = makeCertificate();
trust(certificate);
const H2 = { certificate, speaks: "h2" } as const;
const CREATE = { ref: FLOW, document: { id: "main" }, idempotencyKey: "k", at: START };

const giveDocument: Answer = (request, response) =>
  say(response, 200, { id: request.url?.split("/").at(-1), version: 1 });

function flow(id: string) {
  return { type: "flow", id };
}

/** Ends the stream of one request, as a proxy does that loses the server behind it. */
function reset(request: Request, code: number): void {
  if ("stream" in request) request.stream.close(code);
}

function sessionOf(request: Request): Http2Session | undefined {
  return "stream" in request ? request.stream.session : undefined;
}

function versionsOf(seen: readonly string[]): readonly string[] {
  return [...new Set(seen.map((line) => line.slice(0, 3)))];
}

test("all requests of a tenant share one session, and 429 and 5xx are told in it as ever", async (t) => {
  const server = await startTls(t, H2, (request, response, count) => {
    if (count === 1 && request.url?.endsWith("/f7")) say(response, 429, {}, { "retry-after": "1" });
    else if (count === 1 && request.url?.endsWith("/f9")) say(response, 500, {});
    else giveDocument(request, response, count);
  });
  const { store, report } = connectTo(t, server.url);
  const reads = await Promise.all(Array.from({ length: 40 }, (_, index) => store.read(flow(`f${index}`))));
  await store.read({ type: "workflow", id: "wf" });
  assert.deepEqual([...new Set(reads.map(({ state }) => state))], ["present"]);
  assert.deepEqual(versionsOf(server.seen), ["2.0"]);
  assert.deepEqual([server.sessions.length, server.connections()], [1, 1]);
  assert.deepEqual([report().retries, report().throttled], [2, 1]);
});

test("closing ends the session", async (t) => {
  const server = await startTls(t, H2, giveDocument);
  const { store, close } = connectTo(t, server.url);
  await store.read(FLOW);
  const [session] = server.sessions;
  assert.ok(session !== undefined && !session.closed);
  const closed = once(session, "close");
  await close();
  await closed;
});

for (const [name, code] of [
  ["refused", constants.NGHTTP2_REFUSED_STREAM],
  ["broken off", constants.NGHTTP2_INTERNAL_ERROR],
  ["cancelled", constants.NGHTTP2_CANCEL],
] as const) {
  test(`a stream that is ${name}: a read is repeated, a write is not, for it may have been carried out`, async (t) => {
    const server = await startTls(t, H2, (request, response, count) => {
      if (count === 1) reset(request, code);
      else giveDocument(request, response, count);
    });
    const { store } = connectTo(t, server.url);
    assert.equal((await store.read(FLOW)).state, "present");
    assert.equal((await store.create(CREATE)).result, "uncertain");
    assert.deepEqual(server.seen, [
      ...["2.0 GET /api/v2/flows/main", "2.0 GET /api/v2/flows/main"],
      "2.0 POST /api/v2/flows",
    ]);
  });
}

const ENDS: Readonly<Record<string, (request: Request) => void>> = {
  stream: (request) => "stream" in request && request.stream.destroy(new Error("defect")),
  session: (request) => sessionOf(request)?.destroy(),
};

for (const [what, end] of Object.entries(ENDS)) {
  test(`half an answer is none: the ${what} ends before it`, async (t) => {
    const server = await startTls(t, H2, (request, response, count) => {
      if (count > 1 || !("stream" in request)) return giveDocument(request, response, count);
      request.stream.respond({ ":status": 200, "content-type": "application/json" });
      // What came is whole JSON; only that its end is missing tells that more was to come.
      request.stream.write('{ "id": "main" }', () => setImmediate(end, request));
    });
    const { store, report } = connectTo(t, server.url);
    assert.deepEqual(await store.read(FLOW), { state: "present", document: { id: "main", version: 1 }, version: 1 });
    assert.equal(report().retries, 1);
  });
}

test("a server that ends its session in good order answers what is under way, and is asked again in a new one", async (t) => {
  const server = await startTls(t, H2, (request, response, count) => {
    if (request.url?.endsWith("/f2")) sessionOf(request)?.goaway(0);
    giveDocument(request, response, count);
  });
  const { store, report } = connectTo(t, server.url, { limits: { concurrency: 1 } });
  for (const id of ["f1", "f2", "f3", "f4"]) assert.equal((await store.read(flow(id))).state, "present");
  assert.deepEqual(versionsOf(server.seen), ["2.0"]);
  assert.equal(server.sessions.length, 2);
  assert.equal(report().retries, 0);
});

test("a session that breaks off fails what is under way, sends no write twice, and is the last one", async (t) => {
  const server = await startTls(t, H2, (request, response, count) => {
    if (request.method === "POST") sessionOf(request)?.destroy(new Error("defect"), 2);
    else giveDocument(request, response, count);
  });
  const { store } = connectTo(t, server.url);
  await store.read(FLOW);
  assert.equal((await store.create(CREATE)).result, "uncertain");
  assert.equal((await store.read(FLOW)).state, "present");
  assert.deepEqual(server.seen, [
    ...["2.0 GET /api/v2/flows/main", "2.0 POST /api/v2/flows"],
    "1.1 GET /api/v2/flows/main",
  ]);
});

test("a session that gives no answer in time is not trusted with the next attempt", async (t) => {
  const server = await startTls(t, H2, (request, response, count) => {
    if (count > 1 || request.url?.endsWith("/prompt")) giveDocument(request, response, count);
  });
  const { store } = connectTo(t, server.url, { timeouts: { readMs: 300 } });
  assert.equal((await store.read(flow("prompt"))).state, "present");
  assert.equal((await store.read(FLOW)).state, "present");
  assert.deepEqual(server.seen, [
    "2.0 GET /api/v2/flows/prompt",
    ...["2.0 GET /api/v2/flows/main", "1.1 GET /api/v2/flows/main"],
  ]);
});

test("a server without HTTP/2 is asked over the connection on which that was agreed", async (t) => {
  const server = await startTls(t, { certificate, speaks: "http/1.1" }, giveDocument);
  const { store } = connectTo(t, server.url, { limits: { concurrency: 1 } });
  for (const id of ["f1", "f2", "f3"]) assert.equal((await store.read(flow(id))).state, "present");
  assert.deepEqual(versionsOf(server.seen), ["1.1"]);
  assert.equal(server.connections(), 1);
});

test("a certificate that nobody vouches for is a lasting failure, and nothing was sent", async (t) => {
  const server = await startTls(t, { ...H2, certificate: makeCertificate() }, giveDocument);
  const transport = new Transport("test");
  t.after(() => transport.close());
  const url = `${server.url}/api/v2/flows`;
  const exchange = await transport.exchange({ method: "POST", url, headers: {}, body: "{}", timeoutMs: 5000 });
  assert.ok(!exchange.answered);
  assert.deepEqual([exchange.sent, exchange.permanent], [false, true]);
  assert.deepEqual(server.seen, []);
});

for (const speaks of ["h2", "http/1.1"] as const) {
  test(`bytes count as they travel, compressed where they are: ${speaks}`, async (t) => {
    const packed = gzipSync(JSON.stringify({ id: "main", name: "x".repeat(5000) }));
    const server = await startTls(t, { certificate, speaks }, (_request, response) => {
      response.setHeader("content-type", "application/json");
      response.setHeader("content-encoding", "gzip");
      response.end(packed);
    });
    const transport = new Transport("test");
    t.after(() => transport.close());
    const url = `${server.url}/api/v2/flows/main`;
    const exchange = await transport.exchange({ method: "PUT", url, headers: {}, body: '"ä"', timeoutMs: 5000 });
    assert.ok(exchange.answered && exchange.body.kind === "json");
    assert.deepEqual(exchange.bytes, { sent: 4, received: packed.byteLength });
  });
}

test("the command plans over HTTP/2 with a company's own authority, says what it cost, and ends", async (t) => {
  const server = await startTls(t, H2, (_request, response) => say(response, 404, { message: "none" }));
  const world = openWorld(t, server.url, { "flow.yaml": MANIFEST });
  const env = { ...world.env, NODE_EXTRA_CA_CERTS: certificate.file };
  const ran = await runCommand(["plan", "--output", "json"], { cwd: world.folder, env });
  assert.equal(ran.code, 0, ran.stderr);
  const { summary, requests } = JSON.parse(ran.stdout);
  assert.equal(summary.create, 1);
  assert.equal(requests.byEndpoint["POST /oauth/token"], 1);
  assert.deepEqual(versionsOf(server.seen), ["2.0"]);
});
