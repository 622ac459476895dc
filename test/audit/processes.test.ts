import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { readTrail } from "../../src/audit/read.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import { makeTrail, manyRecords, recordWith, startChild, waitForExit } from "./world.ts";

describe("several processes", () => {
  it("append 200 entries each at once: none is lost, none is torn, each process's own order is kept", async (t) => {
    const trail = await makeTrail(t);
    const children = ["a", "b"].map((run) => startChild("append-child.ts", [trail.file, "200", run]));
    await Promise.all(children.map((child) => once(child.stdout, "data")));
    const exits = children.map(waitForExit);
    for (const child of children) child.stdin.end();
    assert.deepEqual(await Promise.all(exits), [
      { code: 0, stderr: "" },
      { code: 0, stderr: "" },
    ]);

    const verdict = await verifyTrail(trail.file);
    assert.deepEqual({ ok: verdict.ok, entries: verdict.ok && verdict.entries }, { ok: true, entries: 400 });
    const names: Record<string, string[]> = { a: [], b: [] };
    for await (const entry of readTrail(trail.file)) names[entry.run]?.push(entry.name);
    const expected = Array.from({ length: 200 }, (_, index) => `n${index + 1}`);
    assert.deepEqual(names, { a: expected, b: expected });
  });

  it("killed at any instant leave a trail that holds all they were told was written, and that the next one continues", async (t) => {
    const trail = await makeTrail(t);
    let promised = 0;
    for (let round = 1; round <= 8; round += 1) {
      const child = startChild("append-child.ts", [trail.file, "100000", `r${round}`]);
      child.stdin.end();
      let told = 0;
      for await (const line of createInterface(child.stdout)) {
        if (line !== "ready") told += 1;
        if (told >= round) child.kill("SIGKILL");
      }
      promised += told;
      await trail.append([recordWith({ run: `after-${round}` })]);
      promised += 1;
      const verdict = await verifyTrail(trail.file);
      assert.ok(verdict.ok, JSON.stringify(verdict));
      assert.ok(
        verdict.entries >= promised && verdict.entries <= promised + round,
        `${verdict.entries} of ${promised}`,
      );
    }
  });

  it("verify beside a writer without mistaking its half-written line for a cut", async (t) => {
    const trail = await makeTrail(t);
    const child = startChild("append-child.ts", [trail.file, "60", "writer"]);
    child.stdin.end();
    const exit = waitForExit(child);
    while (child.exitCode === null) {
      const verdict = await verifyTrail(trail.file);
      assert.ok(verdict.ok, JSON.stringify(verdict));
    }
    assert.equal((await exit).code, 0);
  });

  const canCount = existsSync("/proc/self/io");
  it("read a bounded part of a long trail for an append", {
    skip: !canCount && "this system does not count what is read",
  }, async (t) => {
    const trail = await makeTrail(t, 50_000);
    // The first append may still load code.
    await trail.append(manyRecords(1));
    const before = bytesReadSoFar();
    await trail.append(manyRecords(1));
    const read = bytesReadSoFar() - before;
    assert.ok(read < 100_000, `${read} bytes read`);
    assert.ok(readFileSync(trail.file).length > 25_000_000);
  });
});

function bytesReadSoFar(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}
