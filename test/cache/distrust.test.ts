/** A cache that is damaged, forged, or in a place where it has no business is as good as none. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import fc from "fast-check";
import { makeFolder } from "../helpers/temp-folder.ts";
import { FILE, fileOf, flowOf, leave, modesOf, openCache, refOf } from "./opened.ts";

const DOCUMENTS = ["a", "b", "c"].map((id) => flowOf(id, { text: `this is ${id}` }));

/** Everything that is known, which must be as it was kept. */
async function known(base: string, more: Parameters<typeof openCache>[1] = {}): Promise<string> {
  const { cache } = await openCache(base, more);
  const found = DOCUMENTS.filter((document) => {
    const opened = cache.open(refOf(String(document["id"])));
    if (opened !== undefined) assert.deepEqual(opened, document);
    return opened !== undefined;
  });
  return found.map(({ id }) => id).join("");
}

it("a file that was cut anywhere is none", async (t) => {
  const base = makeFolder(t);
  await leave(base, DOCUMENTS);
  const whole = readFileSync(fileOf(base));
  assert.equal(await known(base), "abc");
  for (let size = 0; size < whole.length; size += 7) {
    writeFileSync(fileOf(base), whole.subarray(0, size));
    assert.equal(await known(base), "", `${size} bytes`);
  }
  writeFileSync(fileOf(base), Buffer.concat([whole, whole]));
  assert.equal(await known(base), "");
});

it("one byte that is another costs a document or the file, and never gives another document", async (t) => {
  const base = makeFolder(t);
  await leave(base, DOCUMENTS);
  const whole = readFileSync(fileOf(base));
  const inDocument = whole.indexOf("this is b") + 8;
  const results = new Set<string>();
  const changed = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(changed, async ([at, by]) => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ by;
      writeFileSync(fileOf(base), bytes);
      results.add(await known(base));
    }),
    { numRuns: 200, examples: [[[inDocument, 1]]] },
  );
  assert.deepEqual(
    [...results].filter((ids) => !["", "ab", "ac", "bc"].includes(ids)),
    [],
  );
  assert.ok(results.has("ac"), "a document that was changed is dropped alone");
});

it("what another client, another version of the product or somebody without the secret has written is not believed", async (t) => {
  const base = makeFolder(t);
  await leave(base, DOCUMENTS);
  assert.equal(await known(base, { key: "another key" }), "");
  assert.equal(await known(base, { version: "1.0.1" }), "");
  const lines = readFileSync(fileOf(base), "utf8").split("\n");
  for (const [reason, forged] of [
    ["marks are changed", lines.map((line) => line.replace('["flow","a",3,', '["flow","a",4,'))],
    ["documents change places", lines.map((line) => line.replace('"flow","a"', '"flow","b"'))],
    ["an entry is taken away", lines.toSpliced(1, 2)],
    ["an entry is there twice", lines.toSpliced(1, 0, ...lines.slice(1, 3))],
    ["the seal is taken away", lines.toSpliced(-2, 1)],
    ["another format", lines.map((line) => line.replace('cache",1,', 'cache",2,'))],
    ["no JSON at all", ["nothing"]],
  ] as const) {
    writeFileSync(fileOf(base), forged.join("\n"));
    assert.equal(await known(base), "", reason);
  }
});

it("a file or folder that is not the user's alone is not read", async (t) => {
  const base = makeFolder(t);
  const [folder, file] = [join(base, "state", "cache"), fileOf(base)];
  const aside = join(base, "aside");
  for (const [reason, spoil, trouble] of [
    ["the file can be read by others", () => chmodSync(file, 0o640), /open to others/],
    ["the folder can be written by others", () => chmodSync(folder, 0o770), /others may write/],
    ["the file is a link", () => [renameSync(file, aside), symlinkSync(aside, file)], /ELOOP|link/],
    ["the folder is a link", () => [renameSync(folder, aside), symlinkSync(aside, folder)], /link leads to/],
    [
      "a folder above it is a link",
      () => [renameSync(join(base, "state"), aside), symlinkSync(aside, join(base, "state"))],
      /link leads to/,
    ],
    ["the file is a folder", () => [rmSync(file), mkdirSync(file)], /no ordinary file/],
    ["the folder is a file", () => [rmSync(folder, { recursive: true }), writeFileSync(folder, "")], /no folder/],
  ] as const) {
    await leave(base, DOCUMENTS);
    spoil();
    const { cache, troubles } = await openCache(base);
    assert.equal(cache.find(refOf("a")), undefined, reason);
    assert.match(troubles.join(), trouble, reason);
    for (const path of [aside, join(base, "state")]) rmSync(path, { recursive: true, force: true });
  }
});

it("nothing is written through a link, and what is open to others is replaced", async (t) => {
  const base = makeFolder(t);
  const elsewhere = makeFolder(t, { "precious.txt": "mine" });
  mkdirSync(join(base, "state"));
  symlinkSync(elsewhere, join(base, "state", "cache"));
  assert.match((await leave(base, DOCUMENTS)).join(), /link leads to/);
  assert.deepEqual(readdirSync(elsewhere), ["precious.txt"]);
  rmSync(join(base, "state"), { recursive: true });
  symlinkSync(elsewhere, join(base, "state"));
  await leave(base, DOCUMENTS);
  assert.deepEqual(readdirSync(elsewhere), ["precious.txt"]);
  rmSync(join(base, "state"));
  await leave(base, DOCUMENTS);
  chmodSync(fileOf(base), 0o644);
  await leave(base, DOCUMENTS);
  assert.deepEqual(modesOf(base), ["700", "600", "600"]);
  assert.equal(await known(base), "abc");
  const target = join(elsewhere, "precious.txt");
  rmSync(fileOf(base));
  symlinkSync(target, fileOf(base));
  await leave(base, DOCUMENTS);
  assert.equal(readFileSync(target, "utf8"), "mine");
  assert.ok(lstatSync(fileOf(base)).isFile());
});

it("a large file of anything is no cache, and little is made of it", async (t) => {
  const base = makeFolder(t);
  await leave(base, DOCUMENTS);
  const [head = "", marks = "", ...rest] = readFileSync(fileOf(base), "utf8").split("\n");
  const seal = rest.at(-2) ?? "";
  const size = 32 * 1024 * 1024;
  for (const [reason, begin, filler, end] of [
    ["lines without anything", "", "\n", ""],
    ["lines without anything under a head and a seal", `${head}\n`, "\n", `${seal}\n`],
    ["entries by the million under a seal of others", `${head}\n`, `${marks}\n{\n`, `${seal}\n`],
    ["a head that does not end", head, "[", ""],
    ["a seal that does not begin", `${head}\n`, "[", "\n"],
  ] as const) {
    writeFileSync(fileOf(base), Buffer.concat([Buffer.from(begin), Buffer.alloc(size, filler), Buffer.from(end)]));
    const before = process.memoryUsage().heapUsed;
    assert.equal(await known(base, { mostBytes: 2 * size }), "", reason);
    const grown = process.memoryUsage().heapUsed - before;
    assert.ok(grown < 64 * 1024 * 1024, `${reason}: ${grown}`);
  }
});

it("caches and drafts that nothing has written for weeks go when another is written, and nothing else does", async (t) => {
  const base = makeFolder(t);
  await leave(base, DOCUMENTS);
  const folder = join(base, "state", "cache");
  const digest = "0123456789abcdef0123456789abcdef";
  const draft = `${digest}.jsonl.${randomUUID()}.tmp`;
  const days = (count: number) => new Date(Date.now() - count * 24 * 3_600_000);
  for (const [name, age] of [
    [`${digest}.jsonl`, 31],
    [draft, 31],
    [`${digest.replace("0", "1")}.jsonl`, 29],
    ["notes.jsonl", 400],
  ] as const) {
    writeFileSync(join(folder, name), "", { mode: 0o600 });
    utimesSync(join(folder, name), days(age), days(age));
  }
  utimesSync(fileOf(base), days(31), days(31));
  await leave(base, [flowOf("d")]);
  const left = readdirSync(folder).toSorted();
  assert.deepEqual(left, [".gitignore", `${digest.replace("0", "1")}.jsonl`, "notes.jsonl", FILE].toSorted());
  assert.equal(await known(base), "abc");
});

it("a cache that cannot be written is no error", async (t) => {
  const base = makeFolder(t, { state: "a file in the way" });
  const troubles = await leave(base, DOCUMENTS);
  assert.match(troubles.join(), /ENOTDIR|EEXIST/);
  assert.ok(!existsSync(fileOf(base)));
});
