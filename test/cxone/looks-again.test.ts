/** Writes that no tenant checks for us: each of them is looked at right before it is sent, also when it is sent again. */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import type { ApiEvent } from "../../src/cxone/events.ts";
import type { LiveStore, WriteResult } from "../../src/engine/ports.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { answer, connectTo, FakeClock, FLOW, HandClock, present, START, settle, startTiny } from "./world.ts";

const FLOW_LIVE = { id: "main", name: "Main", nodes: [], connections: [] };
const HOOK_LIVE = { id: "wh_1", name: "esp", url: "https://esp.example/x", events: [] };
const WEBHOOK = { type: "webhook", id: "esp" };
const WRITE = { idempotencyKey: "key-1", at: START };

interface Case {
  readonly what: string;
  readonly send: (store: LiveStore) => Promise<{ readonly result: string }>;
  /** What a read answers, while all is as it was and after somebody's edit. */
  readonly reads: { readonly before: unknown; readonly after: unknown };
  readonly done: string;
}

const replace = (ref: typeof FLOW, live: JsonObject) => (store: LiveStore) =>
  store.replace({ ...WRITE, ref, base: present(live), document: { ...live, name: "esp" } });
const remove = (ref: typeof FLOW, live: JsonObject) => (store: LiveStore) =>
  store.remove({ ...WRITE, ref, base: present(live) });
const flows = { before: FLOW_LIVE, after: { ...FLOW_LIVE, owner: "Ada" } };
const hooks = { before: [HOOK_LIVE], after: [{ ...HOOK_LIVE, url: "https://ada.example" }] };

const CASES: readonly Case[] = [
  { what: "replacing a flow", send: replace(FLOW, FLOW_LIVE), reads: flows, done: "written" },
  { what: "replacing a webhook", send: replace(WEBHOOK, HOOK_LIVE), reads: hooks, done: "written" },
  {
    what: "creating a webhook",
    send: (store) => store.create({ ...WRITE, ref: WEBHOOK, document: { name: "esp", url: "https://esp.example/x" } }),
    reads: { before: [], after: [HOOK_LIVE] },
    done: "written",
  },
  { what: "deleting a flow", send: remove(FLOW, FLOW_LIVE), reads: flows, done: "removed" },
  { what: "deleting a webhook", send: remove(WEBHOOK, HOOK_LIVE), reads: hooks, done: "removed" },
];

const PAUSE = { "retry-after": "25" };
const NOTHING_LEFT = { "ratelimit-remaining": "0", "ratelimit-reset": "25" };

for (const { what, send, reads, done } of CASES) {
  for (const isEdited of [true, false]) {
    const outcome = isEdited ? "an edit in the pause is not lost" : "it is sent again when nothing moved";

    test(`${what}, put off by a 429: ${outcome}`, async (t) => {
      let isThrottled = false;
      const tiny = await startTiny(t, ({ method }, response) => {
        if (method === "GET") return answer(response, 200, isThrottled && isEdited ? reads.after : reads.before);
        if (isThrottled) return answer(response, 200);
        isThrottled = true;
        return answer(response, 429, {}, PAUSE);
      });
      const clock = new FakeClock();
      const { store } = connectTo(t, tiny.url, { clock, limits: { concurrency: 1 } });
      assert.equal((await send(store)).result, isEdited ? "conflict" : done);
      const [look, first, again, second, ...others] = tiny.seen.map(({ method }) => method);
      assert.deepEqual([look, again, others], ["GET", "GET", []]);
      assert.equal(second, isEdited ? undefined : first);
      assert.ok(clock.now() - START >= 25_000);
    });
  }

  test(`${what}: a pause between the look and the write is followed by another look`, async (t) => {
    let looks = 0;
    const tiny = await startTiny(t, ({ method }, response) => {
      if (method !== "GET") return answer(response, 200);
      looks += 1;
      return looks === 1 ? answer(response, 200, reads.before, NOTHING_LEFT) : answer(response, 200, reads.after);
    });
    const { store } = connectTo(t, tiny.url, { limits: { concurrency: 1 } });
    assert.equal((await send(store)).result, "conflict");
    assert.deepEqual(
      tiny.seen.map(({ method }) => method),
      ["GET", "GET"],
    );
  });
}

test("where one pause follows the other, nothing is written on an old look, and that ends", async (t) => {
  const clock = new HandClock();
  const others: ServerResponse[] = [];
  let isStill = false;
  let paused = Promise.withResolvers<void>();
  const onEvent = (event: ApiEvent) => {
    if (event.type === "paused") paused.resolve();
    if (event.type === "request" && event.status === 200) void settle().then(() => (isStill = false));
  };
  const tiny = await startTiny(t, async ({ path }, response) => {
    if (path.endsWith("/other")) return void others.push(response);
    // Another read is told to pause while the look is under way, and the pause is not over when the look is answered.
    while (others.length === 0) await settle();
    isStill = true;
    paused = Promise.withResolvers();
    for (const other of others.splice(0)) answer(other, 429, {}, { "retry-after": "1" });
    await paused.promise;
    return answer(response, 200, FLOW_LIVE);
  });
  const retry = { attempts: 100, budgetMs: 1_000_000 };
  const { store } = connectTo(t, tiny.url, { clock, limits: { concurrency: 2 }, retry, onEvent });
  void store.read({ type: "flow", id: "other" });
  let written: WriteResult | undefined;
  const write = { ...WRITE, ref: FLOW, base: present(FLOW_LIVE), document: FLOW_LIVE };
  void store.replace(write).then((result) => {
    written = result;
  });
  while (written === undefined) await (isStill ? settle() : clock.advance(1000));
  assert.equal(written.result === "rejected" && written.error.code, "api/throttled");
  assert.match(written.result === "rejected" ? written.error.message : "", /one pause \(429\) after the other/);
  assert.deepEqual([...new Set(tiny.seen.map(({ method }) => method))], ["GET"]);
});
