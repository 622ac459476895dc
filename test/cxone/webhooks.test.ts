import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreateWrite } from "../../src/engine/ports.ts";
import { answer, connectTo, present, reasonOf, START, startTiny } from "./world.ts";

const hook = (id: string, name: string) => ({ id, name, url: "https://esp.example/x", events: ["workflow.updated"] });
const many = (count: number) => Array.from({ length: count }, (_, index) => hook(`wh_${index}`, `hook ${index}`));
const ref = (name: string) => ({ type: "webhook", id: name });
const DESIRED = { name: "esp", url: "https://esp.example/x", events: ["workflow.updated"] };
const CREATE: CreateWrite = { ref: ref("esp"), document: DESIRED, idempotencyKey: "k", at: START };

/** Serves pages of the given webhooks as the documentation describes them. */
function pageOf(path: string, all: readonly unknown[], serverPageSize = 100): object {
  const query = new URL(path, "http://x").searchParams;
  const page = Number(query.get("page"));
  const pageSize = Math.min(Number(query.get("pageSize")), serverPageSize);
  return { items: all.slice((page - 1) * pageSize, page * pageSize), page, pageSize, total: all.length };
}

for (const { reason, serve, requests } of [
  { reason: "a bare array", serve: () => many(3), requests: 1 },
  { reason: "pages", serve: (path: string) => pageOf(path, many(250)), requests: 3 },
  { reason: "pages of exactly the size", serve: (path: string) => pageOf(path, many(200)), requests: 2 },
  { reason: "pages that the server keeps smaller", serve: (path: string) => pageOf(path, many(25), 10), requests: 3 },
  { reason: "a full array from a server that knows no pages", serve: () => many(100), requests: 2 },
  { reason: "items without a total", serve: () => ({ items: many(3) }), requests: 1 },
]) {
  test(`a complete list is believed, also about what it lacks: ${reason}`, async (t) => {
    const tiny = await startTiny(t, (seen, response) => answer(response, 200, serve(seen.path)));
    const { store } = connectTo(t, tiny.url);
    const [found, absent] = await Promise.all([store.read(ref("hook 2")), store.read(ref("esp"))]);
    assert.deepEqual(found, present(hook("wh_2", "hook 2")));
    assert.deepEqual(absent, { state: "absent" });
    assert.equal(tiny.seen.length, requests, "both reads share one list");
  });
}

for (const { reason, serve, says } of [
  {
    reason: "a short page",
    serve: (path: string) => ({ ...pageOf(path, many(150)), items: many(99) }),
    says: /page 1 of the list is shorter than its total of 150 promises/,
  },
  {
    reason: "an empty second page",
    serve: (path: string) => (path.includes("page=2") ? { items: [], total: 150 } : pageOf(path, many(150))),
    says: /page 2 .* shorter/,
  },
  {
    reason: "the first page twice",
    serve: () => ({ items: many(100), page: 1, pageSize: 100, total: 200 }),
    says: /repeats/,
  },
  {
    reason: "a total that moves",
    serve: (path: string) => pageOf(path, many(path.includes("page=2") ? 151 : 150)),
    says: /changed while it was read/,
  },
  { reason: "an item that is no object", serve: () => [hook("a", "b"), "c"], says: /another shape/ },
  { reason: "no items", serve: () => ({ webhooks: [] }), says: /another shape/ },
  { reason: "HTML", serve: () => "<html>", says: /HTML/ },
]) {
  test(`half a list is no list: ${reason}`, async (t) => {
    const tiny = await startTiny(t, (seen, response) => answer(response, 200, serve(seen.path)));
    const { store } = connectTo(t, tiny.url);
    assert.match(reasonOf(await store.read(ref("esp"))), says);
  });
}

for (const status of [404, 405]) {
  test(`a tenant without a list (${status}) cannot have its webhooks managed, and nothing is registered blindly`, async (t) => {
    const tiny = await startTiny(t, (_seen, response) => answer(response, status));
    const { store } = connectTo(t, tiny.url);
    assert.match(reasonOf(await store.read(ref("esp"))), /cannot list webhooks .*cannot be managed; leave Webhook/);
    assert.equal((await store.create(CREATE)).result, "rejected");
    assert.ok(tiny.seen.every((seen) => seen.method === "GET"));
  });
}

test("a secret that a tenant lists, though it should not, goes no further", async (t) => {
  const tiny = await startTiny(t, (_seen, response) =>
    answer(response, 200, [{ ...hook("wh_1", "esp"), secret: "whsec_x" }]),
  );
  const { store } = connectTo(t, tiny.url);
  assert.deepEqual(await store.read(ref("esp")), present(hook("wh_1", "esp")));
});

test("two webhooks of one name are told, with their ids", async (t) => {
  const tiny = await startTiny(t, (_seen, response) =>
    answer(response, 200, [hook("wh_1", "esp"), hook("wh_2", "esp")]),
  );
  const { store } = connectTo(t, tiny.url);
  const reason = reasonOf(await store.read(ref("esp")));
  assert.match(reason, /two webhooks are named "esp" \(ids wh_1, wh_2\); delete all but one/);
});

test("the first read of every name shares a list, a second read of a name fetches anew, and so does one after a write", async (t) => {
  const live = [hook("wh_1", "a"), hook("wh_2", "b")];
  const tiny = await startTiny(t, (seen, response) =>
    seen.method === "GET" ? answer(response, 200, live) : answer(response, 201, { ...DESIRED, id: "wh_9" }),
  );
  const { store } = connectTo(t, tiny.url);
  const lists = () => tiny.seen.filter((seen) => seen.method === "GET").length;
  await store.read(ref("a"));
  await store.read(ref("b"));
  assert.equal(lists(), 1);
  await store.read(ref("a"));
  assert.equal(lists(), 2, "a was read before");
  await store.read(ref("b"));
  assert.equal(lists(), 3, "b too, and the list that a's second read fetched is older than the question");
  await store.create(CREATE);
  const after = lists();
  await store.read(ref("c"));
  assert.equal(lists(), after + 1, "a list from before a write is no answer");
});

test("a create looks once more, posts, and returns the webhook without its secret, whatever the tenant answers", async (t) => {
  for (const body of [{ ...DESIRED, id: "wh_1", secret: "whsec_planted" }, undefined]) {
    const tiny = await startTiny(t, (seen, response) =>
      seen.method === "GET" ? answer(response, 200, []) : answer(response, 201, body),
    );
    const { store, secrets } = connectTo(t, tiny.url);
    const written = await store.create({ ...CREATE, document: { ...DESIRED, secret: "whsec_planted" } });
    assert.ok(written.result === "written");
    assert.equal(written.proven, false);
    assert.equal("secret" in written.live.document, false);
    assert.deepEqual(
      tiny.seen.map((seen) => seen.method),
      ["GET", "POST"],
    );
    assert.equal(JSON.parse(tiny.seen[1]?.text ?? "").secret, "whsec_planted");
    assert.ok(secrets.isIn("whsec_planted"));
  }
});

test("a webhook that appeared since it was read as absent is a conflict, not a second registration", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 200, [hook("wh_1", "esp")]));
  const { store } = connectTo(t, tiny.url);
  assert.equal((await store.create(CREATE)).result, "conflict");
  assert.ok(tiny.seen.every((seen) => seen.method === "GET"));
});

for (const { reason, live, put, result, methods } of [
  { reason: "still the base", live: [hook("wh_1", "esp")], put: 200, result: "written", methods: ["GET", "PUT"] },
  {
    reason: "changed meanwhile",
    live: [{ ...hook("wh_1", "esp"), enabled: false }],
    put: 200,
    result: "conflict",
    methods: ["GET"],
  },
  { reason: "gone meanwhile", live: [], put: 200, result: "conflict", methods: ["GET"] },
  { reason: "gone just now", live: [hook("wh_1", "esp")], put: 404, result: "conflict", methods: ["GET", "PUT"] },
  { reason: "refused", live: [hook("wh_1", "esp")], put: 422, result: "rejected", methods: ["GET", "PUT"] },
]) {
  test(`a webhook is replaced under the id that it was read with: ${reason}`, async (t) => {
    const tiny = await startTiny(t, (seen, response) =>
      seen.method === "GET" ? answer(response, 200, live) : answer(response, put, put === 200 ? seen.text : {}),
    );
    const { store } = connectTo(t, tiny.url);
    const base = present(hook("wh_1", "esp"));
    const written = await store.replace({
      ...CREATE,
      document: { ...base.document, url: "https://new.example" },
      base,
    });
    assert.equal(written.result, result);
    assert.deepEqual(
      tiny.seen.map((seen) => seen.method),
      methods,
    );
    if (tiny.seen[1] !== undefined) assert.equal(tiny.seen[1].path, "/api/v2/webhooks/wh_1");
  });
}

test("an id from a live webhook is no path", async (t) => {
  const tiny = await startTiny(t, (seen, response) => answer(response, 200, seen.method === "GET" ? [] : seen.text));
  const { store } = connectTo(t, tiny.url);
  const write = { ...CREATE, document: DESIRED };
  const dots = await store.replace({ ...write, base: present({ ...DESIRED, id: ".." }, 1) });
  assert.equal(dots.result, "rejected");
  await store.replace({ ...write, base: present({ ...DESIRED, id: "../flows/main" }, 1) });
  assert.deepEqual(
    tiny.seen.map((seen) => seen.path),
    ["/api/v2/webhooks/..%2Fflows%2Fmain"],
  );
});
