/** What there is on a tenant: all of it, or why that cannot be said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../src/model/json.ts";
import { answer, connectTo, startTiny } from "./world.ts";

const COLLECTIONS = [
  { type: "flow", path: "/api/v2/flows", noun: "flows" },
  { type: "workflow", path: "/api/v2/workflows", noun: "workflows" },
  { type: "webhook", path: "/api/v2/webhooks", noun: "webhooks" },
];

function pageOf(path: string, all: readonly JsonObject[]): object {
  const query = new URL(path, "http://x").searchParams;
  const [page, pageSize] = [Number(query.get("page")), Number(query.get("pageSize"))];
  return { items: all.slice((page - 1) * pageSize, page * pageSize), page, pageSize, total: all.length };
}

const many = Array.from({ length: 250 }, (_, index) => ({ id: `id_${index}`, name: `name ${index}`, version: index }));

for (const { type, path, noun } of COLLECTIONS) {
  test(`${noun} are listed to the last page, with what each is called and its version`, async (t) => {
    const tiny = await startTiny(t, (seen, response) => answer(response, 200, pageOf(seen.path, many)));
    const list = await connectTo(t, tiny.url).store.list(type);
    assert.ok(list.state === "listed");
    assert.equal(list.documents.length, many.length);
    const id = type === "webhook" ? "name 249" : "id_249";
    assert.deepEqual(list.documents.at(-1), { ref: { type, id }, name: "name 249", version: 249 });
    assert.deepEqual(
      tiny.seen.map((seen) => seen.path),
      [1, 2, 3].map((page) => `${path}?page=${page}&pageSize=100`),
    );
  });

  test(`a tenant without a list of ${noun} is told from one whose list fails`, async (t) => {
    const tiny = await startTiny(t, (_seen, response, count) => answer(response, count === 1 ? 405 : 403, {}));
    const { store } = connectTo(t, tiny.url);
    const missing = await store.list(type);
    assert.ok(missing.state === "not-supported");
    assert.match(missing.reason, new RegExp(`Could not list the ${noun}: this tenant cannot list ${noun} \\(405\\)`));
  });

  test(`${noun}: half a list is none`, async (t) => {
    for (const [items, says] of [
      [many.slice(0, 99), /page 1 of the list is shorter than its total of 250 promises/],
      [{}, /JSON of another shape than documented/],
      [[{ other: 1 }], /an item of the list has no `(id|name)`/],
    ] as const) {
      const total = Array.isArray(items) && items.length === 1 ? 1 : 250;
      const tiny = await startTiny(t, (_seen, response) =>
        answer(response, 200, { items, page: 1, pageSize: 100, total }),
      );
      const list = await connectTo(t, tiny.url).store.list(type);
      assert.ok(list.state === "unknown");
      assert.match(list.reason, says);
    }
  });
}

test("a list that changes while it is read is none: what moved to a page that was read already would be missing", async (t) => {
  const tiny = await startTiny(t, (seen, response, count) =>
    answer(response, 200, pageOf(seen.path, count === 1 ? many : many.slice(1))),
  );
  const list = await connectTo(t, tiny.url).store.list("flow");
  assert.ok(list.state === "unknown");
  assert.match(list.reason, /the list changed while it was read/);
});

test("the list of webhooks serves the first read of each", async (t) => {
  const tiny = await startTiny(t, (seen, response) => answer(response, 200, pageOf(seen.path, many.slice(0, 3))));
  const { store } = connectTo(t, tiny.url);
  await store.list("webhook");
  assert.equal((await store.read({ type: "webhook", id: "name 1" })).state, "present");
  assert.equal((await store.read({ type: "webhook", id: "name 2" })).state, "present");
  assert.equal(tiny.seen.length, 1);
});

test("what no tenant lists is not supported", async (t) => {
  const tiny = await startTiny(t, (_seen, response) => answer(response, 200, []));
  const list = await connectTo(t, tiny.url).store.list("template");
  assert.equal(list.state, "not-supported");
  assert.equal(tiny.seen.length, 0);
});
