import assert from "node:assert/strict";
import { appendFile, chmod, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { keptFolderOf } from "../../src/audit/kept.ts";
import { findLostDocument, type KeptStates } from "../../src/audit/kept-watch.ts";
import { readTrail } from "../../src/audit/read.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import { asOrdinaryUser, makeTrail, outcomeWith, recordWith, type TestTrail } from "./world.ts";

interface KeptTrail extends TestTrail {
  /** Digests of the document before and after the first resource's write, and of the second's manifest. */
  readonly before: string;
  readonly after: string;
  readonly manifest: string;
  pathOf(digest: string): string;
}

/** Entries 1 and 2 name a document each, 3 and 4 a manifest of their own. */
async function makeKeptTrail(t: TestContext): Promise<KeptTrail> {
  const trail = await makeTrail(t);
  const before = await trail.keep({ name: "before" });
  const after = await trail.keep({ name: "after" });
  const manifest = await trail.keep({ kind: "Webhook" });
  const hook = { kind: "Webhook", name: "hook", manifest };
  await trail.append([recordWith({ image: before }), outcomeWith({ image: after })]);
  await trail.append([recordWith(hook), outcomeWith(hook)]);
  const folder = keptFolderOf(trail.file);
  return { ...trail, before, after, manifest, pathOf: (digest) => join(folder, `${digest.slice(7)}.json`) };
}

async function describeVerdict(file: string): Promise<string> {
  const verdict = await verifyTrail(file);
  if (verdict.ok) return `ok ${verdict.entries}`;
  return `${verdict.problem} at line ${verdict.line}, entry ${verdict.sequence}: ${verdict.message}`;
}

type Which = "before" | "after" | "manifest";

describe("verifyTrail on kept documents", () => {
  const documents: readonly (readonly [which: Which, line: number, what: string])[] = [
    ["before", 1, "the document of Flow/main-menu before the write"],
    ["after", 2, "the document of Flow/main-menu as it was last seen"],
    ["manifest", 3, "the manifest of Webhook/hook"],
  ];
  const tamperings: readonly (readonly [reason: string, problem: string, tamper: (path: string) => Promise<void>])[] = [
    ["is gone", "removed", (path) => rm(path)],
    ["was changed", "changed", async (path) => writeFile(path, (await readFile(path, "utf8")).replace('"', "'"))],
    ["has a space more", "changed", (path) => appendFile(path, " ")],
    ["was cut", "changed", (path) => truncate(path, 3)],
  ];
  for (const [which, line, what] of documents) {
    for (const [reason, problem, tamper] of tamperings) {
      it(`names the first entry that needs it when ${what} ${reason}`, async (t) => {
        const trail = await makeKeptTrail(t);
        await tamper(trail.pathOf(trail[which]));
        const verdict = await describeVerdict(trail.file);
        assert.ok(verdict.startsWith(`${problem} at line ${line}, entry ${line}: Line ${line} names ${what}`), verdict);
        assert.ok(verdict.includes(trail[which]), "the digest tells which file to look for");
      });
    }
  }

  it("control: sound when all are there, also with documents that no entry names", async (t) => {
    const trail = await makeKeptTrail(t);
    await trail.keep("of a run that was killed before its intent");
    await writeFile(`${trail.pathOf(trail.before)}.1234.tmp`, "half of a dra");
    assert.equal(await describeVerdict(trail.file), "ok 4");
  });

  it("names the earlier of two faults, whether in the chain or in what it names", async (t) => {
    const trail = await makeKeptTrail(t);
    const lines = await trail.lines();
    await rm(trail.pathOf(trail.after));
    await trail.overwrite(lines.toSpliced(2, 1));
    assert.match(await describeVerdict(trail.file), /^removed at line 2, entry 2: Line 2 names the document/);
    await trail.overwrite(lines.with(0, (lines[0] ?? "").replace("alice", "mallory")));
    assert.match(await describeVerdict(trail.file), /^changed at line 1, entry 1: Line 1 does not fit its own hash/);
  });

  it("does not let a missing document hide behind a torn line, which callers forgive", async (t) => {
    const trail = await makeKeptTrail(t);
    await appendFile(trail.file, '{"act');
    await rm(trail.pathOf(trail.manifest));
    const verdict = await verifyTrail(trail.file);
    assert.ok(!verdict.ok);
    assert.deepEqual([verdict.isTorn, verdict.line], [false, 3]);
  });

  it("reads each document once in one verification, however many entries name it", async (t) => {
    const trail = await makeKeptTrail(t);
    const [entry] = await Array.fromAsync(readTrail(trail.file));
    assert.ok(entry);
    const states: KeptStates = new Map();
    assert.equal(await findLostDocument(trail.file, entry, 1, states), undefined);
    await rm(trail.pathOf(trail.before));
    assert.equal(await findLostDocument(trail.file, entry, 1, states), undefined, "it was read again");
    assert.equal((await findLostDocument(trail.file, entry, 1, new Map()))?.problem, "removed", "control");
  });

  it("calls a document that it may not read unreadable, and names it", async (t) => {
    const trail = await makeKeptTrail(t);
    const path = trail.pathOf(trail.after);
    const folder = keptFolderOf(trail.file);
    await chmod(folder, 0o755);
    await chmod(join(folder, ".."), 0o755);
    for (const name of await readdir(folder)) await chmod(join(folder, name), 0o644);
    for (const file of [trail.file, `${trail.file}.head`]) await chmod(file, 0o644);
    await chmod(path, 0o000);
    await asOrdinaryUser(async () => {
      const verdict = await describeVerdict(trail.file);
      assert.match(verdict, /^unreadable at line 0, entry 0: The kept document .*EACCES/);
      assert.ok(verdict.includes(path));
    });
  });
});
