import assert from "node:assert/strict";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { keptFolderOf } from "../../src/audit/kept.ts";
import { listManaged } from "../../src/audit/managed.ts";
import { readTrail } from "../../src/audit/read.ts";
import { findUnfinished } from "../../src/audit/runs.ts";
import { TrailReading } from "../../src/audit/trail-reading.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import { failsWith, makeTrail, outcomeWith, recordWith, type TestTrail } from "./world.ts";

const named = (name: string) => ({ name, document: { type: "flow", id: name }, id: name });

/** Two resources of ours and an intent that is open. */
async function makeBusyTrail(t: Parameters<typeof makeTrail>[0]): Promise<TestTrail & { readonly image: string }> {
  const trail = await makeTrail(t);
  const image = await trail.keep({ is: "kept" });
  await trail.append([recordWith(named("one")), outcomeWith({ ...named("one"), image })]);
  await trail.append([recordWith(named("two")), outcomeWith(named("two")), recordWith(named("three"))]);
  return { ...trail, image };
}

async function factsOf(reading: TrailReading) {
  const { managed, unfinished } = await reading.facts();
  return { managed: managed.list("dev"), unfinished: unfinished.list() };
}

async function factsInFull({ file }: TestTrail) {
  return { managed: await listManaged(readTrail(file), "dev"), unfinished: await findUnfinished(readTrail(file)) };
}

function pathOfKept({ file }: TestTrail, digest: string): string {
  return join(keptFolderOf(file), `${digest.slice("sha256:".length)}.json`);
}

/** What may happen to a trail between two looks of one run, and what may be told of it then. */
const MEANWHILE: readonly {
  readonly reason: string;
  readonly happen: (trail: TestTrail & { readonly image: string }) => Promise<void>;
  /** Whether the entries can still be read. */
  readonly isReadable: boolean;
}[] = [
  { reason: "nothing", happen: async () => {}, isReadable: true },
  {
    reason: "entries were added",
    happen: ({ append }) => append([outcomeWith(named("three")), recordWith(named("four"))]),
    isReadable: true,
  },
  {
    reason: "an entry was added whose manifest was not kept",
    happen: ({ append }) => append([outcomeWith({ ...named("four"), manifest: `sha256:${"a".repeat(64)}` })]),
    isReadable: true,
  },
  {
    reason: "half a line was added",
    happen: ({ file }) => appendFile(file, '{"action":'),
    isReadable: true,
  },
  {
    reason: "rubbish was added",
    happen: ({ file }) => appendFile(file, "rubbish\n"),
    isReadable: false,
  },
  {
    reason: "one character of the first line was changed",
    async happen({ file }) {
      const text = await readFile(file, "utf8");
      await writeFile(file, text.replace('"actor":"alice"', '"actor":"malte"'));
    },
    isReadable: false,
  },
  {
    reason: "two lines were swapped",
    async happen({ lines, overwrite }) {
      const [first = "", second = "", ...others] = await lines();
      await overwrite([second, first, ...others]);
    },
    isReadable: true,
  },
  {
    reason: "the last line was removed",
    async happen({ lines, overwrite }) {
      await overwrite((await lines()).slice(0, -1));
    },
    isReadable: false,
  },
  { reason: "the head file was removed", happen: ({ file }) => rm(`${file}.head`), isReadable: true },
  { reason: "the trail was removed", happen: ({ file }) => rm(file), isReadable: false },
];

describe("a trail that one run reads again", () => {
  for (const { reason, happen, isReadable } of MEANWHILE) {
    it(`tells the same as one that is read for the first time: ${reason}`, async (t) => {
      const trail = await makeBusyTrail(t);
      const reading = new TrailReading(trail.file);
      const first = await reading.verify();
      assert.ok(first.ok, "control");
      assert.deepEqual(await factsOf(reading), await factsInFull(trail), "control");
      await happen(trail);
      assert.deepEqual(await reading.verify(), await verifyTrail(trail.file));
      if (isReadable) assert.deepEqual(await factsOf(reading), await factsInFull(trail));
      else await assert.rejects(reading.facts(), failsWith("audit/broken"));
      // However it was read before.
      assert.deepEqual(await new TrailReading(trail.file).verify(), await verifyTrail(trail.file));
    });
  }

  it("reads each kept document once, and the next run reads it again", async (t) => {
    const trail = await makeBusyTrail(t);
    const reading = new TrailReading(trail.file);
    assert.ok((await reading.verify()).ok);
    await rm(pathOfKept(trail, trail.image));
    assert.ok((await reading.verify()).ok, "it was verified in this run");
    const verdict = await new TrailReading(trail.file).verify();
    assert.deepEqual([verdict.ok, !verdict.ok && verdict.problem], [false, "removed"]);
  });

  it("that is not there yet is empty and sound, and is read once it is", async (t) => {
    const trail = await makeTrail(t);
    const reading = new TrailReading(trail.file);
    assert.deepEqual(await reading.verify(), await verifyTrail(trail.file));
    assert.deepEqual(await factsOf(reading), { managed: [], unfinished: [] });
    await trail.append([recordWith(), outcomeWith()]);
    assert.deepEqual(await factsOf(reading), await factsInFull(trail));
    assert.equal((await factsOf(reading)).managed.length, 1);
  });

  it("by several steps at once is read as by one after the other", async (t) => {
    const trail = await makeBusyTrail(t);
    const reading = new TrailReading(trail.file);
    const looks = await Promise.all([factsOf(reading), reading.verify(), factsOf(reading), reading.verify()]);
    assert.deepEqual(looks[2], await factsInFull(trail));
    assert.deepEqual(looks[3], await verifyTrail(trail.file));
  });
});
