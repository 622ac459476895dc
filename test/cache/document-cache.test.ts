/** What one run has read and the next one knows of it. */
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import type { JsonObject } from "../../src/model/json.ts";
import { refKey } from "../../src/model/live.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { fileOf, flowOf, keep, leave, makeCache, modesOf, NOTHING_HIDDEN, openCache, refOf } from "./opened.ts";

it("what one run kept, the next one knows, to the last character and in the same order", async (t) => {
  const base = makeFolder(t);
  const odd: JsonObject = JSON.parse(
    '{"id":"odd","version":"7-b","lastUpdatedTimestamp":"2026-01-01T00:00:00Z","__proto__":{"a":1},"constructor":[1.5e3,-0.25],"zero":null,"text":"Grüße \\ud83d\\ude00 \\ud800 \\u2028 \\n","b":1,"a":2}',
  );
  const first = await openCache(base);
  const marks = keep(first.cache, odd, '"tag-1"');
  await first.cache.save(NOTHING_HIDDEN);
  const { cache, troubles } = await openCache(base);
  assert.deepEqual(cache.find(refOf("odd")), marks);
  assert.deepEqual(marks, { version: "7-b", edited: "2026-01-01T00:00:00Z", etag: '"tag-1"' });
  assert.equal(JSON.stringify(cache.open(refOf("odd"))), JSON.stringify(odd));
  assert.equal(cache.find(refOf("other")), undefined);
  assert.equal(cache.find({ type: "workflow", id: "odd" }), undefined);
  assert.deepEqual(troubles, []);
});

it("the cache is readable for its owner alone, and git is told to leave it out", async (t) => {
  const base = makeFolder(t);
  await leave(base, [flowOf("a")]);
  assert.deepEqual(modesOf(base), ["700", "600", "600"]);
  assert.equal(readFileSync(join(base, "state", "cache", ".gitignore"), "utf8"), "*\n");
});

it("a run that has learnt nothing leaves the file as it is, and one that has not looked at it does too", async (t) => {
  const base = makeFolder(t);
  await leave(base, [flowOf("a"), flowOf("b")]);
  const before = statSync(fileOf(base));
  const { cache } = await openCache(base);
  keep(cache, flowOf("a"));
  assert.ok(cache.open(refOf("b")));
  await cache.save(NOTHING_HIDDEN);
  assert.equal(statSync(fileOf(base)).ino, before.ino);
  await leave(base, [flowOf("a", { version: 4 })]);
  assert.notEqual(statSync(fileOf(base)).ino, before.ino);
  assert.equal((await openCache(base)).cache.open(refOf("a"))?.["version"], 4);
});

it("what is hidden is not written, and what was written before it was known to be hidden goes", async (t) => {
  const base = makeFolder(t);
  const { cache } = await openCache(base);
  for (const id of ["a", "b"]) keep(cache, flowOf(id, { note: `planted-${id}` }));
  await cache.save((_, text) => text.includes("planted-a"));
  assert.doesNotMatch(readFileSync(fileOf(base), "utf8"), /planted-a/);
  assert.match(readFileSync(fileOf(base), "utf8"), /planted-b/);
  const next = await openCache(base);
  await next.cache.save((ref) => refKey(ref) === "flow/b");
  assert.doesNotMatch(readFileSync(fileOf(base), "utf8"), /planted/);
});

it("what was forgotten is not known to the next run", async (t) => {
  const base = makeFolder(t);
  await leave(base, [flowOf("a"), flowOf("b")]);
  const { cache } = await openCache(base);
  cache.forget(refOf("a"));
  await cache.save(NOTHING_HIDDEN);
  const next = await openCache(base);
  assert.equal(next.cache.find(refOf("a")), undefined);
  assert.ok(next.cache.open(refOf("b")));
});

it("what a run reads before it looks into the file counts more than what the file has", async (t) => {
  const base = makeFolder(t);
  await leave(base, [flowOf("a"), flowOf("b"), flowOf("c")]);
  const { cache } = makeCache(base);
  keep(cache, flowOf("a", { version: 4 }));
  cache.forget(refOf("b"));
  await cache.load();
  const versions = ["a", "b", "c"].map((id) => cache.find(refOf(id))?.version);
  assert.deepEqual(versions, [4, undefined, 3]);
});

it("the cache keeps to its size: what the latest runs did not use goes first, and the file may be read again", async (t) => {
  const base = makeFolder(t);
  const text = "x".repeat(1000);
  const named = (prefix: string) => Array.from({ length: 10 }, (_, index) => flowOf(`${prefix}${index}`, { text }));
  const more = { mostBytes: 20_000 };
  await leave(base, named("old"), more);
  const { cache } = await openCache(base, more);
  for (const document of named("new")) keep(cache, document);
  assert.ok(cache.find(refOf("old7")));
  await cache.save(NOTHING_HIDDEN);
  assert.ok(statSync(fileOf(base)).size <= 20_000);
  const next = await openCache(base, more);
  const known = (prefix: string) => named(prefix).filter(({ id }) => next.cache.open(refOf(String(id)))).length;
  assert.equal(known("new"), 10);
  assert.ok(next.cache.open(refOf("old7")));
  assert.ok(known("old") < 6);
  const small = await openCache(base, { mostBytes: 100 });
  assert.equal(small.cache.find(refOf("new1")), undefined);
  assert.match(small.troubles.join(), /larger than it may be/);
});

it("a run keeps no more of what it reads than there is room for", async (t) => {
  const base = makeFolder(t);
  const { cache } = await openCache(base, { mostBytes: 10_000 });
  const flows = Array.from({ length: 100 }, (_, index) => flowOf(`f${index}`, { text: "x".repeat(1000) }));
  for (const flow of flows) keep(cache, flow);
  const known = flows.filter(({ id }) => cache.find(refOf(String(id))) !== undefined).length;
  assert.ok(known > 5 && known < 10, `${known}`);
});

it("how a tenant lists is known for a day, and not from the future", async (t) => {
  const base = makeFolder(t);
  const { cache } = await openCache(base);
  cache.noteListSize("flow", 12);
  cache.noteListSize("workflow", null);
  await cache.save(NOTHING_HIDDEN);
  const day = 24 * 3_600_000;
  for (const [at, sizes] of [
    [day - 1, [12, null, undefined]],
    [day, [undefined, undefined, undefined]],
    [-1, [undefined, undefined, undefined]],
  ] as const) {
    const next = await openCache(base, { now: () => at });
    assert.deepEqual(
      ["flow", "workflow", "webhook"].map((type) => next.cache.listSize(type)),
      sizes,
    );
  }
});

it("that a list could not be read is known for some minutes", async (t) => {
  const base = makeFolder(t);
  const { cache } = await openCache(base);
  cache.noteListSize("flow", "unread");
  await cache.save(NOTHING_HIDDEN);
  const sizes = [599_999, 600_000].map(async (at) => (await openCache(base, { now: () => at })).cache.listSize("flow"));
  assert.deepEqual(await Promise.all(sizes), ["unread", undefined]);
});

it("of two runs that end at once one is believed, whole", async (t) => {
  const base = makeFolder(t);
  const runs = await Promise.all(["a", "b", "c"].map(() => openCache(base)));
  for (const [index, { cache }] of runs.entries()) {
    for (let one = 0; one < 50; one += 1) keep(cache, flowOf(`f${one}`, { run: index, text: "x".repeat(2000) }));
  }
  await Promise.all(runs.map(({ cache }) => cache.save(NOTHING_HIDDEN)));
  const { cache, troubles } = await openCache(base);
  const writers = new Set(Array.from({ length: 50 }, (_, one) => cache.open(refOf(`f${one}`))?.["run"]));
  assert.equal(writers.size, 1);
  assert.deepEqual([...runs.flatMap((run) => run.troubles), ...troubles], []);
  assert.equal(modesOf(base).length, 3);
});
