import assert from "node:assert/strict";
import { test } from "node:test";
import { Limiter } from "../../src/cxone/quota/limiter.ts";
import { HandClock, settle } from "./world.ts";

const FAST = { requestsPerSecond: 10, burst: 1, concurrency: 100 };

/** Queues requests that note their turn when admitted. */
function queue(limiter: Limiter, count: number, admitted: string[]): void {
  for (let index = 0; index < count; index += 1) {
    const turn = limiter.takeTurn();
    void limiter.acquire(turn).then((admission) => admitted.push(admission === "granted" ? String(turn) : admission));
  }
}

test("a burst goes at once but for the reserve, then one per interval", async () => {
  const clock = new HandClock();
  const limiter = new Limiter({ requestsPerSecond: 10, burst: 10, concurrency: 100 }, clock);
  const admitted: string[] = [];
  queue(limiter, 12, admitted);
  await settle();
  assert.equal(admitted.length, 8);
  await clock.advance(99);
  assert.equal(admitted.length, 8, "the interval is not over");
  await clock.advance(1);
  assert.equal(admitted.length, 9);
  await clock.advance(100);
  assert.equal(admitted.length, 10);
});

test("over a long run the rate is kept exactly, however the wake-ups fall", async () => {
  const clock = new HandClock();
  const limiter = new Limiter({ requestsPerSecond: 7, burst: 1, concurrency: 1000 }, clock);
  const admitted: string[] = [];
  queue(limiter, 200, admitted);
  await settle();
  for (let step = 0; step < 1000; step += 1) await clock.advance(10);
  assert.ok(admitted.length >= 66 && admitted.length <= 71, `${admitted.length} in ten seconds`);
});

test("no more are under way than the cap allows; a release admits the next", async () => {
  const clock = new HandClock();
  const limiter = new Limiter({ requestsPerSecond: 1000, burst: 1000, concurrency: 2 }, clock);
  const admitted: string[] = [];
  queue(limiter, 3, admitted);
  await settle();
  assert.deepEqual(admitted, ["1", "2"]);
  limiter.release();
  await settle();
  assert.deepEqual(admitted, ["1", "2", "3"]);
});

test("a pause holds everybody, those who already wait for their interval too, and wakes them in order, not as a herd", async () => {
  const clock = new HandClock();
  const limiter = new Limiter({ requestsPerSecond: 10, burst: 10, concurrency: 100 }, clock);
  const admitted: string[] = [];
  const early = limiter.takeTurn();
  queue(limiter, 9, admitted);
  await settle();
  assert.equal(admitted.length, 8);
  limiter.pause(5000);
  limiter.pause(1000);
  await clock.advance(4999);
  assert.equal(admitted.length, 8, "the shorter pause does not cut the longer one");
  void limiter.acquire(early).then(() => admitted.push("early"));
  await clock.advance(1);
  assert.deepEqual(
    admitted.slice(8),
    ["early"],
    "the one that must repeat keeps its turn before the one that queued later",
  );
  await clock.advance(100);
  assert.deepEqual(admitted.slice(8), ["early", "10"]);
});

test("refusing turns away those who wait and those who come, until the time is over", async () => {
  const clock = new HandClock();
  const limiter = new Limiter(FAST, clock);
  const admitted: string[] = [];
  queue(limiter, 2, admitted);
  await settle();
  limiter.refuse(1000);
  queue(limiter, 1, admitted);
  await settle();
  assert.deepEqual(admitted, ["1", "refused", "refused"]);
  await clock.advance(1000);
  queue(limiter, 1, admitted);
  await settle();
  assert.deepEqual(admitted.slice(3), ["4"]);
});

test("a run that is stopped lets nobody pass any more", async () => {
  const clock = new HandClock();
  const stop = new AbortController();
  const limiter = new Limiter(FAST, clock, { signal: stop.signal });
  const admitted: string[] = [];
  queue(limiter, 3, admitted);
  await settle();
  stop.abort();
  await settle();
  assert.deepEqual(admitted, ["1", "stopped", "stopped"], "without waiting for the interval to end");
  queue(limiter, 1, admitted);
  await settle();
  assert.deepEqual(admitted, ["1", "stopped", "stopped", "stopped"]);
});

test("another rate and size hold from now on; what is in the bucket stays in it as far as it fits", async () => {
  const clock = new HandClock();
  const limiter = new Limiter({ requestsPerSecond: 10, burst: 10, concurrency: 100 }, clock);
  const admitted: string[] = [];
  queue(limiter, 2, admitted);
  await settle();
  limiter.change({ requestsPerSecond: 2, burst: 5, concurrency: 100 });
  queue(limiter, 6, admitted);
  await settle();
  assert.equal(admitted.length, 6, "of the six that were left, four fit");
  await clock.advance(499);
  assert.equal(admitted.length, 6);
  await clock.advance(1);
  assert.equal(admitted.length, 7);
  limiter.change({ requestsPerSecond: 100, burst: 100, concurrency: 100 });
  await clock.advance(500);
  assert.equal(admitted.length, 8, "a larger bucket is not a fuller one");
});

test("a change of the rate neither shortens a pause nor lets those who sat it out return as a herd", async () => {
  const clock = new HandClock();
  const limiter = new Limiter({ requestsPerSecond: 10, burst: 10, concurrency: 100 }, clock);
  const admitted: string[] = [];
  limiter.pause(5000);
  limiter.change({ requestsPerSecond: 5, burst: 10, concurrency: 100 });
  queue(limiter, 3, admitted);
  await clock.advance(4999);
  assert.equal(admitted.length, 0);
  await clock.advance(1);
  assert.equal(admitted.length, 1);
  await clock.advance(199);
  assert.equal(admitted.length, 1);
  await clock.advance(1);
  assert.equal(admitted.length, 2);
});

test("more places among those under way are taken at once", async () => {
  const clock = new HandClock();
  const limits = { requestsPerSecond: 1000, burst: 1000, concurrency: 1 };
  const limiter = new Limiter(limits, clock);
  const admitted: string[] = [];
  queue(limiter, 3, admitted);
  await settle();
  assert.equal(admitted.length, 1);
  limiter.change({ ...limits, concurrency: 2 });
  await settle();
  assert.equal(admitted.length, 2);
});
