/** When passes begin, and what a daemon says of itself: tables, with the clock and chance as parameters. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "commander";
import { type FollowState, judgeLiveness, judgeReadiness } from "../../src/cli/following/health.ts";
import { startHealthServer } from "../../src/cli/following/health-server.ts";
import { delayAfter } from "../../src/cli/following/schedule.ts";
import { interval, listenAddress } from "../../src/cli/program/parts.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("the wait for the next pass", () => {
  const cases: readonly (readonly [reason: string, everyMs: number, failures: number, waitMs: number])[] = [
    ["an interval when all is well", 10 * MINUTE, 0, 10 * MINUTE],
    ["twice as long after a failure", 10 * MINUTE, 1, 20 * MINUTE],
    ["four times after two", 10 * MINUTE, 2, 40 * MINUTE],
    ["at most an hour", 10 * MINUTE, 3, HOUR],
    ["at most eight intervals", 10_000, 4, 80_000],
    ["however many there were", 10_000, 5000, 80_000],
    ["never less than the interval, also a long one", 2 * HOUR, 3, 2 * HOUR],
  ];
  for (const [reason, intervalMs, failures, waitMs] of cases) {
    it(`is ${reason}`, () => {
      const delays = [0, 0.5, 1].map((chance) => delayAfter({ intervalMs, failures, random: () => chance }));
      assert.deepEqual(delays, [waitMs * 0.9, waitMs, waitMs * 1.1].map(Math.round));
    });
  }
});

describe("flags of the daemon", () => {
  const intervals: readonly (readonly [text: string, milliseconds: number | RegExp])[] = [
    ["90s", 90_000],
    ["10m", 10 * MINUTE],
    ["24h", 24 * HOUR],
    ["600", /unit is missing: write 600s or 600m/],
    ["9s", /at least 10s/],
    ["25h", /at most 24h/],
    ["-5m", /number with a unit/],
    ["1.5h", /number with a unit/],
    ["10 m", /number with a unit/],
    ["", /number with a unit/],
  ];
  for (const [text, expected] of intervals) {
    it(`--every ${JSON.stringify(text)}`, () => {
      if (typeof expected === "number") assert.equal(interval(text), expected);
      else assert.throws(() => interval(text), isRefusal(expected));
    });
  }

  const addresses: readonly (readonly [text: string, host: string | RegExp, port: number])[] = [
    ["9464", "127.0.0.1", 9464],
    ["0.0.0.0:9464", "0.0.0.0", 9464],
    ["localhost:0", "localhost", 0],
    ["[::1]:80", "::1", 80],
    ["99999", /at most 65535/, 0],
    ["host:", /PORT or HOST:PORT/, 0],
    ["http://x:1", /PORT or HOST:PORT/, 0],
  ];
  for (const [text, host, port] of addresses) {
    it(`--listen ${text}`, () => {
      if (typeof host === "string") assert.deepEqual(listenAddress(text), { host, port });
      else assert.throws(() => listenAddress(text), isRefusal(host));
    });
  }

  function isRefusal(pattern: RegExp) {
    return (thrown: unknown) => thrown instanceof InvalidArgumentError && pattern.test(thrown.message);
  }
});

const NOW = 1_800_000_000_000;
const CALM: FollowState = {
  intervalMs: 10 * MINUTE,
  passSince: null,
  nextAt: NOW + MINUTE,
  last: { code: 0, endedAt: NOW - 9 * MINUTE },
  passes: 4,
  failures: 0,
  hasSucceeded: true,
};

describe("health", () => {
  const cases: readonly (readonly [
    reason: string,
    state: Partial<FollowState>,
    live: RegExp | null,
    ready: RegExp | null,
  ])[] = [
    ["all is well", {}, null, null],
    ["the first pass is under way", { passSince: NOW, nextAt: null, hasSucceeded: false }, null, /no pass has succ/],
    ["two passes failed: that happens", { failures: 2 }, null, null],
    ["three failed: starting it anew would not help", { failures: 3 }, null, /the last 3 passes failed/],
    ["a pass is a little late on a busy machine", { nextAt: NOW - MINUTE }, null, null],
    ["a pass does not begin", { nextAt: NOW - 2 * MINUTE }, /due has not begun/, /due has not begun/],
    ["a long pass", { passSince: NOW - 29 * MINUTE, nextAt: null }, null, null],
    ["a pass does not end", { passSince: NOW - 31 * MINUTE, nextAt: null }, /30 minutes/, /30 minutes/],
    ["long intervals, long passes", { intervalMs: HOUR, passSince: NOW - 2 * HOUR, nextAt: null }, null, null],
  ];
  for (const [reason, change, live, ready] of cases) {
    it(reason, () => {
      const state = { ...CALM, ...change };
      for (const [verdict, expected] of [
        [judgeLiveness(state, NOW), live],
        [judgeReadiness(state, NOW), ready],
      ] as const) {
        assert.equal(verdict.isGood, expected === null);
        if (expected !== null) assert.match(verdict.reason ?? "", expected);
      }
    });
  }

  it("is told over a socket to who reads, and to nobody who would do something", async (t) => {
    let state = CALM;
    let metrics = async () => "cxone_gitops_up 1\n";
    const sources = { state: () => state, metrics: () => metrics(), now: () => NOW };
    const server = await startHealthServer({ host: "127.0.0.1", port: 0 }, sources);
    t.after(() => server.close());
    const get = (path: string, method = "GET") => fetch(`${server.url}${path}`, { method });

    const alive = await get("/healthz");
    assert.deepEqual([alive.status, alive.headers.get("content-type")], [200, "application/json"]);
    assert.deepEqual(await alive.json(), {
      status: "ok",
      reason: null,
      passes: 4,
      failuresInARow: 0,
      lastPass: { exitCode: 0, endedAt: new Date(NOW - 9 * MINUTE).toISOString() },
      nextPassAt: new Date(NOW + MINUTE).toISOString(),
    });
    state = { ...CALM, failures: 3 };
    assert.equal((await get("/healthz?x=1")).status, 200);
    const unready = await get("/readyz");
    assert.equal(unready.status, 503);
    assert.match(await unready.text(), /"reason":"the last 3 passes failed"/);

    assert.equal(await (await get("/metrics")).text(), "cxone_gitops_up 1\n");
    metrics = () => Promise.reject(new Error("planted detail"));
    const broken = await get("/metrics");
    assert.deepEqual([broken.status, await broken.text()], [500, "no answer could be made\n"]);

    const head = await get("/readyz", "HEAD");
    assert.deepEqual([head.status, await head.text()], [503, ""]);
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
      assert.equal((await get("/healthz", method)).status, 405);
    for (const path of ["/", "/reconcile", "/healthz/", "/../healthz2"]) assert.equal((await get(path)).status, 404);

    const status = await new Promise((resolve) => {
      const headers = { "x-large": "x".repeat(10_000) };
      request(`${server.url}/healthz`, { headers }, (response) => resolve(response.resume().statusCode)).end();
    });
    assert.equal(status, 431);
  });
});
