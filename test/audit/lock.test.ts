import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { acquireLock, isLocked } from "../../src/audit/lock.ts";
import { readLockFile } from "../../src/audit/lock-file.ts";
import { takeOver } from "../../src/audit/takeover.ts";
import { abandonedLockText, failsWith, findDeadPid, makeTempFolder, startChild, waitForExit } from "./world.ts";

async function makeLockPath(t: TestContext, text?: string): Promise<{ folder: string; path: string }> {
  const folder = await makeTempFolder(t);
  const path = join(folder, "lock");
  if (text !== undefined) await writeFile(path, text);
  return { folder, path };
}

async function readLock(path: string) {
  const lock = await readLockFile(path);
  assert.ok(lock);
  return lock;
}

describe("a lock", () => {
  it("is held until it is released, and then leaves nothing", async (t) => {
    const { folder, path } = await makeLockPath(t);
    const lock = await acquireLock(path);
    assert.equal(await lock.isHeld(), true);
    assert.equal(await isLocked(path), true);
    assert.equal((await readLock(path)).owner?.pid, process.pid);
    await assert.rejects(
      acquireLock(path, { timeoutMs: 30, pollMs: 5 }),
      failsWith("audit/locked", String(process.pid)),
    );
    await lock.release();
    assert.deepEqual(await readdir(folder), []);
    await (await acquireLock(path, { timeoutMs: 0 })).release();
  });

  it("of a living process is respected, and taken over once that process is dead", async (t) => {
    const { path } = await makeLockPath(t);
    const owner = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
    t.after(() => owner.kill("SIGKILL"));
    assert.ok(owner.pid);
    await writeFile(path, abandonedLockText(owner.pid));
    await assert.rejects(
      acquireLock(path, { timeoutMs: 60, pollMs: 5 }),
      failsWith("audit/locked", `process ${owner.pid} on`),
    );

    owner.kill("SIGKILL");
    await once(owner, "close");
    const lock = await acquireLock(path, { timeoutMs: 0 });
    assert.equal(lock.tookOverFrom?.pid, owner.pid);
    assert.equal(await lock.isHeld(), true);
  });

  it("of another host is judged by its time alone, because its process cannot be seen", async (t) => {
    const deadPid = await findDeadPid();
    const foreign = await makeLockPath(t, abandonedLockText(deadPid, { host: "elsewhere" }));
    await assert.rejects(
      acquireLock(foreign.path, { timeoutMs: 20, pollMs: 5 }),
      failsWith("audit/locked", "elsewhere"),
    );
    const expired = { host: "elsewhere", expires: "2025-01-01T00:00:00.000Z" };
    await writeFile(foreign.path, abandonedLockText(deadPid, expired));
    assert.equal(await (await acquireLock(foreign.path, { timeoutMs: 0 })).isHeld(), true);
  });

  it("of a living process is taken over when its time is up: the process id may have been given to another", async (t) => {
    const { path } = await makeLockPath(t, abandonedLockText(process.ppid, { expires: "2025-01-01T00:00:00.000Z" }));
    assert.equal(await (await acquireLock(path, { timeoutMs: 0 })).isHeld(), true);
  });

  it("with our own process id from before we started is a dead one's, as in containers", async (t) => {
    const { path } = await makeLockPath(t, abandonedLockText(process.pid, { startedAt: "2025-01-01T00:00:00.000Z" }));
    assert.equal(await (await acquireLock(path, { timeoutMs: 0 })).isHeld(), true);
  });

  for (const [what, text] of [
    ["empty", ""],
    ["garbled", '{"pid":'],
  ] as const) {
    it(`file that is ${what} is left alone while its maker may be about to write, and taken over later`, async (t) => {
      const { folder, path } = await makeLockPath(t, text);
      await assert.rejects(
        acquireLock(path, { timeoutMs: 20, pollMs: 5 }),
        failsWith("audit/locked", "another process"),
      );
      await utimes(path, new Date(0), new Date(0));
      const lock = await acquireLock(path, { timeoutMs: 0 });
      await lock.release();
      assert.deepEqual(await readdir(folder), []);
    });
  }

  it("whose lease is nearly over is not ours to write under, nor to remove", async (t) => {
    const { path } = await makeLockPath(t);
    const lock = await acquireLock(path, { leaseMs: 0 });
    assert.equal(await lock.isHeld(), false);
    const successor = await acquireLock(path, { timeoutMs: 1_000 });
    await lock.release();
    assert.equal(await successor.isHeld(), true);
  });
});

describe("taking over", () => {
  it("succeeds for one of two who found the same dead lock, in every order of their steps", async (t) => {
    const { folder, path } = await makeLockPath(t, abandonedLockText(await findDeadPid()));
    const found = await readLock(path);
    assert.deepEqual(await takeOver(path, found, abandonedLockText(process.pid)), { result: "taken" });
    const winner = await readFile(path, "utf8");
    assert.deepEqual(await takeOver(path, found, abandonedLockText(process.pid)), { result: "moved-on" });
    assert.equal(await readFile(path, "utf8"), winner, "the late taker must not touch the winner's lock");
    assert.deepEqual(await readdir(folder), ["lock"]);
  });

  it("is waited for until the stop comes, and who has it is said once meanwhile", async (t) => {
    const { path } = await makeLockPath(t);
    const held = await acquireLock(path);
    const stop = new AbortController();
    const said: string[] = [];
    const onWait = (who: string) => {
      said.push(who);
      stop.abort();
    };
    const waiting = acquireLock(path, { timeoutMs: 600_000, pollMs: 1, silentMs: 20, stop: stop.signal, onWait });
    await assert.rejects(waiting, failsWith("audit/locked", String(process.pid)));
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", new RegExp(`^process ${process.pid} on `));
    await held.release();
  });

  it("waits for a taker who has claimed the dead lock and is alive", async (t) => {
    const { path } = await makeLockPath(t, abandonedLockText(await findDeadPid()));
    const found = await readLock(path);
    await writeFile(`${path}.after-${found.token}`, abandonedLockText(process.pid));
    const takeover = await takeOver(path, found, abandonedLockText(process.pid));
    assert.equal(takeover.result, "waiting");
    await assert.rejects(
      acquireLock(path, { timeoutMs: 20, pollMs: 5 }),
      failsWith("audit/locked", String(process.pid)),
    );
  });

  it("goes on where takers were killed in the middle of it", async (t) => {
    const deadPid = await findDeadPid();
    const { folder, path } = await makeLockPath(t, abandonedLockText(deadPid));
    const first = `${path}.after-${(await readLock(path)).token}`;
    await writeFile(first, abandonedLockText(deadPid));
    await writeFile(`${path}.after-${(await readLock(first)).token}`, abandonedLockText(deadPid));
    const lock = await acquireLock(path, { timeoutMs: 0 });
    assert.equal(await lock.isHeld(), true);
    await lock.release();
    assert.deepEqual(await readdir(folder), []);
  });

  it("never lets two in, of many in one process", async (t) => {
    const { path } = await makeLockPath(t, abandonedLockText(await findDeadPid()));
    let inside = 0;
    let most = 0;
    async function enter(): Promise<void> {
      const lock = await acquireLock(path, { timeoutMs: 60_000, pollMs: 1 });
      inside += 1;
      most = Math.max(most, inside);
      await readFile(path);
      inside -= 1;
      await lock.release();
    }
    await Promise.all(Array.from({ length: 30 }, enter));
    assert.equal(most, 1);
  });

  it("never lets two in, of several processes that die in turn", async (t) => {
    const { folder, path } = await makeLockPath(t);
    const deadPid = String(await findDeadPid());
    const children = Array.from({ length: 4 }, () => startChild("lock-child.ts", [path, "60", deadPid]));
    const exits = await Promise.all(children.map(waitForExit));
    assert.deepEqual(
      exits.map(({ code, stderr }) => `${code} ${stderr}`),
      exits.map(() => "0 "),
    );
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name !== "lock"),
      [],
    );
  });
});
