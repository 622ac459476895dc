import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffAfter } from "../../src/cxone/attempts/backoff.ts";
import { LONGEST_RETRY_AFTER_MS, parseRetryAfter } from "../../src/cxone/attempts/retry-after.ts";
import { WaitBudget } from "../../src/cxone/attempts/wait-budget.ts";

const NOW = Date.UTC(2025, 0, 1, 12, 0, 0);

const cases: readonly (readonly [header: string | undefined, wait: number | undefined, reason: string])[] = [
  ["3", 3000, "whole seconds"],
  [" 3 ", 3000, "space around it is no matter"],
  ["0", 0, "now is an answer too"],
  ["0.25", 250, "a fraction, as some gateways send"],
  ["1.0001", 1001, "never earlier than asked"],
  ["Wed, 01 Jan 2025 12:00:05 GMT", 5000, "an HTTP date"],
  ["Wednesday, 01-Jan-25 12:00:05 GMT", 5000, "the old RFC 850 form"],
  ["Wed Jan  1 12:00:05 2025", 5000, "the asctime form, which means UTC"],
  ["Wed, 01 Jan 2025 11:00:00 GMT", 0, "a date that has passed"],
  [undefined, undefined, "absent"],
  ["", undefined, "empty"],
  ["-5", undefined, "negative is nonsense, not a date in the year 5"],
  ["soon", undefined, "a word"],
  ["7 apples", undefined, "no number"],
  ["Wed, 99 Foo 2025 12:00:05 GMT", undefined, "no date"],
  ["1e3", undefined, "no exponent in this grammar"],
  ["99999999", LONGEST_RETRY_AFTER_MS, "absurd seconds are capped"],
  ["Wed, 01 Jan 2099 12:00:05 GMT", LONGEST_RETRY_AFTER_MS, "absurd dates are capped"],
];

for (const [header, wait, reason] of cases) {
  test(`Retry-After ${JSON.stringify(header) ?? "(none)"}: ${reason}`, () => {
    assert.equal(parseRetryAfter(header, NOW), wait);
  });
}

test("back-off doubles up to its cap, and chance decides about the upper half", () => {
  const retry = { attempts: 9, baseMs: 1000, capMs: 5000, budgetMs: 0 };
  assert.deepEqual(
    [1, 2, 3, 4, 9].map((attempt) => backoffAfter(attempt, retry, 0)),
    [500, 1000, 2000, 2500, 2500],
  );
  assert.equal(backoffAfter(1, retry, 0.5), 750);
  assert.ok(backoffAfter(9, retry, 0.999) <= 5000);
});

test("waits that overlap count once, and what does not fit is not taken", () => {
  const budget = new WaitBudget(10_000);
  assert.ok(budget.take(4000, 0));
  assert.ok(budget.take(4000, 0), "the same pause, seen by another request");
  assert.ok(budget.take(4000, 2000), "half of it is new");
  assert.equal(budget.waitedMs, 6000);
  assert.ok(!budget.take(4001, 6000), "would be 10,001");
  assert.ok(budget.take(4000, 6000));
  assert.equal(budget.waitedMs, 10_000);
});
