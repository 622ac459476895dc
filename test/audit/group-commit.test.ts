import assert from "node:assert/strict";
import { appendFile, readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { openTrail } from "../../src/audit/file-store.ts";
import { groupCalls } from "../../src/audit/group-calls.ts";
import { readHead } from "../../src/audit/head-file.ts";
import { acquireLock } from "../../src/audit/lock.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import type { TrailRecord } from "../../src/engine/ports.ts";
import { failsWith, makeTrail, manyRecords, mountSmallDisk, recordWith } from "./world.ts";

async function whatFailed(appends: readonly Promise<void>[]): Promise<readonly unknown[]> {
  const settled = await Promise.allSettled(appends);
  return settled.map((one) => (one.status === "rejected" ? one.reason : undefined));
}

describe("calls that are grouped", () => {
  it("go one after the other, those that come meanwhile together and in their order", async () => {
    const carried: (readonly number[])[] = [];
    const gates: (() => void)[] = [];
    const send = groupCalls<number>((items) => {
      carried.push(items);
      return new Promise((resolve) => gates.push(resolve));
    }, 0);
    const first = send(1);
    await turn();
    const others = [send(2), send(3)];
    await turn();
    assert.deepEqual(carried, [[1]]);
    gates[0]?.();
    await first;
    await turn();
    others.push(send(4));
    assert.deepEqual(carried, [[1], [2, 3]]);
    gates[1]?.();
    await Promise.all(others.slice(0, 2));
    await turn();
    gates[2]?.();
    await Promise.all(others);
    assert.deepEqual(carried, [[1], [2, 3], [4]]);
  });
});

describe("appends that wait for one another", () => {
  it("share one commit, and fail together with what it fails of", async (t) => {
    const trail = await makeTrail(t, 2);
    const { size } = await stat(trail.file);
    const lock = await acquireLock(`${trail.file}.lock`);
    const first = trail.append([recordWith()]);
    await turn();
    const others = manyRecords(20).map((record) => trail.append([record]));
    await appendFile(trail.file, "rubbish\n");
    await lock.release();
    const failures = await whatFailed([first, ...others]);
    for (const failure of failures) assert.ok(failsWith("audit/broken", "tampered")(failure));
    assert.equal(new Set(failures).size, 2, "the first went alone, the others with one another");

    await truncate(trail.file, size);
    await Promise.all(manyRecords(20).map((record) => trail.append([record])));
    const verdict = await verifyTrail(trail.file);
    assert.equal(verdict.ok && verdict.entries, 22);
  });

  it("return only when their entries are there and the head file names them", async (t) => {
    const trail = await makeTrail(t);
    const writer = async (name: string): Promise<void> => {
      for (const step of ["a", "b", "c"]) {
        await trail.append([recordWith({ name, idempotencyKey: step })]);
        const [text, head] = [await readFile(trail.file, "utf8"), await readHead(trail.file)];
        const entries = text
          .trimEnd()
          .split("\n")
          .map((line): TrailRecord & { sequence: number } => JSON.parse(line));
        const own = entries.find((entry) => entry.name === name && entry.idempotencyKey === step);
        assert.ok(own !== undefined && head !== null && head.sequence >= own.sequence, `${name} ${step}`);
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, index) => writer(`menu-${index}`)));
    const verdict = await verifyTrail(trail.file);
    assert.equal(verdict.ok && verdict.entries, 36);
  });

  it("on a full disk take back all that they wrote, and go on when there is space", async (t) => {
    const disk = await mountSmallDisk(t);
    if (disk === undefined) return;
    const trail = openTrail({ file: join(disk, "audit.jsonl") });
    await trail.append(manyRecords(3));
    const sound = await readFile(trail.file);
    const large = recordWith({ patch: [{ op: "add", path: "/x", value: "x".repeat(400_000) }] });
    const failures = await whatFailed([trail.append([recordWith()]), trail.append([large])]);
    for (const failure of failures) assert.ok(failsWith("audit/unwritable", "ENOSPC")(failure));
    assert.ok(sound.equals(await readFile(trail.file)), "a part of what was written is still there");
    await trail.append([recordWith()]);
  });
});

describe("a document that is kept again in the same run", () => {
  it("is not written again, and is when somebody has taken it away", async (t) => {
    const trail = await makeTrail(t);
    const digests = await Promise.all([trail.keep({ a: 1 }), trail.keep({ a: 1 }), trail.keep({ a: 2 })]);
    assert.equal(new Set(digests).size, 2);
    const path = join(`${trail.file}.objects`, `${digests[0]?.slice("sha256:".length)}.json`);
    const { ino, mtimeMs } = await stat(path);
    await trail.keep({ a: 1 });
    const now = await stat(path);
    assert.deepEqual([now.ino, now.mtimeMs], [ino, mtimeMs]);
    await appendFile(path, " ");
    await assert.rejects(trail.keep({ a: 1 }), failsWith("audit/broken", path), "it was changed");
  });
});
