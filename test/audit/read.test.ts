import assert from "node:assert/strict";
import { appendFile, mkdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { describe, it } from "node:test";
import type { TrailEntry } from "../../src/audit/entry.ts";
import { queryTrail, readTrail, type TrailFilter } from "../../src/audit/read.ts";
import { findUnfinished, listRuns } from "../../src/audit/runs.ts";
import { failsWith, makeTrail, outcomeWith, recordWith, type TestTrail } from "./world.ts";

async function collect(entries: AsyncIterable<TrailEntry>): Promise<readonly TrailEntry[]> {
  return Array.fromAsync(entries);
}

async function cutLastLine(file: string): Promise<void> {
  const lines = (await readFile(file, "utf8")).split("\n");
  await writeFile(file, `${lines.slice(0, -2).join("\n")}\n`);
}

describe("readTrail", () => {
  it("gives every entry in order, and none for a trail that is not there", async (t) => {
    const trail = await makeTrail(t, 3);
    assert.deepEqual(
      (await collect(readTrail(trail.file))).map(({ name }) => name),
      ["menu-1", "menu-2", "menu-3"],
    );
    assert.deepEqual(await collect(readTrail(`${trail.file}.other`)), []);
  });

  const endings: readonly (readonly [reason: string, tamper: (file: string) => Promise<void>, words: string])[] = [
    ["it was deleted: that must not pass for one without such entries", (file) => rm(file), "is gone"],
    ["it was emptied", (file) => truncate(file, 0), "ends after entry 0"],
    ["its last line was cut off", cutLastLine, "ends after entry 2"],
    ["its last line was cut in the middle", async (file) => truncate(file, (await stat(file)).size - 9), "entry 2"],
  ];
  for (const [reason, tamper, words] of endings) {
    it(`says that entries are missing which the head file remembers: ${reason}`, async (t) => {
      const trail = await makeTrail(t, 3);
      await tamper(trail.file);
      await assert.rejects(collect(readTrail(trail.file)), failsWith("audit/broken", words, "remembers 3"));
      const nobody = queryTrail(trail.file, { actor: "nobody" });
      await assert.rejects(collect(nobody), failsWith("audit/broken"), "also when nothing fits the filter");
    });
  }

  it("takes a head file that lags for what it is, and an empty trail for empty", async (t) => {
    const trail = await makeTrail(t, 2);
    const head = await readFile(`${trail.file}.head`);
    await trail.append([recordWith()]);
    await writeFile(`${trail.file}.head`, head);
    assert.equal((await collect(readTrail(trail.file))).length, 3);
    await writeFile(`${trail.file}.head`, `{"hash":"${"0".repeat(64)}","sequence":0}`);
    await rm(trail.file);
    assert.deepEqual(await collect(readTrail(trail.file)), []);
  });

  it("names the line that is bad, after the good ones before it", async (t) => {
    const trail = await makeTrail(t, 3);
    const lines = await trail.lines();
    await trail.overwrite(lines.with(1, (lines[1] ?? "").replace("alice", "mallory")));
    const seen: number[] = [];
    const reading = async () => {
      for await (const { sequence } of readTrail(trail.file)) seen.push(sequence);
    };
    await assert.rejects(reading, failsWith("audit/broken", "Line 2", "does not fit its own hash"));
    assert.deepEqual(seen, [1]);
  });

  it("ends before a torn line, so that a crashed run can be cleared up", async (t) => {
    const trail = await makeTrail(t, 2);
    await appendFile(trail.file, '{"act');
    assert.equal((await collect(readTrail(trail.file))).length, 2);
  });

  it("says when the file cannot be read at all", async (t) => {
    const trail = await makeTrail(t);
    await mkdir(trail.file);
    await assert.rejects(collect(readTrail(trail.file)), failsWith("audit/unreadable", "ordinary file"));
  });
});

describe("queryTrail", () => {
  async function makeMixedTrail(...args: Parameters<typeof makeTrail>): Promise<TestTrail> {
    const trail = await makeTrail(...args);
    await trail.append([
      recordWith({ time: "2025-03-01T10:00:00.000Z" }),
      recordWith({ time: "2025-03-01T11:00:00.000Z", run: "run-2", actor: "bob" }),
      recordWith({ time: "2025-03-01T12:00:00.000Z", tenant: "prod", kind: "Webhook" }),
      recordWith({ time: "2025-03-01T13:00:00.000Z", name: "other" }),
    ]);
    return trail;
  }

  const cases: readonly { filter: TrailFilter; sequences: readonly number[] }[] = [
    { filter: {}, sequences: [1, 2, 3, 4] },
    { filter: { run: "run-2" }, sequences: [2] },
    { filter: { actor: "alice" }, sequences: [1, 3, 4] },
    { filter: { tenant: "prod" }, sequences: [3] },
    { filter: { resource: "Flow/main-menu" }, sequences: [1, 2] },
    { filter: { since: Date.parse("2025-03-01T11:00:00Z") }, sequences: [2, 3, 4] },
    { filter: { until: Date.parse("2025-03-01T11:00:00Z") }, sequences: [1, 2] },
    { filter: { actor: "alice", resource: "Flow/main-menu" }, sequences: [1] },
    { filter: { run: "run-3" }, sequences: [] },
  ];
  for (const { filter, sequences } of cases) {
    it(`gives entries ${sequences.join(", ") || "none"} for ${JSON.stringify(filter)}`, async (t) => {
      const trail = await makeMixedTrail(t);
      assert.deepEqual(
        (await collect(queryTrail(trail.file, filter))).map(({ sequence }) => sequence),
        sequences,
      );
    });
  }
});

describe("findUnfinished", () => {
  const cases: readonly { reason: string; records: Parameters<TestTrail["append"]>[0]; open: readonly number[] }[] = [
    { reason: "an outcome closes its intent", records: [recordWith(), outcomeWith()], open: [] },
    { reason: "an intent alone is open", records: [recordWith()], open: [1] },
    {
      reason: "another run's outcome closes nothing",
      records: [recordWith(), outcomeWith({ run: "run-2" })],
      open: [1],
    },
    { reason: "nor does another kind's", records: [recordWith(), outcomeWith({ kind: "Workflow" })], open: [1] },
    { reason: "nor another name's", records: [recordWith(), outcomeWith({ name: "other" })], open: [1] },
    {
      reason: "nor that of another one that has taken the name, as when the old one is deleted in the same run",
      records: [recordWith({ action: "delete" }), recordWith({ id: "new" }), outcomeWith({ id: "new" })],
      open: [1],
    },
    {
      reason: "nor that of one with the same id in another document",
      records: [recordWith(), outcomeWith({ document: { type: "workflow", id: "ivr_main_menu_v2" } })],
      open: [1],
    },
    {
      reason: "an adoption has no intent and opens nothing",
      records: [outcomeWith({ action: "unchanged", outcome: "already-done" })],
      open: [],
    },
    {
      reason: "a write announced again under a new key ends with one outcome",
      records: [recordWith(), recordWith({ idempotencyKey: "key-2" }), outcomeWith({ idempotencyKey: "key-2" })],
      open: [],
    },
    { reason: "a failed outcome closes too", records: [recordWith(), outcomeWith({ outcome: "failed" })], open: [] },
    {
      reason: "an intent repeated before its outcome is one",
      records: [recordWith(), recordWith(), outcomeWith()],
      open: [],
    },
    {
      reason: "an intent repeated after its outcome is open",
      records: [recordWith(), outcomeWith(), recordWith()],
      open: [3],
    },
    {
      reason: "parts of the key do not run into each other",
      records: [recordWith({ run: "a", kind: "b/c" }), outcomeWith({ run: "a/b", kind: "c" })],
      open: [1],
    },
  ];
  for (const { reason, records, open } of cases) {
    it(reason, async (t) => {
      const trail = await makeTrail(t);
      await trail.append(records);
      assert.deepEqual(
        (await findUnfinished(readTrail(trail.file))).map(({ sequence }) => sequence),
        open,
      );
    });
  }
});

describe("listRuns", () => {
  it("tells which run a run put back, and counts resources of one name apart", async (t) => {
    const trail = await makeTrail(t);
    const restoring = { run: "run-2", restores: "run-1" };
    await trail.append([
      recordWith({ ...restoring, action: "delete" }),
      outcomeWith({ ...restoring, id: "new", document: { type: "flow", id: "new" } }),
    ]);
    const [run, ...others] = await listRuns(readTrail(trail.file));
    assert.deepEqual(others, []);
    assert.deepEqual([run?.restores, run?.outcomes.done, run?.unfinished], ["run-1", 1, 1]);
  });

  it("sums up each run, also when two wrote side by side", async (t) => {
    const trail = await makeTrail(t);
    const second = { run: "run-2", actor: "bob", pullRequest: "7" };
    await trail.append([
      recordWith({ time: "2025-03-01T10:00:00.000Z" }),
      recordWith({ time: "2025-03-01T10:00:01.000Z", ...second }),
      outcomeWith({ time: "2025-03-01T10:00:02.000Z" }),
      recordWith({ time: "2025-03-01T10:00:03.000Z", name: "b" }),
      outcomeWith({ time: "2025-03-01T10:00:04.000Z", name: "b", outcome: "failed" }),
    ]);
    const runs = await listRuns(readTrail(trail.file));
    assert.deepEqual(
      runs.map(({ run, actor, pullRequest, startedAt, endedAt, outcomes, unfinished }) => [
        run,
        actor,
        pullRequest,
        startedAt.slice(17, 19),
        endedAt.slice(17, 19),
        outcomes.done,
        outcomes.failed,
        unfinished,
      ]),
      [
        ["run-1", "alice", null, "00", "04", 1, 1, 0],
        ["run-2", "bob", "7", "01", "01", 0, 0, 1],
      ],
    );
  });
});
