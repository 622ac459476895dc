import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRateLimit, pickRateLimitHeaders } from "../../src/cxone/quota/rate-limit-headers.ts";

const NOW = Date.UTC(2025, 0, 1);

function read(headers: Readonly<Record<string, string | string[]>>) {
  return parseRateLimit(pickRateLimitHeaders(headers), NOW).map(({ count, resetMs }) => [count, resetMs]);
}

const usual = (reset: string, remaining = "3") => ({ "x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset });

for (const { reason, headers, expected } of [
  { reason: "the draft", headers: { ratelimit: '"default";r=50;t=30' }, expected: [[50, 30_000]] },
  {
    reason: "a name that is a token, and spaces",
    headers: { ratelimit: " burst ; r=1 ; t=2 " },
    expected: [[1, 2000]],
  },
  {
    reason: "several windows, a comma and a semicolon in a name, other parameters",
    headers: { ratelimit: '"per;sec,ond";r=0;t=1;pk=:dXNlcg==:, "day";t=3600;r=9' },
    expected: [
      [0, 1000],
      [9, 3_600_000],
    ],
  },
  { reason: "older drafts", headers: { ratelimit: "limit=100, remaining=7, reset=9" }, expected: [[7, 9000]] },
  { reason: "two headers", headers: { "ratelimit-remaining": "4", "ratelimit-reset": "5" }, expected: [[4, 5000]] },
  { reason: "two headers with X, seconds from now", headers: usual("5"), expected: [[3, 5000]] },
  { reason: "a fraction", headers: usual("0.25"), expected: [[3, 250]] },
  { reason: "seconds since 1970", headers: usual(String(NOW / 1000 + 8)), expected: [[3, 8000]] },
  { reason: "milliseconds since 1970", headers: usual(String(NOW + 800)), expected: [[3, 800]] },
  { reason: "an HTTP date", headers: usual(new Date(NOW + 9000).toUTCString()), expected: [[3, 9000]] },
  { reason: "no wait is longer than an hour", headers: usual("86400"), expected: [[3, 3_600_000]] },
  {
    reason: "the draft counts more than what gateways did before",
    headers: { ...usual("5"), ratelimit: '"default";r=50;t=30' },
    expected: [[50, 30_000]],
  },
  { reason: "a reset that has passed", headers: usual(String(NOW / 1000 - 1)), expected: [] },
  { reason: "a reset that is now", headers: usual("0"), expected: [] },
  { reason: "no reset", headers: { "x-ratelimit-remaining": "0" }, expected: [] },
  { reason: "no count", headers: { "x-ratelimit-reset": "5" }, expected: [] },
  { reason: "a negative count", headers: usual("5", "-1"), expected: [] },
  { reason: "words", headers: usual("soon", "few"), expected: [] },
  { reason: "a number that is none", headers: usual("1e3"), expected: [] },
  { reason: "the same parameter twice", headers: { ratelimit: '"default";r=0;r=5;t=30' }, expected: [] },
  {
    reason: "one window is nonsense, the other is not",
    headers: { ratelimit: '"a"r=0;t=1, "b";r=2;t=3' },
    expected: [[2, 3000]],
  },
  {
    reason: "the same header twice",
    headers: { "x-ratelimit-remaining": ["0", "1"], "x-ratelimit-reset": "5" },
    expected: [],
  },
  { reason: "a header beyond measure", headers: { ratelimit: `"default";r=0;t=5${" ".repeat(2000)}` }, expected: [] },
  { reason: "other headers", headers: { "content-type": "application/json" }, expected: [] },
]) {
  test(`what is left of the quota: ${reason}`, () => {
    assert.deepEqual(read(headers), expected);
  });
}

test("a header made to take long is read at once", () => {
  const startedAt = process.cpuUsage();
  for (const filler of [";a=  ", '"', ", ", ";a", "  ;"])
    read({ ratelimit: `a;r=0${filler.repeat(1000 / filler.length - 10)}!` });
  assert.ok(process.cpuUsage(startedAt).user < 1_000_000);
});
