/** What is asked of a tenant whose documents are known from before, and whether what comes of it is always what the tenant has. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { learn, NOTHING_HIDDEN, openCache } from "../cache/opened.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { type Habits, ListedTenant, type Surveyed, serve, USUAL } from "./listed-tenant.ts";

const IDS = Array.from({ length: 12 }, (_, index) => `f${index}`);

/** Runs, one after the other, each with what the one before has left on disk. */
async function openRuns(t: TestContext, tenant: ListedTenant) {
  const base = makeFolder(t);
  const survey = await serve(t, tenant);
  return async (ids: readonly string[] = IDS): Promise<Surveyed> => {
    const { cache } = await openCache(base);
    const surveyed = await survey(ids, cache);
    learn(cache, ...[...surveyed.reads.values()].flatMap((read) => (read.state === "present" ? [read.document] : [])));
    await cache.save(NOTHING_HIDDEN);
    return surveyed;
  };
}

function assertTrue({ reads, asked }: Surveyed, tenant: ListedTenant): void {
  for (const [id, read] of reads) {
    const truth = tenant.truth(id);
    assert.deepEqual(read.state === "present" ? read.document : read.state, truth ?? "absent", id);
  }
  const { list: _, ...documents } = asked;
  assert.deepEqual(
    Object.values(documents).filter((count) => count > 1),
    [],
    "nothing is asked for twice",
  );
}

function countAsked({ asked }: Surveyed): { readonly lists: number; readonly documents: number } {
  const { list = 0, ...documents } = asked;
  return { lists: list, documents: Object.keys(documents).length };
}

test("whatever a tenant does between runs, and however it lists, what is read is what it has", async (t) => {
  const habits = fc.record<Habits>({
    list: fc.constantFrom("true", "true", "true", "true", "true", "true", "none", "short", "moving"),
    etags: fc.constantFrom("none", "weak", "strong"),
    marks: fc.oneof(
      { weight: 5, arbitrary: fc.constant(USUAL.marks) },
      { weight: 1, arbitrary: fc.subarray([...USUAL.marks]) },
    ),
    pageSize: fc.constantFrom(100, 5, 3),
  });
  const change = fc.tuple(fc.constantFrom("edit", "edit", "remove", "make"), fc.constantFrom(...IDS, "other"));
  const round = fc.record({
    habits,
    changes: fc.array(change, { maxLength: 5 }),
    ids: fc.subarray(IDS, { minLength: 9 }),
  });
  let spared = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 3, maxLength: 5 }), async (rounds) => {
      const tenant = new ListedTenant(IDS);
      const run = await openRuns(t, tenant);
      for (const { habits, changes, ids } of rounds) {
        for (const [what, id] of changes) tenant[what](id);
        tenant.behave(habits);
        const surveyed = await run(ids);
        assertTrue(surveyed, tenant);
        spared += surveyed.cache?.documents ?? 0;
      }
    }),
    { numRuns: 20 },
  );
  assert.ok(spared > 0, `${spared} reads spared`);
});

test("a warm run asks for the list's pages, one document to check them by, and what moved", async (t) => {
  const tenant = new ListedTenant(IDS);
  tenant.behave({ pageSize: 4 });
  const run = await openRuns(t, tenant);
  assert.deepEqual(countAsked(await run()), { lists: 0, documents: 12 });
  assert.deepEqual(countAsked(await run()), { lists: 3, documents: 1 });
  for (const id of ["f1", "f7"]) tenant.edit(id);
  const { documents, lists } = countAsked(await run());
  assert.ok(lists === 3 && documents >= 2 && documents <= 3);
});

test("a list that shows states from before is not believed in this run, and neither is one that never moves", async (t) => {
  const tenant = new ListedTenant(IDS);
  const run = await openRuns(t, tenant);
  await run();
  tenant.behave({ list: "frozen" });
  for (const id of IDS) tenant.edit(id);
  const unmoved = await run();
  assertTrue(unmoved, tenant);
  assert.equal(unmoved.cache?.doubted, 12, "the document that was read beside the list had moved");
  tenant.edit("f3");
  const behind = await run();
  assertTrue(behind, tenant);
  assert.equal(behind.cache?.doubted, 12, "the list is older than what was read");
});

test("a list that names what is gone is not believed", async (t) => {
  const tenant = new ListedTenant(IDS);
  const run = await openRuns(t, tenant);
  await run();
  tenant.behave({ list: "frozen" });
  for (const id of IDS) tenant.remove(id);
  assertTrue(await run(), tenant);
});

test("a list is read again when it changed while it was read, and one by one is asked when it did so twice", async (t) => {
  const tenant = new ListedTenant(IDS);
  const run = await openRuns(t, tenant);
  await run();
  tenant.behave({ list: "moving", pageSize: 4 });
  const moving = await run();
  assertTrue(moving, tenant);
  assert.deepEqual(countAsked(moving), { lists: 8, documents: 12 });
});

test("without versions or without times nothing is spared", async (t) => {
  for (const habits of [{ marks: ["version"] }, { marks: ["lastUpdatedTimestamp"] }, { marks: [] }] as const) {
    for (const etags of ["none", "weak"] as const) {
      const tenant = new ListedTenant(IDS);
      tenant.behave({ ...habits, etags });
      const run = await openRuns(t, tenant);
      await run();
      assert.deepEqual(countAsked(await run()), { lists: 0, documents: 12 });
    }
  }
});

test("a weak ETag promises nothing that could be relied on", async (t) => {
  const tenant = new ListedTenant(IDS);
  tenant.behave({ list: "none", etags: "weak" });
  const run = await openRuns(t, tenant);
  await run();
  assert.equal((await run()).cache?.notModified, 0);
});

test("few documents of a large tenant are asked for by themselves", async (t) => {
  const tenant = new ListedTenant(Array.from({ length: 60 }, (_, index) => `f${index}`));
  tenant.behave({ pageSize: 10, etags: "strong" });
  const run = await openRuns(t, tenant);
  const few = IDS.slice(0, 5);
  await run(few);
  const second = await run(few);
  assert.deepEqual(countAsked(second), { lists: 1, documents: 5 });
  const third = await run(few);
  assert.deepEqual(countAsked(third), { lists: 0, documents: 5 });
  assert.equal(third.cache?.notModified, 5);
});
