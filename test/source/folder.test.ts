import assert from "node:assert/strict";
import { chmodSync, closeSync, ftruncateSync, mkdirSync, openSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { GitopsError } from "../../src/errors.ts";
import { loadDocuments, readFolder } from "../../src/source/folder.ts";
import { DEFAULT_LIMITS } from "../../src/source/limits.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

const rules = (problems: readonly { rule: string; file: string }[]) =>
  problems.map(({ rule, file }) => `${rule} ${file}`);

test("manifest files are read in the order of their names, whatever the folder says", async (t) => {
  const cwd = makeFolder(t, {
    "m/b.yaml": "b",
    "m/a/z.yml": "z",
    "m/a.json": "{}",
    "m/B.yaml": "B",
    "m/readme.md": "no",
    "m/a.yaml.bak": "no",
    "m/.hidden.yaml": "no",
    "m/.hidden/x.yaml": "no",
    "m/ü.yaml": "ü",
  });
  const { files, problems } = await readFolder("m", { cwd });
  assert.deepEqual(problems, []);
  assert.deepEqual(
    files.map(({ file, text, bytes }) => [file, text, bytes]),
    [
      ["m/B.yaml", "B", 1],
      ["m/a.json", "{}", 2],
      ["m/a/z.yml", "z", 1],
      ["m/b.yaml", "b", 1],
      ["m/ü.yaml", "ü", 2],
    ],
  );
});

test("many files come in their order, each with its own text", async (t) => {
  const names = Array.from({ length: 300 }, (_, index) => `m/${String(index).padStart(3, "0")}.yaml`);
  const cwd = makeFolder(
    t,
    Object.fromEntries(names.map((name) => [name, `${name}\n`.repeat(name.charCodeAt(4) - 40)])),
  );
  const { files } = await readFolder("m", { cwd });
  assert.deepEqual(
    files.map(({ file }) => file),
    names,
  );
  for (const { file, text, bytes } of files) {
    assert.equal(text, `${file}\n`.repeat(file.charCodeAt(4) - 40));
    assert.equal(bytes, text.length);
  }
});

test("files are named relative to the working directory", async (t) => {
  const root = makeFolder(t, { "m/a.yaml": "", "other/x": "" });
  const names = async (folder: string, cwd: string) =>
    (await readFolder(folder, { cwd })).files.map(({ file }) => file);
  assert.deepEqual(await names(".", join(root, "m")), ["a.yaml"]);
  assert.deepEqual(await names(join(root, "m"), root), ["m/a.yaml"], "an absolute folder");
  assert.deepEqual(await names("../m", join(root, "other")), ["../m/a.yaml"]);
});

test("a missing folder and a file in its place are errors with advice", async (t) => {
  const cwd = makeFolder(t, { "a.yaml": "" });
  for (const folder of ["missing", "a.yaml"]) {
    await assert.rejects(readFolder(folder, { cwd }), (thrown) => {
      assert.ok(thrown instanceof GitopsError);
      assert.equal(thrown.code, "source/unreadable");
      assert.ok(thrown.hint);
      return true;
    });
  }
});

test("a file above the limit is not read", async (t) => {
  const cwd = makeFolder(t, { "m/a.yaml": "a: 1" });
  const big = openSync(join(cwd, "m/big.yaml"), "w");
  ftruncateSync(big, 50 * 1024 * 1024);
  closeSync(big);
  const before = process.memoryUsage().arrayBuffers;
  const { files, problems } = await readFolder("m", { cwd });
  assert.deepEqual(
    files.map(({ file }) => file),
    ["m/a.yaml"],
  );
  assert.deepEqual(rules(problems), ["source/too-large m/big.yaml"]);
  assert.match(problems[0]?.message ?? "", /50 MiB.*4 MiB/);
  assert.ok(process.memoryUsage().arrayBuffers - before < 10 * 1024 * 1024, "its bytes never came into memory");
});

test("a folder that is too much as a whole yields nothing", async (t) => {
  const cwd = makeFolder(t, { "m/a.yaml": "12345", "m/b.yaml": "12345", "m/c.yaml": "12345" });
  const large = await readFolder("m", { cwd, limits: { ...DEFAULT_LIMITS, totalBytes: 14 } });
  assert.deepEqual([large.files, rules(large.problems)], [[], ["source/too-large m"]]);
  const many = await readFolder("m", { cwd, limits: { ...DEFAULT_LIMITS, files: 2 } });
  assert.deepEqual([many.files, rules(many.problems)], [[], ["source/too-many m"]]);
  const fits = await readFolder("m", { cwd, limits: { ...DEFAULT_LIMITS, totalBytes: 15, files: 3 } });
  assert.equal(fits.files.length, 3, "exactly at both limits");
});

test("links are followed only to what is inside, and nothing is read twice", async (t) => {
  const cwd = makeFolder(t, {
    "m/real/a.yaml": "a",
    "m/.data/hidden.yaml": "h",
    "m/plain.txt": "p",
    "out/secret.yaml": "s",
    "out/readme.md": "r",
  });
  const link = (target: string, path: string) => symlinkSync(target, join(cwd, path));
  link("real/a.yaml", "m/0-again.yaml");
  link("real", "m/0-folder");
  link("..", "m/real/loop");
  link(".data/hidden.yaml", "m/shown.yaml");
  link("plain.txt", "m/plain.yaml");
  link("../out/secret.yaml", "m/secret.yaml");
  link("../out", "m/outside");
  link("../out/readme.md", "m/readme.md");
  link("nowhere", "m/broken.yaml");
  link("nowhere", "m/broken.txt");
  link("circle.yaml", "m/circle.yaml");
  const { files, problems } = await readFolder("m", { cwd });
  assert.deepEqual(
    files.map(({ file, text }) => `${file}=${text}`),
    ["m/plain.yaml=p", "m/real/a.yaml=a", "m/shown.yaml=h"],
    "the real file wins over links to it; a hidden file with a link that shows it is read",
  );
  assert.deepEqual(rules(problems).sort(), [
    "source/outside m/outside",
    "source/outside m/secret.yaml",
    "source/unreadable m/broken.yaml",
    "source/unreadable m/circle.yaml",
  ]);
});

test("the folder itself may be a link, and a cycle of folders ends", async (t) => {
  const cwd = makeFolder(t, { "real/a/x.yaml": "x" });
  symlinkSync("real", join(cwd, "m"));
  symlinkSync("..", join(cwd, "real/a/up"));
  symlinkSync("a", join(cwd, "real/b"));
  const { files, problems } = await readFolder("m", { cwd });
  assert.deepEqual(
    files.map(({ file }) => file),
    ["m/a/x.yaml"],
  );
  assert.deepEqual(problems, []);
});

test("what is not UTF-8 is found where it stops being so", async (t) => {
  const latin1 = Buffer.concat([Buffer.from("a: 1\nb: "), Buffer.from([0xfc]), Buffer.from("\n")]);
  const cwd = makeFolder(t, { "m/a.yaml": latin1, "m/bom.yaml": "\uFEFFa: 1" });
  const { files, problems } = await readFolder("m", { cwd });
  assert.deepEqual(
    problems.map(({ rule, line, column }) => [rule, line, column]),
    [["source/encoding", 2, 4]],
  );
  assert.deepEqual(
    files.map(({ text }) => text),
    ["a: 1"],
    "a byte order mark is dropped",
  );
});

test("a file without permission is a finding", { skip: process.getuid?.() === 0 }, async (t) => {
  const cwd = makeFolder(t, { "m/a.yaml": "a", "m/b.yaml": "b" });
  chmodSync(join(cwd, "m/a.yaml"), 0);
  const { files, problems } = await readFolder("m", { cwd });
  assert.deepEqual(
    files.map(({ file }) => file),
    ["m/b.yaml"],
  );
  assert.deepEqual(rules(problems), ["source/unreadable m/a.yaml"]);
});

test("a folder with a manifest's name is a folder", async (t) => {
  const cwd = makeFolder(t, { "m/x.yaml/a.yaml": "a" });
  mkdirSync(join(cwd, "m/empty.yaml"));
  assert.deepEqual(
    (await readFolder("m", { cwd })).files.map(({ file }) => file),
    ["m/x.yaml/a.yaml"],
  );
});

test("documents and findings of all files come together, in order", async (t) => {
  const cwd = makeFolder(t, { "m/b.yaml": "b: 1\n---\nc: 1\n", "m/a.yaml": "a: 1\na: 2\n", "m/0.json": '{"z": 1}' });
  const { documents, problems } = await loadDocuments("m", { cwd });
  assert.deepEqual(
    documents.map(({ file, index, value }) => [file, index, value]),
    [
      ["m/0.json", 0, { z: 1 }],
      ["m/b.yaml", 0, { b: 1 }],
      ["m/b.yaml", 1, { c: 1 }],
    ],
  );
  assert.deepEqual(
    problems.map(({ rule, file, line }) => [rule, file, line]),
    [["yaml/duplicate-key", "m/a.yaml", 2]],
  );
});
