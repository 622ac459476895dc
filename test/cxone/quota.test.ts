/** What the client makes of a tenant's quota, shown by simulation: no time passes, and every run comes out the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reply } from "../../src/cxone/family.ts";
import { type Answer, type Simulation, simulate, tokenBucket } from "./simulation.ts";

const OK: Answer = { status: 200 };

function failedOf(replies: readonly Reply[]): number {
  return replies.filter((reply) => !reply.answered || reply.status !== 200).length;
}

function throttledOf({ tally }: Simulation): number {
  return tally.report({ waitedMs: 0, totalMs: 0, cpuMs: 0 }).throttled;
}

/** The same sequence in every run. */
function chance(part: number): () => boolean {
  let seed = 7;
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648 < part;
  };
}

for (const { reason, rate, concurrency, latencyMs, jitterMs, coldMs = 0, requests } of [
  { reason: "a small quota", rate: 10, concurrency: 8, latencyMs: 50, jitterMs: 20, requests: 300 },
  { reason: "a large quota", rate: 100, concurrency: 32, latencyMs: 20, jitterMs: 5, requests: 1000 },
  { reason: "ways that differ much", rate: 100, concurrency: 32, latencyMs: 20, jitterMs: 50, requests: 1000 },
  {
    reason: "a slow first contact",
    rate: 100,
    concurrency: 32,
    latencyMs: 20,
    jitterMs: 5,
    coldMs: 150,
    requests: 1000,
  },
  {
    reason: "the way takes longer than the quota",
    rate: 100,
    concurrency: 4,
    latencyMs: 100,
    jitterMs: 0,
    requests: 400,
  },
  { reason: "hardly any quota to speak of", rate: 10_000, concurrency: 32, latencyMs: 20, jitterMs: 0, requests: 2000 },
]) {
  test(`as fast as the tenant allows, and no 429: ${reason}`, async () => {
    const limits = { requestsPerSecond: rate, burst: rate, concurrency };
    const simulation = simulate({ limits, latencyMs, jitterMs, coldMs, answer: tokenBucket(rate) });
    const { tookMs, replies } = await simulation.run(requests);
    assert.equal(throttledOf(simulation), 0);
    assert.equal(failedOf(replies), 0);
    const floorMs = Math.max((requests / rate) * 1000, (requests * (latencyMs + jitterMs)) / concurrency);
    assert.ok(tookMs <= 1.1 * floorMs, `${tookMs} ms, and the floor is ${floorMs} ms`);
  });
}

for (const { times, rate, requests, mostThrottled } of [
  { times: 2, rate: 10, requests: 600, mostThrottled: 30 },
  { times: 2, rate: 100, requests: 3000, mostThrottled: 90 },
  { times: 8, rate: 10, requests: 300, mostThrottled: 45 },
]) {
  test(`with ${times} times the quota of ${rate} configured it settles near the quota, with few 429s`, async () => {
    const limits = { requestsPerSecond: times * rate, burst: times * rate, concurrency: 8 };
    const simulation = simulate({ limits, latencyMs: 50, jitterMs: 10, answer: tokenBucket(rate) });
    const { tookMs, replies } = await simulation.run(requests);
    assert.equal(failedOf(replies), 0);
    assert.ok(tookMs <= 1100 * (requests / rate), `${tookMs} ms`);
    assert.ok(throttledOf(simulation) <= mostThrottled, `${throttledOf(simulation)} times 429`);
    const found = simulation.quota.limiter.limits.requestsPerSecond;
    assert.ok(found > rate / 2 && found < rate * 1.8, `settled at ${found}`);
  });
}

test("a 429 halves the rate once, however many were under way, and says so; what the tenant took until then it still gets", async () => {
  const limits = { requestsPerSecond: 100, burst: 10, concurrency: 20 };
  const isFull = (count: number) => count > 4 && count <= 8;
  const answer = (_now: number, count: number) =>
    isFull(count) ? { status: 429, headers: { "retry-after": "3" } } : OK;
  const simulation = simulate({ limits, latencyMs: 100, answer });
  await simulation.run(8);
  assert.equal(throttledOf(simulation), 4);
  const slowed = simulation.events.filter((event) => event.type === "slowed");
  assert.deepEqual(slowed, [
    { type: "slowed", family: "flows", by: "throttled", requestsPerSecond: 50, concurrency: 20 },
  ]);
});

test("once the tenant pushes back no more, the rate is won back within half a minute, up to what is configured", async () => {
  const limits = { requestsPerSecond: 20, burst: 20, concurrency: 8 };
  const bucket = tokenBucket(5);
  const simulation = simulate({ limits, latencyMs: 50, answer: bucket });
  await simulation.run(200);
  assert.ok(simulation.quota.limiter.limits.requestsPerSecond < 10);
  bucket.perSecond = 1000;
  await simulation.run(20 * 25);
  assert.equal(simulation.quota.limiter.limits.requestsPerSecond, 20);
});

for (const { rate, retryAfter, times } of [
  { rate: 10, retryAfter: "0", times: 1.2 },
  { rate: 10, retryAfter: "1", times: 2 },
  { rate: 100, retryAfter: "0", times: 3 },
]) {
  test(`5 % of 429s by chance, with Retry-After ${retryAfter}, do not bring down a rate of ${rate}`, async () => {
    const limits = { requestsPerSecond: rate, burst: rate, concurrency: 32 };
    const isUnlucky = chance(0.05);
    const answer = () => (isUnlucky() ? { status: 429, headers: { "retry-after": retryAfter } } : OK);
    const simulation = simulate({ limits, latencyMs: 50, jitterMs: 10, retry: { attempts: 8 }, answer });
    const { tookMs, replies } = await simulation.run(30 * rate);
    assert.equal(failedOf(replies), 0);
    assert.ok(tookMs < times * 30_000, `${tookMs} ms instead of 30000`);
  });
}

test("a tenant in trouble gets fewer requests at once, and more again as it recovers", async () => {
  const limits = { requestsPerSecond: 1000, burst: 1000, concurrency: 32 };
  const answer = (_now: number, count: number) => (count <= 48 ? { status: 503 } : OK);
  const simulation = simulate({ limits, latencyMs: 50, jitterMs: 10, answer });
  const { replies } = await simulation.run(500);
  assert.equal(failedOf(replies), 0);
  const slowed = simulation.events.flatMap((event) => (event.type === "slowed" ? [[event.by, event.concurrency]] : []));
  assert.deepEqual(
    slowed,
    [
      ["trouble", 16],
      ["trouble", 8],
    ],
    "what was under way at the first cut says nothing about the smaller number",
  );
  assert.ok(simulation.quota.limiter.limits.concurrency > 16);
});

test("troubles that come by chance slow nothing down", async () => {
  const limits = { requestsPerSecond: 1000, burst: 1000, concurrency: 8 };
  const isUnlucky = chance(0.05);
  const simulation = simulate({ limits, latencyMs: 50, answer: () => (isUnlucky() ? { status: 500 } : OK) });
  await simulation.run(1000);
  assert.deepEqual(
    simulation.events.filter((event) => event.type === "slowed"),
    [],
  );
});

for (const { form, headers } of [
  { form: "the draft's", headers: { ratelimit: '"default";r=0;t=5' } },
  { form: "the usual", headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "5" } },
]) {
  test(`nothing left, in ${form} headers of a success, holds everybody until the reset`, async () => {
    const limits = { requestsPerSecond: 10, burst: 10, concurrency: 1 };
    const answer = (_now: number, count: number) => (count === 2 ? { status: 200, headers } : OK);
    const simulation = simulate({ limits, latencyMs: 0, answer });
    assert.equal((await simulation.run(4)).tookMs, 5100);
    assert.deepEqual(
      simulation.events.filter((event) => event.type === "paused"),
      [{ type: "paused", family: "flows", waitMs: 5000 }],
    );
  });
}

test("a 429 without Retry-After waits until the reset that it names", async () => {
  const limits = { requestsPerSecond: 10, burst: 10, concurrency: 1 };
  const headers = { "ratelimit-remaining": "0", "ratelimit-reset": "7" };
  const answer = (_now: number, count: number) => (count === 1 ? { status: 429, headers } : OK);
  const simulation = simulate({ limits, latencyMs: 0, answer });
  assert.equal((await simulation.run(1)).tookMs, 7000);
});

test("what is left of a quota is spread over the time until the reset, and never faster than configured", async () => {
  const limits = { requestsPerSecond: 10, burst: 1, concurrency: 1 };
  const resetAt = Date.UTC(2025, 0, 1) + 10_000;
  let left = 40;
  const answer = (now: number): Answer => {
    left -= 1;
    const headers = { "x-ratelimit-remaining": String(left), "x-ratelimit-reset": String(resetAt) };
    return now < resetAt ? { status: 200, headers } : OK;
  };
  const simulation = simulate({ limits, latencyMs: 0, answer });
  const { tookMs } = await simulation.run(40);
  assert.ok(tookMs > 9_000 && tookMs <= 10_000, `${tookMs} ms`);
  const slowed = simulation.events.flatMap((event) => (event.type === "slowed" ? [event.by] : []));
  assert.deepEqual(slowed, ["announced"]);
});

for (const { reason, reset, mostMs } of [
  { reason: "a second", reset: "1", mostMs: 36_000 },
  { reason: "a minute: it is believed three times", reset: "60", mostMs: 213_000 },
  { reason: "longer than the run may wait: not at all", reset: "3600", mostMs: 33_000 },
]) {
  test(`a server that says with every answer that nothing is left does not stop the run: ${reason}`, async () => {
    const limits = { requestsPerSecond: 10, burst: 10, concurrency: 8 };
    const answer = () => ({ status: 200, headers: { ratelimit: `"default";r=0;t=${reset}` } });
    const { tookMs, replies } = await simulate({ limits, latencyMs: 50, answer }).run(300);
    assert.equal(failedOf(replies), 0);
    assert.ok(tookMs <= mostMs, `${tookMs} ms`);
  });
}

test("the time spent waiting for the quota is told, and waiting for a place among those under way is not part of it", async () => {
  const quick = { requestsPerSecond: 1000, burst: 1000, concurrency: 1 };
  const places = simulate({ limits: quick, latencyMs: 100, answer: () => OK });
  await places.run(10);
  assert.equal(places.tally.quota.totalMs, 0);
  const slow = { requestsPerSecond: 10, burst: 1, concurrency: 100 };
  const tokens = simulate({ limits: slow, latencyMs: 100, answer: () => OK });
  await tokens.run(10);
  assert.equal(tokens.tally.quota.totalMs, 900);
});
