import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { acquireLock, isLocked } from "../../src/audit/lock.ts";
import { readLockFile } from "../../src/audit/lock-file.ts";
import { holdRunLock } from "../../src/audit/run-lock.ts";
import { replaceOwn, takeOver } from "../../src/audit/takeover.ts";
import { abandonedLockText, failsWith, findDeadPid, makeTempFolder } from "./world.ts";

const NEVER = new AbortController().signal;
const LEASE_MS = 15 * 60 * 1000;

async function makeFile(t: TestContext): Promise<{ file: string; path: string }> {
  const file = join(await makeTempFolder(t), "deep", "audit.jsonl");
  return { file, path: `${file}.dev.run` };
}

async function expiryOf(path: string): Promise<number> {
  return Date.parse((await readLockFile(path))?.owner?.expires ?? "");
}

/** Resolves when the lock ends later than it did. A renewal takes a few steps of the disk, and this many looks take thousands. */
async function untilRenewed(path: string, before: number): Promise<void> {
  for (let look = 0; look < 5_000; look += 1) if ((await expiryOf(path)) > before) return;
  assert.fail("the lease was not renewed");
}

describe("the run lock", () => {
  it("keeps a second run waiting until the first is done", async (t) => {
    const { file, path } = await makeFile(t);
    const order: string[] = [];
    const first = await holdRunLock(file, "dev", NEVER);
    const second = holdRunLock(file, "dev", NEVER).then((lock) => {
      order.push("second began");
      return lock;
    });
    // Long enough for the second to have looked several times.
    await assert.rejects(acquireLock(path, { timeoutMs: 400, pollMs: 20 }), failsWith("audit/locked"));
    order.push("first ended");
    await first.release();
    await (await second).release();
    assert.deepEqual(order, ["first ended", "second began"]);
    assert.deepEqual(await readdir(dirname(file)), []);
  });

  it("is one for each tenant", async (t) => {
    const { file } = await makeFile(t);
    const dev = await holdRunLock(file, "dev", NEVER);
    const prod = await holdRunLock(file, "prod", NEVER, { timeoutMs: 0 });
    assert.deepEqual([await dev.isHeld(), await prod.isHeld()], [true, true]);
    await Promise.all([dev.release(), prod.release()]);
  });

  it("is not waited for longer than is asked, and then the file is named", async (t) => {
    const { file, path } = await makeFile(t);
    const lock = await holdRunLock(file, "dev", NEVER);
    await assert.rejects(holdRunLock(file, "dev", NEVER, { timeoutMs: 0 }), failsWith("apply/busy", path));
    assert.equal(await lock.isHeld(), true, "who gives up waiting does not disturb");
    await lock.release();
  });

  it("is not waited for by a run that is asked to stop", async (t) => {
    const { file } = await makeFile(t);
    const lock = await holdRunLock(file, "dev", NEVER);
    const stop = new AbortController();
    const waiting = holdRunLock(file, "dev", stop.signal);
    // Who waits all the same has the lock in the end, and is found out.
    const late = setTimeout(() => void lock.release(), 20_000);
    stop.abort();
    await assert.rejects(waiting, failsWith("apply/busy", "dev"));
    clearTimeout(late);
    await lock.release();
  });

  it("of a run that was killed is taken over at once", async (t) => {
    const { file, path } = await makeFile(t);
    await (await holdRunLock(file, "dev", NEVER)).release();
    await writeFile(path, abandonedLockText(await findDeadPid()));
    const lock = await holdRunLock(file, "dev", NEVER, { timeoutMs: 0 });
    assert.equal(await lock.isHeld(), true);
    await lock.release();
  });

  it("that cannot be made says that the trail cannot be written", async (t) => {
    const { file } = await makeFile(t);
    await writeFile(dirname(file), "a file where the folder should be");
    await assert.rejects(holdRunLock(file, "dev", NEVER), failsWith("audit/unwritable"));
  });

  it("stays with a run that lives, long after its first lease would have ended", async (t) => {
    const { file, path } = await makeFile(t);
    t.mock.timers.enable({ apis: ["setInterval", "Date"], now: Date.now() });
    const lock = await holdRunLock(file, "dev", NEVER);
    const first = await expiryOf(path);
    const { owner } = (await readLockFile(path)) ?? {};
    while (Date.now() < first + LEASE_MS) {
      const before = await expiryOf(path);
      t.mock.timers.tick(LEASE_MS / 5);
      await untilRenewed(path, before);
    }
    assert.ok((await expiryOf(path)) > Date.now(), "nobody may take it over");
    assert.equal(await lock.isHeld(), true);
    assert.equal((await readLockFile(path))?.owner?.startedAt, owner?.startedAt, "it still says since when");
    await lock.release();
    assert.deepEqual(await readdir(dirname(file)), [], "a renewal leaves nothing behind");
    t.mock.timers.tick(LEASE_MS);
    await new Promise((tick) => setImmediate(tick));
    assert.deepEqual(await readdir(dirname(file)), [], "and stops with the lock");
  });

  it("is gone after a release in the middle of a renewal", async (t) => {
    const { file } = await makeFile(t);
    t.mock.timers.enable({ apis: ["setInterval", "Date"], now: Date.now() });
    for (let round = 0; round < 20; round += 1) {
      const lock = await holdRunLock(file, "dev", NEVER, { timeoutMs: 0 });
      t.mock.timers.tick(LEASE_MS / 5);
      await lock.release();
      assert.deepEqual(await readdir(dirname(file)), []);
    }
  });
});

describe("renewing a lock", () => {
  it("begins the lease anew, and the holder goes on holding it", async (t) => {
    const path = join(await makeTempFolder(t), "lock");
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const lock = await acquireLock(path, { leaseMs: 400 });
    t.mock.timers.tick(350);
    assert.equal(await lock.isHeld(), false, "too little time is left to write");
    assert.equal(await lock.renew(), true);
    assert.equal(await lock.isHeld(), true);
    t.mock.timers.tick(200);
    assert.equal(await isLocked(path), true, "its first lease is over, its second is not");
    await lock.release();
    assert.equal(await isLocked(path), false);
  });

  it("does not disturb whoever has taken it over", async (t) => {
    const path = join(await makeTempFolder(t), "lock");
    const lost = await acquireLock(path, { leaseMs: 0 });
    const winner = await acquireLock(path);
    const text = await readFile(path, "utf8");
    assert.equal(await lost.renew(), false);
    assert.equal(await readFile(path, "utf8"), text);
    assert.equal(await winner.isHeld(), true);
  });

  it("and taking it over cannot both succeed, whoever comes first to the claim", async (t) => {
    const path = join(await makeTempFolder(t), "lock");
    const expired = abandonedLockText(process.pid, { expires: "2025-01-01T00:00:00.000Z" });
    for (let round = 0; round < 30; round += 1) {
      await writeFile(path, expired);
      const found = await readLockFile(path);
      assert.ok(found);
      const ours = abandonedLockText(process.pid);
      const theirs = abandonedLockText(process.ppid);
      const [renewed, takeover] = await Promise.all([replaceOwn(path, expired, ours), takeOver(path, found, theirs)]);
      assert.notEqual(renewed, takeover.result === "taken");
      assert.equal(await readFile(path, "utf8"), renewed ? ours : theirs);
      assert.deepEqual(await readdir(dirname(path)), ["lock"]);
    }
  });
});
