import assert from "node:assert/strict";
import { appendFile, mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { acquireLock } from "../../src/audit/lock.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import { makeTrail, recordWith } from "./world.ts";

const ENTRIES = 6;
/** Of the bytes of a trail every seventh is tried, and every end of a line: enough to hit every field. */
const STRIDE = 7;

async function nameOf(file: string): Promise<string> {
  const verdict = await verifyTrail(file);
  return verdict.ok ? `ok ${verdict.entries}` : `${verdict.problem} at line ${verdict.line}, entry ${verdict.sequence}`;
}

describe("verifyTrail", () => {
  it("finds a trail sound that nobody touched", async (t) => {
    const trail = await makeTrail(t, ENTRIES);
    const verdict = await verifyTrail(trail.file);
    const head: { hash: string } = JSON.parse(await readFile(`${trail.file}.head`, "utf8"));
    const unsigned = { signedBy: null, isSignatureChecked: false };
    assert.deepEqual(verdict, { ok: true, entries: ENTRIES, head: head.hash, ...unsigned, warnings: [] });
  });

  it("finds one changed byte, wherever it is", async (t) => {
    const trail = await makeTrail(t, ENTRIES);
    const sound = await readFile(trail.file);
    let line = 1;
    for (let place = 0; place < sound.length - 1; place += 1) {
      const old = sound[place] ?? 0;
      if (place % STRIDE !== 0 && old !== 0x0a) continue;
      const forged = Buffer.from(sound);
      forged[place] = old ^ (1 + (place % 255));
      await writeFile(trail.file, forged);
      assert.equal(await nameOf(trail.file), `changed at line ${line}, entry ${line}`, `byte ${place}`);
      if (old === 0x0a) line += 1;
    }
    assert.equal(line, ENTRIES);
  });

  it("finds bytes changed that a lenient decoder would read as the same text", async (t) => {
    const trail = await makeTrail(t);
    await trail.append([recordWith({ name: "a\ufffdb" })]);
    const sound = await readFile(trail.file, "latin1");
    const replaced = sound.replace("\xef\xbf\xbd", "\xff");
    const marked = `\xef\xbb\xbf${sound}`;
    for (const forged of [replaced, marked]) {
      assert.notEqual(forged, sound);
      await writeFile(trail.file, forged, "latin1");
      assert.equal(await nameOf(trail.file), "changed at line 1, entry 1");
    }
  });

  it("finds the last newline changed: then the file ends inside a line", async (t) => {
    const trail = await makeTrail(t, ENTRIES);
    const sound = await readFile(trail.file);
    sound[sound.length - 1] = 0x20;
    await writeFile(trail.file, sound);
    assert.equal(await nameOf(trail.file), `cut at line ${ENTRIES}, entry ${ENTRIES}`);
  });

  it("finds any line removed; without its last line the trail is cut", async (t) => {
    const trail = await makeTrail(t, ENTRIES);
    const lines = await trail.lines();
    for (let at = 1; at <= ENTRIES; at += 1) {
      await trail.overwrite(lines.toSpliced(at - 1, 1));
      assert.equal(await nameOf(trail.file), `${at === ENTRIES ? "cut" : "removed"} at line ${at}, entry ${at}`);
    }
  });

  it("finds any two lines swapped", async (t) => {
    const trail = await makeTrail(t, ENTRIES);
    const lines = await trail.lines();
    for (let at = 0; at < ENTRIES; at += 1) {
      for (let to = at + 1; to < ENTRIES; to += 1) {
        await trail.overwrite(lines.with(at, lines[to] ?? "").with(to, lines[at] ?? ""));
        assert.equal(await nameOf(trail.file), `reordered at line ${at + 1}, entry ${at + 1}`);
      }
    }
  });

  it("finds any line copied to any place", async (t) => {
    const trail = await makeTrail(t, ENTRIES);
    const lines = await trail.lines();
    for (let at = 0; at < ENTRIES; at += 1) {
      for (let to = 0; to <= ENTRIES; to += 1) {
        await trail.overwrite(lines.toSpliced(to, 0, lines[at] ?? ""));
        // Before its original a copy is the entry that belongs there, and the original the one too many.
        const line = to === at ? to + 2 : to + 1;
        assert.equal(await nameOf(trail.file), `inserted at line ${line}, entry ${line}`, `copy of ${at} at ${to}`);
      }
    }
  });

  it("finds a line of something else inserted, also at the very end", async (t) => {
    const trail = await makeTrail(t, ENTRIES);
    const lines = await trail.lines();
    for (const forged of ["", "{}", "# a comment", (lines[2] ?? "").replace("alice", "mallory")]) {
      for (let at = 1; at <= ENTRIES + 1; at += 1) {
        await trail.overwrite(lines.toSpliced(at - 1, 0, forged));
        assert.equal(await nameOf(trail.file), `inserted at line ${at}, entry ${at}`, forged);
      }
    }
  });

  it("finds the tail cut, at every line and at every byte", async (t) => {
    const trail = await makeTrail(t, ENTRIES);
    const sound = await readFile(trail.file);
    for (let size = sound.length - 1; size >= 0; size -= 1) {
      if (size % STRIDE !== 0 && sound[size - 1] !== 0x0a && sound[size] !== 0x0a) continue;
      await truncate(trail.file, size);
      const line = sound.subarray(0, size).toString("latin1").split("\n").length;
      assert.equal(await nameOf(trail.file), `cut at line ${line}, entry ${line}`, `size ${size}`);
    }
  });

  it("finds the file deleted, because the head file remembers it", async (t) => {
    const trail = await makeTrail(t, ENTRIES);
    await rm(trail.file);
    assert.equal(await nameOf(trail.file), "cut at line 1, entry 1");
  });

  it("takes no file and no head file for an empty trail", async (t) => {
    const trail = await makeTrail(t);
    assert.equal(await nameOf(trail.file), "ok 0");
  });

  it("says that a cut cannot be seen when the head file is gone too", async (t) => {
    const trail = await makeTrail(t, ENTRIES);
    await rm(`${trail.file}.head`);
    const verdict = await verifyTrail(trail.file);
    assert.ok(verdict.ok);
    assert.match(verdict.warnings.join(), /head file is missing/);
  });

  it("calls what it cannot read unreadable, and does not throw", async (t) => {
    const garbledHead = await makeTrail(t, ENTRIES);
    await writeFile(`${garbledHead.file}.head`, "garbage");
    assert.equal(await nameOf(garbledHead.file), "unreadable at line 0, entry 0");

    const folder = await makeTrail(t);
    await mkdir(folder.file);
    assert.equal(await nameOf(folder.file), "unreadable at line 0, entry 0");
  });

  it("does not keep an endless line in memory, whether it ends or not", async (t) => {
    const trail = await makeTrail(t, 2);
    const lines = await trail.lines();
    for (const ending of ["\n", ""]) {
      await writeFile(trail.file, `${lines.join("\n")}\n${"x".repeat(16 * 1024 * 1024 + 1)}${ending}`);
      assert.equal(await nameOf(trail.file), "unreadable at line 3, entry 3");
    }
  });

  it("waits for a writer that is in the middle of a line", async (t) => {
    const trail = await makeTrail(t, 2);
    const sound = await readFile(trail.file);
    const writer = await acquireLock(`${trail.file}.lock`);
    await truncate(trail.file, sound.length - 20);
    const verdict = verifyTrail(trail.file);
    assert.equal(await Promise.race([verdict, sleep(200, "still waiting")]), "still waiting");
    await appendFile(trail.file, sound.subarray(-20));
    await writer.release();
    assert.equal((await verdict).ok, true);
  });
});
