import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openTrail } from "../../src/audit/file-store.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import {
  asOrdinaryUser,
  failsWith,
  MANIFEST,
  makeTempFolder,
  manyRecords,
  mountSmallDisk,
  recordWith,
} from "./world.ts";

function bigRecord(bytes: number) {
  return recordWith({ patch: [{ op: "add", path: "/x", value: "x".repeat(bytes) }] });
}

describe("a trail that cannot be written", () => {
  it("on a full disk takes back the part that was written, and goes on when there is space", async (t) => {
    const disk = await mountSmallDisk(t);
    if (disk === undefined) return;
    const trail = openTrail({ file: join(disk, "audit.jsonl") });
    await trail.keep(MANIFEST);
    await trail.append(manyRecords(3));
    const sound = await readFile(trail.file);

    await assert.rejects(trail.append([recordWith(), bigRecord(400_000)]), failsWith("audit/unwritable", "ENOSPC"));
    assert.ok(sound.equals(await readFile(trail.file)), "the part that was written is still there");
    assert.deepEqual((await readdir(disk)).sort(), ["audit.jsonl", "audit.jsonl.head", "audit.jsonl.objects"]);

    await trail.append([recordWith()]);
    const verdict = await verifyTrail(trail.file);
    assert.equal(verdict.ok && verdict.entries, 4);
  });

  it("on a disk without one free byte says so before anything is written, and leaves no lock", async (t) => {
    const disk = await mountSmallDisk(t);
    if (disk === undefined) return;
    const trail = openTrail({ file: join(disk, "audit.jsonl") });
    await trail.keep(MANIFEST);
    await trail.append(manyRecords(3));
    const filler = join(disk, "filler");
    await assert.rejects(writeFile(filler, "x".repeat(200_000)), { code: "ENOSPC" });

    await assert.rejects(trail.append([recordWith()]), failsWith("audit/unwritable", "ENOSPC"));
    await rm(filler);
    await trail.append([recordWith()]);
    const verdict = await verifyTrail(trail.file);
    assert.equal(verdict.ok && verdict.entries, 4);
  });

  it("on a read-only disk", async (t) => {
    const disk = await mountSmallDisk(t);
    if (disk === undefined) return;
    execFileSync("mount", ["-o", "remount,ro", disk]);
    await assert.rejects(
      openTrail({ file: join(disk, "audit.jsonl") }).append([recordWith()]),
      failsWith("audit/unwritable", "EROFS"),
    );
  });

  it("in a folder without write permission", async (t) => {
    const folder = await makeTempFolder(t);
    await chmod(folder, 0o555);
    const trail = openTrail({ file: join(folder, "audit.jsonl") });
    await asOrdinaryUser(() => assert.rejects(trail.append([recordWith()]), failsWith("audit/unwritable", "EACCES")));
    assert.deepEqual(await readdir(folder), []);
  });

  it("because the file itself is not to be written", async (t) => {
    const folder = await makeTempFolder(t);
    const trail = openTrail({ file: join(folder, "audit.jsonl") });
    await trail.keep(MANIFEST);
    await trail.append([recordWith()]);
    await chmod(trail.file, 0o444);
    await chmod(`${trail.file}.head`, 0o444);
    await chmod(folder, 0o777);
    await asOrdinaryUser(() => assert.rejects(trail.append([recordWith()]), failsWith("audit/unwritable", "EACCES")));
    assert.equal((await verifyTrail(trail.file)).ok, true);
  });

  it("below a path of which a part is a file", async (t) => {
    const folder = await makeTempFolder(t);
    await writeFile(join(folder, "file"), "");
    for (const path of ["file/audit.jsonl", "file/deeper/audit.jsonl"]) {
      await assert.rejects(
        openTrail({ file: join(folder, path) }).append([recordWith()]),
        failsWith("audit/unwritable"),
      );
    }
  });

  it("because a folder stands in its place", async (t) => {
    const folder = await makeTempFolder(t);
    await mkdir(join(folder, "audit.jsonl"));
    await assert.rejects(
      openTrail({ file: join(folder, "audit.jsonl") }).append([recordWith()]),
      failsWith("audit/unwritable", "EISDIR"),
    );
    await assert.rejects(stat(join(folder, "audit.jsonl.lock")), { code: "ENOENT" });
  });

  it("because a device stands in its place", async (t) => {
    const folder = await makeTempFolder(t);
    await symlink("/dev/full", join(folder, "audit.jsonl"));
    await assert.rejects(
      openTrail({ file: join(folder, "audit.jsonl") }).append([recordWith()]),
      failsWith("audit/unwritable", "ordinary"),
    );
  });

  it("because its head file cannot be: the entry stays, and the next append catches up with it", async (t) => {
    const folder = await makeTempFolder(t);
    const file = join(folder, "audit.jsonl");
    const warnings: string[] = [];
    const trail = openTrail({ file, onWarning: ({ what }) => warnings.push(what) });
    await trail.keep(MANIFEST);
    await trail.append([recordWith()]);
    await mkdir(`${file}.head.tmp`);
    await assert.rejects(trail.append([recordWith()]), failsWith("audit/unwritable"));
    await rm(`${file}.head.tmp`, { recursive: true });
    await trail.append([recordWith()]);
    assert.deepEqual(warnings, ["head-behind"]);
    const verdict = await verifyTrail(file);
    assert.equal(verdict.ok && verdict.entries, 3);
  });
});
