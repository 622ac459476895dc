/** The fault campaign's short form: a few seeds, and every way of stopping a process. The long one is run.ts. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runSeed } from "./seeded-run.ts";
import type { StopPlan } from "./stops.ts";
import { renderViolations } from "./table.ts";

describe("faults, kills and other people's edits", { concurrency: 2 }, () => {
  for (const seed of [3, 4, 5, 11, 13, 15, 16, 17]) {
    it(`seed ${seed}`, async () => {
      const tally = await runSeed(seed, { rounds: 1 });
      assert.equal(renderViolations(tally), "");
      assert.equal(tally.count("runs"), 1);
    });
  }
});

const KILL: StopPlan = { point: "request", count: 1, writesOnly: true, signal: "kill", lateness: 3 };

const STOPS: readonly (readonly [name: string, plan: StopPlan])[] = [
  ["killed before a write is carried out", KILL],
  ["killed after a write was carried out, before its answer", { ...KILL, point: "answer" }],
  ["killed, and the write comes late", { ...KILL, point: "late" }],
  ["killed after the intent is on disk", { ...KILL, point: "trail" }],
  ["killed some time after its first request", { ...KILL, point: "time", count: 20 }],
  ["asked to stop after a write", { ...KILL, point: "answer", signal: "terminate" }],
  ["asked to stop twice", { ...KILL, point: "answer", signal: "terminate twice" }],
];

describe("a process that is stopped leaves nothing doubled, lost or open", { concurrency: 2 }, () => {
  for (const [name, stop] of STOPS) {
    it(name, async () => {
      const tally = await runSeed(30, { rounds: 1, stop });
      assert.equal(renderViolations(tally), "");
      const stopped = stop.signal === "kill" ? tally.count(`kill: ${stop.point}`) : tally.count("terminations");
      assert.equal(stopped, 1, "the process was stopped while it was at work");
    });
  }
});
