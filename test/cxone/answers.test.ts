import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Transport } from "../../src/cxone/wire/transport.ts";
import { answer, connectTo, FLOW, present, reasonOf, START, startTiny, WORKFLOW } from "./world.ts";

const deep = (levels: number) => `{"id":"main","x":${"[".repeat(levels)}${"]".repeat(levels)}}`;

test("absent is the tenant's own 404 and nothing else", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 404, { message: "no such flow" }));
  const { store } = connectTo(t, tiny.url);
  assert.deepEqual(await store.read(FLOW), { state: "absent" });
});

for (const { version, expected } of [
  { version: 3, expected: 3 },
  { version: "r-17", expected: "r-17" },
  { version: null, expected: null },
  { version: { major: 1 }, expected: null },
]) {
  test(`a document whose version is ${JSON.stringify(version)} is read as it came`, async (t) => {
    const document = { id: "main", version, unknownField: [{ a: 1 }] };
    const tiny = await startTiny(t, (_seen, response) => answer(response, 200, document));
    const { store } = connectTo(t, tiny.url);
    assert.deepEqual(await store.read(FLOW), { state: "present", document, version: expected });
  });
}

const doubtful: readonly {
  readonly reason: string;
  readonly says: RegExp;
  readonly send: (r: ServerResponse) => void;
}[] = [
  { reason: "403", says: /lacks the scope flows:read \(403\); grant it/, send: (r) => answer(r, 403) },
  { reason: "405", says: /does not offer this \(405\)/, send: (r) => answer(r, 405) },
  { reason: "another 4xx", says: /418: short and stout/, send: (r) => answer(r, 418, { message: "short and stout" }) },
  { reason: "204", says: /answered nothing/, send: (r) => answer(r, 204) },
  { reason: "200 with nothing", says: /answered nothing/, send: (r) => answer(r, 200, "") },
  {
    reason: "a login page",
    says: /HTML instead of JSON: a proxy or login page\?/,
    send: (r) => answer(r, 200, "<!doctype html><p>Log in", { "content-type": "text/html" }),
  },
  { reason: "HTML that calls itself JSON", says: /HTML/, send: (r) => answer(r, 200, "\n<html></html>") },
  { reason: "JSON cut short", says: /cut short/, send: (r) => answer(r, 200, '{"id":"main","nodes":[') },
  { reason: "an array", says: /another shape/, send: (r) => answer(r, 200, [{ id: "main" }]) },
  { reason: "null", says: /another shape/, send: (r) => answer(r, 200, "null") },
  { reason: "no id", says: /no id/, send: (r) => answer(r, 200, { name: "main" }) },
  { reason: "another document", says: /another document \(other\)/, send: (r) => answer(r, 200, { id: "other" }) },
  { reason: "101 levels", says: /deeper than 100 levels/, send: (r) => answer(r, 200, deep(100)) },
  { reason: "a million levels", says: /deeper than 100 levels/, send: (r) => answer(r, 200, deep(1_000_000)) },
  {
    reason: "an integer that would come back as another one",
    says: /too large to be written back/,
    send: (r) => answer(r, 200, '{"id":"main","tenantKey":12345678901234567891}'),
  },
  {
    reason: "bytes that are no text",
    says: /not UTF-8/,
    send: (r) => r.writeHead(200).end(Buffer.from('{"id":"main","x":"\xff"}', "latin1")),
  },
];

for (const { reason, says, send } of doubtful) {
  test(`a read that leaves doubt is unknown, after one request: ${reason}`, async (t) => {
    const tiny = await startTiny(t, (_seen, response) => send(response));
    const { store } = connectTo(t, tiny.url);
    assert.match(reasonOf(await store.read(FLOW)), says);
    assert.equal(tiny.seen.length, 1);
  });
}

for (const { reason, body } of [
  { reason: "100 levels", body: deep(99) },
  {
    reason: "the largest safe integer, and a large one in text",
    body: '{"id":"main","a":9007199254740991,"b":"12345678901234567891"}',
  },
  { reason: "an id that is a number", body: '{"id":12}' },
]) {
  test(`what is only unusual is accepted: ${reason}`, async (t) => {
    const tiny = await startTiny(t, (_seen, response) => answer(response, 200, body));
    const { store } = connectTo(t, tiny.url);
    assert.equal((await store.read({ type: "flow", id: body.includes("12}") ? "12" : "main" })).state, "present");
  });
}

for (const isCompressed of [false, true]) {
  test(`an endless answer is cut off at 16 MiB${isCompressed ? ", counted after decompression" : ""}`, async (t) => {
    const huge = `{"id":"main","x":"${"x".repeat(17 * 1024 * 1024)}"}`;
    const tiny = await startTiny(t, (_seen, response) => {
      if (!isCompressed) answer(response, 200, huge);
      else response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(huge));
    });
    const { store } = connectTo(t, tiny.url);
    assert.match(reasonOf(await store.read(FLOW)), /more than 16 MiB/);
  });
}

test("an answer that is cut in the middle is a network trouble, and the next attempt may succeed", async (t) => {
  const tiny = await startTiny(t, (_seen, response, count) => {
    if (count > 1) return answer(response, 200, { id: "main" });
    response.writeHead(200, { "content-length": "100" });
    response.write('{"id":"main"', () => response.socket?.destroy());
  });
  const { store } = connectTo(t, tiny.url);
  assert.equal((await store.read(FLOW)).state, "present");
  assert.equal(tiny.seen.length, 2);
});

test("an answer that trickles in for ever ends in a timeout", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => {
    response.writeHead(200);
    response.write('{"id":');
  });
  const { store } = connectTo(t, tiny.url, { timeouts: { readMs: 60 }, retry: { attempts: 2 } });
  assert.match(reasonOf(await store.read(FLOW)), /no answer came in time \(2 attempts\)/);
});

test("a redirect is not followed: the token goes to nobody else", async (t) => {
  const thief = await startTiny(t, (_seen, response) => answer(response, 200, { id: "main" }));
  for (const status of [301, 302, 303, 307, 308]) {
    const tiny = await startTiny(t, (_seen, response) => answer(response, status, "", { location: `${thief.url}/x` }));
    const { store } = connectTo(t, tiny.url);
    assert.match(reasonOf(await store.read(FLOW)), new RegExp(`redirect \\(${status}\\)`));
    assert.equal(tiny.seen.length, 1);
    const written = await store.create({ ref: FLOW, document: { id: "main" }, idempotencyKey: "k", at: START });
    assert.equal(written.result, "uncertain");
  }
  assert.equal(thief.seen.length, 0);
});

test("keys that other languages trip over are just keys, and go back as they came", async (t) => {
  const hostile =
    '{"id":"wf_1","version":1,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
  const tiny = await startTiny(t, (seen, response) =>
    answer(response, 200, seen.method === "GET" ? hostile : seen.text),
  );
  const { store } = connectTo(t, tiny.url);
  const read = await store.read(WORKFLOW);
  assert.ok(read.state === "present");
  assert.ok(Object.hasOwn(read.document, "__proto__"));
  assert.equal("polluted" in {}, false);
  await store.replace({ ref: WORKFLOW, document: read.document, base: read, idempotencyKey: "k", at: START });
  assert.match(tiny.seen[1]?.text ?? "", /"__proto__":\{"polluted":true\}/);
});

test("ids stay inside their segment of the path, and those that cannot are refused without a request", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 404));
  const { store } = connectTo(t, tiny.url);
  for (const id of ["../../admin", "a/b", "a?b=c#d", "%2e%2e", "ä ö", "a\\..\\b"])
    await store.read({ type: "flow", id });
  assert.deepEqual(
    tiny.seen.map((seen) => seen.path),
    [
      "/api/v2/flows/..%2F..%2Fadmin",
      "/api/v2/flows/a%2Fb",
      "/api/v2/flows/a%3Fb%3Dc%23d",
      "/api/v2/flows/%252e%252e",
      "/api/v2/flows/%C3%A4%20%C3%B6",
      "/api/v2/flows/a%5C..%5Cb",
    ],
  );
  for (const id of [".", "..", "", "half \ud800"]) {
    const ref = { type: "workflow", id };
    assert.match(reasonOf(await store.read(ref)), /cannot be part of an address; correct the id/);
    const write = { ref, document: {}, idempotencyKey: "k", at: START };
    assert.equal((await store.create(write)).result, "rejected");
    assert.equal((await store.replace({ ...write, base: present({}, 1) })).result, "rejected");
  }
  assert.equal(tiny.seen.length, 6);
});

test("attachments are known by fileId, templates by id; a type nobody knows is unknown", async (t) => {
  const tiny = await startTiny(t, (seen, response) => {
    const id = seen.path.split("/").at(-1);
    answer(response, 200, seen.path.includes("attachments") ? { fileId: id, size: 5 } : { id, status: "active" });
  });
  const { store } = connectTo(t, tiny.url);
  assert.equal((await store.read({ type: "attachment", id: "att_1" })).state, "present");
  assert.equal((await store.read({ type: "template", id: "tmpl_1" })).state, "present");
  assert.match(reasonOf(await store.read({ type: "script", id: "x" })), /no documents of the type "script"/);
  const write = { ref: { type: "template", id: "tmpl_1" }, document: {}, idempotencyKey: "k", at: START };
  assert.equal((await store.create(write)).result, "rejected");
});

test("every call introduces itself, and a base URL may have a path of its own", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 404));
  const { store } = connectTo(t, `${tiny.url}/`);
  await store.read(FLOW);
  const [seen] = tiny.seen;
  assert.equal(seen?.path, "/api/v2/flows/main");
  assert.equal(seen?.headers["user-agent"], "cxone-gitops/9.9.9");
  assert.equal(seen?.headers.accept, "application/json");
  assert.equal(seen?.headers["content-type"], undefined, "there is no body");
  assert.equal(tiny.tokenRequests[0]?.headers["user-agent"], "cxone-gitops/9.9.9");
});

test("a TLS handshake that fails has sent nothing", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 200));
  const transport = new Transport("test");
  t.after(() => transport.close());
  const url = tiny.url.replace("http:", "https:");
  const exchange = await transport.exchange({ method: "POST", url, headers: {}, body: "{}", timeoutMs: 5000 });
  assert.equal(exchange.answered, false);
  assert.equal("sent" in exchange && exchange.sent, false);
  assert.equal(tiny.seen.length, 0);
});
