import assert from "node:assert/strict";
import { appendFile, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { openTrail } from "../../src/audit/file-store.ts";
import { verifyTrail } from "../../src/audit/verify.ts";
import { failsWith, makeTempFolder, makeTrail, manyRecords, outcomeWith, recordWith } from "./world.ts";

describe("an append", () => {
  it("makes the folder 0700 and every file 0600, because they hold live data", async (t) => {
    const folder = join(await makeTempFolder(t), "deep", "er");
    const trail = openTrail({ file: join(folder, "audit.jsonl") });
    await trail.append([recordWith()]);
    assert.deepEqual((await readdir(folder)).sort(), ["audit.jsonl", "audit.jsonl.head"]);
    for (const name of await readdir(folder)) assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600, name);
    for (const made of [folder, dirname(folder)]) assert.equal((await stat(made)).mode & 0o777, 0o700, made);
  });

  it("keeps the records' order, and writes nothing for none", async (t) => {
    const trail = await makeTrail(t);
    await trail.append([]);
    assert.deepEqual(await readdir(dirname(trail.file)), []);
    await trail.append([recordWith({ name: "a" }), outcomeWith({ name: "a" })]);
    await trail.append([recordWith({ name: "b" })]);
    const entries: { sequence: number; name: string; type: string }[] = (await trail.lines()).map((line) =>
      JSON.parse(line),
    );
    assert.deepEqual(
      entries.map(({ sequence, name, type }) => `${sequence} ${name} ${type}`),
      ["1 a intent", "2 a outcome", "3 b intent"],
    );
  });

  it("started beside others in one process waits its turn, and a failed one does not stop the next", async (t) => {
    const trail = await makeTrail(t);
    const appends = manyRecords(40).map((record, index) =>
      trail.append([index === 7 ? { ...record, attempts: -1 } : record]),
    );
    const settled = await Promise.allSettled(appends);
    assert.deepEqual(
      settled.flatMap(({ status }, index) => (status === "rejected" ? [index] : [])),
      [7],
    );
    const verdict = await verifyTrail(trail.file);
    assert.equal(verdict.ok && verdict.entries, 39);
    const names = (await trail.lines()).map((line) => JSON.parse(line).name);
    const expected = manyRecords(40).map(({ name }) => name);
    assert.deepEqual(names, expected.toSpliced(7, 1), "the order of the calls is kept");
  });

  it("leaves no lock behind, also when it fails", async (t) => {
    const trail = await makeTrail(t, 1);
    await appendFile(trail.file, "rubbish\n");
    await assert.rejects(trail.append([recordWith()]), { code: "audit/broken" });
    const names = (await readdir(dirname(trail.file))).sort();
    assert.deepEqual(names, ["audit.jsonl", "audit.jsonl.head", "audit.jsonl.objects"]);
  });
});

describe("an append to a trail whose tail is not what was written", () => {
  const tamperings: readonly { reason: string; tamper: (file: string, lines: readonly string[]) => Promise<void> }[] = [
    {
      reason: "its last line is cut off",
      tamper: (file, lines) => writeFile(file, `${lines.slice(0, -1).join("\n")}\n`),
    },
    {
      reason: "its last line is cut in the middle",
      tamper: async (file) => truncate(file, (await stat(file)).size - 9),
    },
    { reason: "its last newline is cut off", tamper: async (file) => truncate(file, (await stat(file)).size - 1) },
    { reason: "it is emptied", tamper: (file) => truncate(file, 0) },
    { reason: "it is deleted", tamper: (file) => rm(file) },
    {
      reason: "its last line is changed",
      tamper: (file, lines) => writeFile(file, `${lines.join("\n").replaceAll("alice", "bob")}\n`),
    },
    { reason: "a foreign line is appended", tamper: (file) => appendFile(file, "{}\n") },
    { reason: "a copy of its last line is appended", tamper: (file, lines) => appendFile(file, `${lines.at(-1)}\n`) },
    { reason: "an endless line is appended", tamper: (file) => appendFile(file, "x".repeat(16 * 1024 * 1024 + 1)) },
    { reason: "its head file is garbled", tamper: (file) => writeFile(`${file}.head`, '{"sequence":3}') },
  ];
  for (const { reason, tamper } of tamperings) {
    it(`refuses and appends nothing: ${reason}`, async (t) => {
      const trail = await makeTrail(t, 3);
      await tamper(trail.file, await trail.lines());
      const before = await readFile(trail.file).catch(() => Buffer.from("gone"));
      await assert.rejects(trail.append([recordWith()]), failsWith("audit/broken"));
      const after = await readFile(trail.file).catch(() => Buffer.from("gone"));
      assert.ok(before.equals(after), "the trail was touched");
      assert.deepEqual(trail.warnings, []);
    });
  }
});

describe("an append after a crash", () => {
  it("sets a torn line aside, says so, and goes on", async (t) => {
    const trail = await makeTrail(t, 3);
    await appendFile(trail.file, '{"action":"upd');
    const torn = await verifyTrail(trail.file);
    assert.ok(!torn.ok);
    assert.match(torn.message, /^Line 4 is incomplete: a run was killed/);

    await trail.append([recordWith({ name: "after" })]);
    assert.equal(await readFile(`${trail.file}.torn-4`, "utf8"), '{"action":"upd');
    assert.equal((await stat(`${trail.file}.torn-4`)).mode & 0o777, 0o600);
    assert.deepEqual(
      trail.warnings.map(({ what }) => what),
      ["torn-line"],
    );
    assert.match(trail.warnings[0]?.message ?? "", /entry 4 .*audit\.jsonl\.torn-4/);
    const verdict = await verifyTrail(trail.file);
    assert.equal(verdict.ok && verdict.entries, 4);
  });

  it("never overwrites what was set aside before, and does not keep the same bytes twice", async (t) => {
    const trail = await makeTrail(t, 1);
    await writeFile(`${trail.file}.torn-2`, "first");
    await appendFile(trail.file, "second");
    await trail.append([recordWith()]);
    assert.equal(await readFile(`${trail.file}.torn-2`, "utf8"), "first");
    assert.equal(await readFile(`${trail.file}.torn-2-2`, "utf8"), "second");

    await writeFile(`${trail.file}.torn-3`, "third");
    await appendFile(trail.file, "third");
    await trail.append([recordWith()]);
    assert.deepEqual(
      (await readdir(dirname(trail.file))).filter((name) => name.includes("torn-3")),
      ["audit.jsonl.torn-3"],
    );
  });

  it("sets a torn first line aside as well", async (t) => {
    const trail = await makeTrail(t);
    await writeFile(trail.file, "{");
    await trail.append([recordWith()]);
    assert.equal(await readFile(`${trail.file}.torn-1`, "utf8"), "{");
    assert.equal((await verifyTrail(trail.file)).ok, true);
  });

  it("accepts entries that the head file does not know yet when they chain, says so, and brings it up to date", async (t) => {
    const trail = await makeTrail(t, 2);
    const head = await readFile(`${trail.file}.head`);
    await trail.append(manyRecords(5));
    await writeFile(`${trail.file}.head`, head);
    const lagging = await verifyTrail(trail.file);
    assert.ok(lagging.ok);
    assert.equal(lagging.warnings.length, 1);

    await trail.append([recordWith()]);
    assert.deepEqual(
      trail.warnings.map(({ what }) => what),
      ["head-behind"],
    );
    assert.deepEqual(
      await verifyTrail(trail.file).then((verdict) => verdict.ok && [verdict.entries, verdict.warnings]),
      [8, []],
    );
  });

  it("refuses entries that the head file does not know when they do not chain", async (t) => {
    const trail = await makeTrail(t, 2);
    const head = await readFile(`${trail.file}.head`);
    await trail.append(manyRecords(5));
    await writeFile(`${trail.file}.head`, head);
    await trail.overwrite((await trail.lines()).toSpliced(4, 1));
    await assert.rejects(trail.append([recordWith()]), failsWith("audit/broken"));
  });

  it("checks the whole trail when the head file is gone, says so, and writes a new one", async (t) => {
    const trail = await makeTrail(t, 4);
    await rm(`${trail.file}.head`);
    await trail.append([recordWith()]);
    assert.deepEqual(
      trail.warnings.map(({ what }) => what),
      ["head-missing"],
    );
    assert.deepEqual(await verifyTrail(trail.file).then((verdict) => verdict.ok && verdict.warnings), []);

    await rm(`${trail.file}.head`);
    await trail.overwrite((await trail.lines()).slice(1));
    await assert.rejects(trail.append([recordWith()]), failsWith("audit/broken"));
  });

  it("gives warnings to the process when nobody listens", async (t) => {
    const trail = await makeTrail(t, 1);
    await appendFile(trail.file, "torn");
    const heard = new Promise<Error>((resolve) => process.once("warning", resolve));
    await openTrail({ file: trail.file }).append([recordWith()]);
    assert.equal((await heard).name, "AuditTrailWarning");
  });
});
