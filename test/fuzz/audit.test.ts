/** Whatever was done to a trail's files: it is noticed, nothing throws what is not ours, and nothing is built upon it. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import fc from "fast-check";
import type { TrailEntry } from "../../src/audit/entry.ts";
import { headFileOf } from "../../src/audit/head-file.ts";
import { keptFolderOf } from "../../src/audit/kept.ts";
import { readTrail } from "../../src/audit/read.ts";
import type { TrailVerdict } from "../../src/audit/verdict.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import { GitopsError } from "../../src/errors.ts";
import { makeTrail, manyRecords, outcomeWith, recordWith, type TestTrail } from "../audit/world.ts";
import { forgedTrail, joinLines } from "./forgeries.ts";
import { mangled } from "./mangle.ts";
import { fuzzRuns } from "./runs.ts";

const RUNS = fuzzRuns(250);
const FEW_RUNS = fuzzRuns(60);
const ENTRIES = 5;

async function makeSoundTrail(t: TestContext): Promise<TestTrail> {
  const trail = await makeTrail(t, ENTRIES - 2);
  await trail.append([recordWith({ run: "run-2" }), outcomeWith({ run: "run-2" })]);
  return trail;
}

it("a changed trail never verifies, and reading it yields entries or an error of ours", async (t) => {
  const trail = await makeSoundTrail(t);
  const lines = await trail.lines();
  assert.equal((await verifyTrail(trail.file)).ok, true, "the positive control");
  await fc.assert(
    fc.asyncProperty(forgedTrail(lines), async (forged) => {
      await writeFile(trail.file, forged);
      const verdict = await verifyTrail(trail.file);
      assertVerdict(verdict);
      assert.equal(verdict.ok, false);
      const entries = await readAll(trail.file);
      // Whatever is read has the shape that everybody relies on.
      for (const { sequence, hash } of entries) assert.ok(Number.isInteger(sequence) && /^[0-9a-f]{64}$/.test(hash));
    }),
    RUNS,
  );
});

it("nothing that is appended to a changed trail makes it verify", async (t) => {
  const trail = await makeSoundTrail(t);
  const lines = await trail.lines();
  const head = readFileSync(headFileOf(trail.file));
  await fc.assert(
    fc.asyncProperty(forgedTrail(lines), async (forged) => {
      await writeFile(trail.file, forged);
      await writeFile(headFileOf(trail.file), head);
      const before = await verifyTrail(trail.file);
      assert.ok(!before.ok);
      const failure = await failureOf(trail.append(manyRecords(1)));
      if (failure !== undefined) assertOurs(failure);
      // Half a line is what a crash leaves, and is set aside.
      if (!before.isTorn) assert.equal((await verifyTrail(trail.file)).ok, false);
    }),
    FEW_RUNS,
  );
});

it("any head file and any kept document: a verdict, never an exception", async (t) => {
  const trail = await makeSoundTrail(t);
  const head = readFileSync(headFileOf(trail.file), "utf8");
  const [kept = ""] = listKept(trail.file);
  const sound = readFileSync(kept, "utf8");
  const damage = fc.oneof(mangled([head]), mangled([sound]), fc.string({ unit: "binary" }), fc.json());
  await fc.assert(
    fc.asyncProperty(fc.boolean(), damage, async (isHead, text) => {
      writeFileSync(isHead ? headFileOf(trail.file) : kept, text);
      const verdict = await verifyTrail(trail.file);
      assertVerdict(verdict);
      if (!isHead) assert.equal(verdict.ok, text === sound);
      assertOursOrNone(await failureOf(trail.append([])));
      writeFileSync(headFileOf(trail.file), head);
      writeFileSync(kept, sound);
    }),
    RUNS,
  );
  assert.equal((await verifyTrail(trail.file)).ok, true);
});

it("any text for a trail that never was", async (t) => {
  const trail = await makeTrail(t);
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.array(fc.json()).map(joinLines));
  await fc.assert(
    fc.asyncProperty(text, async (written) => {
      await rm(headFileOf(trail.file), { force: true });
      await writeFile(trail.file, written);
      const verdict = await verifyTrail(trail.file);
      assertVerdict(verdict);
      assert.equal(verdict.ok, written === "");
      await readAll(trail.file);
    }),
    RUNS,
  );
});

function listKept(file: string): readonly string[] {
  const folder = keptFolderOf(file);
  return readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name));
}

async function readAll(file: string): Promise<readonly TrailEntry[]> {
  const entries: TrailEntry[] = [];
  try {
    for await (const entry of readTrail(file)) entries.push(entry);
  } catch (thrown) {
    assertOurs(thrown);
  }
  return entries;
}

function assertVerdict(verdict: TrailVerdict): void {
  if (verdict.ok) return;
  assert.match(verdict.problem, /^(changed|removed|reordered|inserted|cut|unsigned|unreadable)$/);
  assert.ok(verdict.message.trim() !== "");
  assert.ok(Number.isInteger(verdict.line) && verdict.line >= 0);
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

function assertOurs(thrown: unknown): void {
  assert.ok(thrown instanceof GitopsError, String(thrown));
  assert.match(thrown.code, /^audit\//);
}

function assertOursOrNone(thrown: unknown): void {
  if (thrown !== undefined) assertOurs(thrown);
}
