import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFile, chmod, mkdir, readdir, readFile, rm, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { openTrail } from "../../src/audit/file-store.ts";
import { keepDocument } from "../../src/audit/keeper.ts";
import { examineKept, keptFolderOf, readKept } from "../../src/audit/kept.ts";
import { digestOf } from "../../src/model/digest.ts";
import { type Json, objectFrom } from "../../src/model/json.ts";
import {
  asOrdinaryUser,
  failsWith,
  makeTempFolder,
  mountSmallDisk,
  recordWith,
  startChild,
  waitForExit,
} from "./world.ts";

const DOCUMENT: Json = { name: "Menü", nodes: [{ id: "b" }, { id: "a" }], version: 3 };
const LIMIT = 16 * 1024 * 1024;

interface Place {
  readonly file: string;
  readonly folder: string;
  readonly digest: string;
  readonly path: string;
}

/** A place for a trail where DOCUMENT is kept. */
async function keepOne(t: TestContext): Promise<Place> {
  const file = join(await makeTempFolder(t), "deep", "audit.jsonl");
  const digest = await openTrail({ file }).keep(DOCUMENT);
  const folder = `${file}.objects`;
  return { file, folder, digest, path: join(folder, `${digest.slice(7)}.json`) };
}

describe("keeping a document", () => {
  it("gives its digest, under which anyone finds it: the file is named by the SHA-256 of its bytes", async (t) => {
    const { file, folder, digest, path } = await keepOne(t);
    assert.equal(digest, digestOf(DOCUMENT));
    assert.equal(keptFolderOf(file), folder);
    const bytes = await readFile(path);
    assert.equal(basename(path), `${createHash("sha256").update(bytes).digest("hex")}.json`);
    assert.deepEqual(await readKept(file, digest), DOCUMENT);
  });

  it("makes folders 0700 and files 0600, because they hold live data", async (t) => {
    const { folder, path } = await keepOne(t);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it("that is kept already writes nothing, whatever the order of its keys", async (t) => {
    const { file, folder, digest, path } = await keepOne(t);
    const before = await stat(path, { bigint: true });
    const turned: Json = { version: 3, nodes: [{ id: "b" }, { id: "a" }], name: "Menü" };
    assert.equal(await keepDocument(file, turned), digest);
    const after = await stat(path, { bigint: true });
    assert.deepEqual([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
    assert.deepEqual(await readdir(folder), [basename(path)]);
  });

  it("gives back what was kept, odd keys and half characters included", async (t) => {
    const { file } = await keepOne(t);
    const odd = [null, "", 0, objectFrom([["__proto__", { a: 1 }]]), "\ud800\u2028", -0.5, "x".repeat(100_000)];
    for (const document of odd) {
      const kept = await readKept(file, await keepDocument(file, document));
      assert.equal(JSON.stringify(kept), JSON.stringify(document));
    }
  });

  it("by several processes at once leaves each document once and whole, and no drafts", async (t) => {
    const file = join(await makeTempFolder(t), "audit.jsonl");
    const children = Array.from({ length: 4 }, () => startChild("kept-child.ts", [file, "40"]));
    await Promise.all(children.map((child) => once(child.stdout, "data")));
    const exits = children.map(waitForExit);
    for (const child of children) child.stdin.end();
    for (const exit of await Promise.all(exits)) assert.deepEqual(exit, { code: 0, stderr: "" });
    const names = await readdir(keptFolderOf(file));
    assert.equal(names.length, 40);
    for (const name of names) assert.equal(await examineKept(file, `sha256:${name.slice(0, 64)}`), "sound");
  });

  it("many times at once in one process does the same", async (t) => {
    const file = join(await makeTempFolder(t), "audit.jsonl");
    const digests = await Promise.all(Array.from({ length: 50 }, () => keepDocument(file, DOCUMENT)));
    assert.equal(new Set(digests).size, 1);
    assert.equal((await readdir(keptFolderOf(file))).length, 1);
  });

  it("that is larger than any that is read back is refused", async (t) => {
    const { file, folder } = await keepOne(t);
    await assert.rejects(keepDocument(file, "x".repeat(LIMIT)), failsWith("audit/unwritable", String(LIMIT)));
    assert.equal((await readdir(folder)).length, 1);
    const largest = "x".repeat(LIMIT - 2);
    assert.equal(await readKept(file, await keepDocument(file, largest)), largest, "its quotes are the two bytes");
  });
});

const tamperings: readonly (readonly [reason: string, tamper: (place: Place) => Promise<void>])[] = [
  ["one byte is another", async ({ path }) => writeFile(path, (await readFile(path, "utf8")).replace("3", "4"))],
  ["the same value is written with a space", async ({ path }) => appendFile(path, " ")],
  ["it is cut", ({ path }) => truncate(path, 5)],
  ["it is emptied", ({ path }) => truncate(path, 0)],
  ["it is larger than any that is kept", ({ path }) => truncate(path, LIMIT + 1)],
  [
    "a folder stands in its place",
    async ({ path }) => {
      await unlink(path);
      await mkdir(path);
    },
  ],
  [
    "a pipe stands in its place, which must not be waited for",
    async ({ path }) => {
      await unlink(path);
      execFileSync("mkfifo", [path]);
    },
  ],
];

describe("a kept document that is not what was kept", () => {
  for (const [reason, tamper] of tamperings) {
    it(`is neither read nor trusted nor overwritten: ${reason}`, async (t) => {
      const place = await keepOne(t);
      await tamper(place);
      await assert.rejects(readKept(place.file, place.digest), failsWith("audit/broken", place.path));
      assert.equal(await examineKept(place.file, place.digest), "changed");
      const before = await stat(place.path);
      await assert.rejects(keepDocument(place.file, DOCUMENT), failsWith("audit/broken", place.path));
      assert.deepEqual((await stat(place.path)).mtimeMs, before.mtimeMs);
    });
  }

  it("because it is gone is missing, and is kept again when it is needed again", async (t) => {
    const place = await keepOne(t);
    for (const gone of [place.path, place.folder]) {
      await rm(gone, { recursive: true });
      assert.equal(await examineKept(place.file, place.digest), "missing");
      await assert.rejects(readKept(place.file, place.digest), failsWith("audit/broken", "is gone"));
      assert.equal(await keepDocument(place.file, DOCUMENT), place.digest);
    }
  });

  it("because the system refuses is unreadable, which is another thing", async (t) => {
    const place = await keepOne(t);
    await chmod(place.path, 0o000);
    for (const folder of [place.folder, join(place.folder, ".."), join(place.folder, "../..")])
      await chmod(folder, 0o755);
    await asOrdinaryUser(async () => {
      await assert.rejects(readKept(place.file, place.digest), failsWith("audit/unreadable", "EACCES"));
      await assert.rejects(examineKept(place.file, place.digest), failsWith("audit/unreadable", place.path));
    });
  });
});

describe("a digest from outside", () => {
  const digests: readonly (readonly [reason: string, digest: string])[] = [
    ["leads out of the folder", "sha256:../../../../etc/passwd"],
    ["leads out of it with the right length", `sha256:${"../".repeat(20)}etc/`],
    ["is in capitals, which some disks do not tell apart", `sha256:${"A".repeat(64)}`],
    ["is too short", `sha256:${"a".repeat(63)}`],
    ["is too long", `sha256:${"a".repeat(65)}`],
    ["has a newline at its end", `sha256:${"a".repeat(64)}\n`],
    ["is of another kind", `sha512:${"a".repeat(64)}`],
    ["is empty", ""],
  ];
  for (const [reason, digest] of digests) {
    it(`names nothing when it ${reason}, and no entry can hold it`, async (t) => {
      const { file } = await keepOne(t);
      await assert.rejects(readKept(file, digest), failsWith("audit/broken", "no digest"));
      const trail = openTrail({ file });
      await assert.rejects(trail.append([recordWith({ manifest: digest })]), { code: "internal" });
      await assert.rejects(trail.append([recordWith({ image: digest })]), { code: "internal" });
    });
  }
});

describe("a document that cannot be kept", () => {
  it("on a full disk says so, and leaves no half of it", async (t) => {
    const disk = await mountSmallDisk(t);
    if (disk === undefined) return;
    const file = join(disk, "audit.jsonl");
    await keepDocument(file, DOCUMENT);
    await assert.rejects(keepDocument(file, "x".repeat(400_000)), failsWith("audit/unwritable", "ENOSPC"));
    assert.equal((await readdir(keptFolderOf(file))).length, 1);
    await keepDocument(file, "there is space for this one");
  });

  it("in a folder without write permission", async (t) => {
    const folder = await makeTempFolder(t);
    await chmod(folder, 0o555);
    const trail = openTrail({ file: join(folder, "audit.jsonl") });
    await asOrdinaryUser(() => assert.rejects(trail.keep(DOCUMENT), failsWith("audit/unwritable", "EACCES")));
    assert.deepEqual(await readdir(folder), []);
  });

  it("because a file stands where the folder belongs", async (t) => {
    const folder = await makeTempFolder(t);
    await writeFile(join(folder, "audit.jsonl.objects"), "");
    const trail = openTrail({ file: join(folder, "audit.jsonl") });
    await assert.rejects(trail.keep(DOCUMENT), failsWith("audit/unwritable", "EEXIST"));
  });
});
