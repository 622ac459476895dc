import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { GitopsError } from "../../src/errors.ts";
import { describeRevision, findRevision, gitUser, type RevisionOptions, readCommit } from "../../src/source/git/git.ts";
import { DEFAULT_LIMITS, type SourceLimits } from "../../src/source/limits.ts";
import { commitAll, git, makeFolder, makeRepository, writeFiles } from "../helpers/temp-folder.ts";

async function readRevision({ limits, ...options }: RevisionOptions & { readonly limits?: SourceLimits }) {
  return readCommit(await findRevision(options), limits);
}

async function resolveCommit(folder: string, rev: string): Promise<string> {
  return (await findRevision({ folder, rev, cwd: folder })).commit;
}

const isUnavailable = (pattern: RegExp) => (thrown: unknown) => {
  assert.ok(thrown instanceof GitopsError);
  assert.equal(thrown.code, "git/unavailable");
  assert.match(thrown.message, pattern);
  assert.ok(thrown.hint);
  return true;
};

test("the revision is the commit and whether something below the folder differs from it", async (t) => {
  const root = makeRepository(t, { "m/a.yaml": "a: 1", "other/b.txt": "b" });
  const folder = join(root, "m");
  const commit = git(root, "rev-parse", "HEAD");
  assert.deepEqual(await describeRevision(folder), { commit, dirty: false, root });

  writeFiles(root, { "other/b.txt": "changed", "other/new.txt": "new" });
  assert.equal((await describeRevision(folder))?.dirty, false, "changes elsewhere do not count");
  assert.equal((await describeRevision(root))?.dirty, true);

  writeFiles(root, { "m/new.yaml": "n: 1" });
  assert.equal((await describeRevision(folder))?.dirty, true, "an untracked manifest is read too");
  rmSync(join(root, "m/new.yaml"));
  rmSync(join(root, "m/a.yaml"));
  assert.equal((await describeRevision(folder))?.dirty, true, "so is a deleted one not");
});

test("a file that counts besides the folder does so where it is in the same repository", async (t) => {
  const root = makeRepository(t, { "m/a.yaml": "a: 1", "conf/[x]*.yaml": "c: 1", "conf/other.yaml": "o: 1" });
  const outside = makeFolder(t, { "c.yaml": "c: 1" });
  const isDirty = async (file: string) => (await describeRevision(join(root, "m"), file))?.dirty;
  const file = join(root, "conf/[x]*.yaml");
  assert.equal(await isDirty(file), false);
  writeFiles(root, { "conf/other.yaml": "o: 2", "conf/xy.yaml": "new", "top.yaml": "new" });
  assert.equal(await isDirty(file), false, "its name is no pattern");
  assert.equal(await isDirty(join(root, "top.yaml")), true, "nobody has committed it");
  writeFiles(root, { "conf/[x]*.yaml": "c: 2" });
  assert.equal(await isDirty(file), true);
  assert.equal(await isDirty(join(outside, "c.yaml")), false, "it is in no repository");
  const inner = join(root, "inner");
  writeFiles(inner, { "c.yaml": "c: 1" });
  git(inner, "init", "-q");
  assert.equal(await isDirty(join(inner, "c.yaml")), false, "it is in another one");
});

test("outside a repository, and before a first commit, there is no revision", async (t) => {
  const folder = makeFolder(t, { "a.yaml": "" });
  assert.equal(await describeRevision(folder), null);
  git(folder, "init", "-q");
  assert.equal(await describeRevision(folder), null);
});

test("a folder is read as it was, without touching what is there", async (t) => {
  const root = makeRepository(t, {
    "m/a.yaml": "a: old\n",
    "m/sub/b.json": "{}",
    'm/ü "q".yml': "name: odd",
    "m/.hidden/x.yaml": "no",
    "m/.x.yaml": "no",
    "m/readme.md": "no",
    "other.yaml": "no",
    ".gitattributes": "*.yaml export-ignore text eol=crlf\n",
  });
  git(root, "tag", "v1");
  rmSync(join(root, "m"), { recursive: true });
  writeFiles(root, { "n/c.yaml": "c" });
  commitAll(root, "second");
  writeFiles(root, { "n/c.yaml": "staged" });
  git(root, "add", "-A");
  writeFiles(root, { "n/c.yaml": "work" });
  const index = readFileSync(join(root, ".git/index"));
  const modified = statSync(join(root, ".git/index")).mtimeMs;

  const { files, problems } = await readRevision({ folder: "m", rev: "v1", cwd: root });
  assert.deepEqual(problems, []);
  assert.deepEqual(
    files.map(({ file, text, bytes }) => [file, text, bytes]),
    [
      ["v1:m/a.yaml", "a: old\n", 7],
      ["v1:m/sub/b.json", "{}", 2],
      ['v1:m/ü "q".yml', "name: odd", 9],
    ],
  );
  const now = await readRevision({ folder: "../n", rev: "HEAD", cwd: join(root, "n") });
  assert.deepEqual(
    now.files.map(({ file, text }) => [file, text]),
    [["HEAD:n/c.yaml", "c"]],
    "neither staged nor work tree",
  );
  const whole = await readRevision({ folder: ".", rev: "v1~0", cwd: root });
  assert.equal(whole.files.length, 4, "the top folder");

  assert.deepEqual(readFileSync(join(root, ".git/index")), index);
  assert.equal(statSync(join(root, ".git/index")).mtimeMs, modified);
  assert.equal(readFileSync(join(root, "n/c.yaml"), "utf8"), "work");
  assert.equal(existsSync(join(root, "m")), false);
});

test("a revision's name leads to its commit", async (t) => {
  const root = makeRepository(t, { "a.yaml": "" });
  const commit = git(root, "rev-parse", "HEAD");
  git(root, "tag", "-a", "v1", "-m", "annotated");
  commitAll(root, "second");
  assert.equal(await resolveCommit(root, "v1"), commit, "an annotated tag is not its commit, but leads to it");
  await assert.rejects(resolveCommit(root, "nope"), isUnavailable(/no revision/));
});

test("contents come back byte for byte", async (t) => {
  const texts = ["", "\n", "x", "x\n\n", `${"0123456789abcdef blob 5\n".repeat(1000)}`, "é\r\n"];
  const root = makeRepository(t, Object.fromEntries(texts.map((text, index) => [`m/${index}.yaml`, text])));
  const { files } = await readRevision({ folder: "m", rev: "main", cwd: root });
  assert.deepEqual(
    files.map(({ text }) => text),
    texts,
  );
});

test("no hook, monitor or filter of the repository runs, and no caller's GIT_* variable counts", async (t) => {
  const root = makeRepository(t, { "m/a.yaml": "a: 1", ".gitattributes": "*.yaml filter=evil diff=evil\n" });
  const script = join(root, "evil.sh");
  const mark = join(root, "ran");
  writeFiles(root, {
    "evil.sh": `#!/bin/sh\necho "$0 $@" >> "${mark}"\n`,
    ".git/hooks/post-index-change": `#!/bin/sh\ntouch "${mark}"\n`,
  });
  chmodSync(script, 0o755);
  chmodSync(join(root, ".git/hooks/post-index-change"), 0o755);
  git(root, "config", "core.fsmonitor", script);
  git(root, "config", "filter.evil.smudge", script);
  git(root, "config", "core.pager", script);
  git(root, "config", "diff.evil.textconv", script);
  t.after(() => {
    delete process.env["GIT_DIR"];
  });
  process.env["GIT_DIR"] = join(root, "no-such-repository");
  assert.equal((await readRevision({ folder: "m", rev: "HEAD", cwd: root })).files.length, 1);
  assert.equal((await describeRevision(join(root, "m")))?.dirty, false);
  assert.equal(existsSync(mark), false);
});

test("looking at the state does not write the index", async (t) => {
  const root = makeRepository(t, { "m/a.yaml": "a: 1" });
  // Same content, other time: a plain "git status" would note that in the index.
  utimesSync(join(root, "m/a.yaml"), 1_000_000, 1_000_000);
  const index = readFileSync(join(root, ".git/index"));
  assert.equal((await describeRevision(join(root, "m")))?.dirty, false);
  assert.deepEqual(readFileSync(join(root, ".git/index")), index);
});

test("git does not get to see our credentials", async (t) => {
  const root = makeRepository(t, { "m/a.yaml": "a: 1" });
  const seen = join(root, "environment");
  const real = process.env["PATH"] ?? "";
  const script = `#!/bin/sh\nenv >> "${seen}"\nPATH="${real}" exec git "$@"\n`;
  writeFiles(root, { "bin/git": script });
  chmodSync(join(root, "bin/git"), 0o755);
  t.after(() => {
    process.env["PATH"] = real;
    delete process.env["CXONE_CLIENT_SECRET"];
  });
  process.env["PATH"] = `${join(root, "bin")}:${real}`;
  process.env["CXONE_CLIENT_SECRET"] = "planted-secret";
  assert.equal((await readRevision({ folder: "m", rev: "HEAD", cwd: root })).files.length, 1);
  assert.match(readFileSync(seen, "utf8"), /^PATH=/m, "the script did run");
  assert.doesNotMatch(readFileSync(seen, "utf8"), /planted-secret/);
});

test("an unknown revision is an error with advice, and none can become an option", async (t) => {
  const root = makeRepository(t, { "m/a.yaml": "a" });
  const read = (rev: string, folder = "m", cwd = root) => readRevision({ folder, rev, cwd });
  await assert.rejects(read("nope"), isUnavailable(/no revision "nope"/));
  for (const rev of ["--all", "-x", "--output=ran", ""]) await assert.rejects(read(rev), isUnavailable(/not the name/));
  await assert.rejects(read("HEAD:m"), isUnavailable(/no revision/), "a folder is no revision");
  await assert.rejects(read("HEAD; touch ran"), isUnavailable(/no revision/));
  await assert.rejects(read("HEAD", "gone"), isUnavailable(/no folder "gone"/));
  await assert.rejects(read("HEAD", ".."), isUnavailable(/not a git repository/), "above the repository");
  await assert.rejects(read("HEAD", ".", makeFolder(t)), isUnavailable(/not a git repository/));
  assert.equal(existsSync(join(root, "ran")), false);
});

test("links and submodules that could hold manifests are findings", async (t) => {
  const root = makeRepository(t, { "m/a.yaml": "a" });
  symlinkSync("/etc/passwd", join(root, "m/link.yaml"));
  symlinkSync("../..", join(root, "m/folder"));
  symlinkSync("a.yaml", join(root, "m/readme.md"));
  const commit = commitAll(root, "links");
  git(root, "update-index", "--add", "--cacheinfo", `160000,${commit},m/module`);
  git(root, "commit", "-q", "-m", "module");
  const { files, problems } = await readRevision({ folder: "m", rev: "HEAD", cwd: root });
  assert.deepEqual(
    files.map(({ file }) => file),
    ["HEAD:m/a.yaml"],
  );
  assert.deepEqual(
    problems.map(({ rule, file }) => `${rule} ${file}`),
    ["source/link HEAD:m/folder", "source/link HEAD:m/link.yaml", "source/submodule HEAD:m/module"],
  );
});

test("the limits of a folder are those of a revision", async (t) => {
  const root = makeRepository(t, { "m/a.yaml": "12345", "m/b.yaml": "1234567890", "m/c.yaml": Buffer.from([0xff]) });
  const read = async (limits: Partial<typeof DEFAULT_LIMITS>) => {
    const options = { folder: "m", rev: "HEAD", cwd: root, limits: { ...DEFAULT_LIMITS, ...limits } };
    const { files, problems } = await readRevision(options);
    return [files.map(({ file }) => file), problems.map(({ rule, file }) => `${rule} ${file}`)];
  };
  const encoding = "source/encoding HEAD:m/c.yaml";
  assert.deepEqual(await read({}), [["HEAD:m/a.yaml", "HEAD:m/b.yaml"], [encoding]]);
  assert.deepEqual(await read({ fileBytes: 5 }), [["HEAD:m/a.yaml"], ["source/too-large HEAD:m/b.yaml", encoding]]);
  assert.deepEqual(await read({ totalBytes: 15 }), [[], ["source/too-large HEAD:m"]]);
  assert.deepEqual(await read({ files: 2 }), [[], ["source/too-many HEAD:m"]]);
});

test("the committer is who git is configured for", async (t) => {
  const root = makeRepository(t, { "a.yaml": "" });
  assert.equal(await gitUser(root), "Test Person <test@example.com>");
  assert.equal(
    await gitUser(join(root, "not/there")),
    "Test Person <test@example.com>",
    "the nearest folder that is there",
  );
  git(root, "config", "user.name", 'Ünï "Q" = x');
  assert.equal(await gitUser(root), 'Ünï "Q" = x <test@example.com>');
});
