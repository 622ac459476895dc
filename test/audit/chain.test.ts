import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { appendToChain, EMPTY_HEAD, headAt, verifyChain } from "../../src/audit/chain.ts";
import { readEntry, type TrailEntry } from "../../src/audit/entry.ts";
import { sealEntry } from "../../src/audit/seal.ts";
import { canonicalJson, type Json, objectFrom } from "../../src/model/json.ts";
import { failsWith, linesOf, manyRecords, outcomeWith, recordWith } from "./world.ts";

/** A forger without a key can still compute hashes. */
function reseal(entry: TrailEntry, difference: Partial<TrailEntry>): TrailEntry {
  const { formatVersion: _f, sequence, prevHash, hash: _h, ...record } = { ...entry, ...difference };
  return sealEntry(record, sequence, prevHash).entry;
}

function textOf(entries: readonly TrailEntry[]): string {
  return entries.map((entry) => `${canonicalJson(JSON.parse(JSON.stringify(entry)))}\n`).join("");
}

function entryAt(entries: readonly TrailEntry[], sequence: number): TrailEntry {
  const entry = entries[sequence - 1];
  assert.ok(entry);
  return entry;
}

describe("sealing", () => {
  it("hashes the canonical JSON of the entry without its hash, so that anyone can check it with a few lines of script", () => {
    const { text } = appendToChain(EMPTY_HEAD, [recordWith()]);
    const { hash, ...rest }: Record<string, Json> = JSON.parse(text);
    const sorted = canonicalJson(rest);
    assert.equal(hash, createHash("sha256").update(sorted).digest("hex"));
    assert.equal(rest["prevHash"], "0".repeat(64));
    assert.equal(rest["sequence"], 1);
  });

  it("reads back what was recorded, odd keys included", () => {
    const value = objectFrom([
      ["__proto__", { a: 1 }],
      ["b", "\u2028\ud800"],
      ["10", -0.5],
    ]);
    const record = outcomeWith({
      patch: [{ op: "add", path: "/x", value }],
      error: { code: "api/server", message: "x\ny" },
    });
    const { entries, text } = appendToChain(EMPTY_HEAD, [record]);
    const reading = readEntry(text.trimEnd());
    assert.equal(reading.state, "entry");
    const { formatVersion, sequence, prevHash, hash, ...stored } = entryAt(entries, 1);
    assert.deepEqual(
      { formatVersion, sequence, prevHash, hash: hash.length },
      { formatVersion: 1, sequence: 1, prevHash: EMPTY_HEAD.hash, hash: 64 },
    );
    assert.equal(canonicalJson(JSON.parse(JSON.stringify(stored))), canonicalJson(JSON.parse(JSON.stringify(record))));
  });

  it("refuses a record that could not be read back, because such a line would break the whole trail", () => {
    assert.throws(() => appendToChain(EMPTY_HEAD, [recordWith({ attempts: -1 })]), { code: "internal" });
    assert.throws(() => appendToChain(EMPTY_HEAD, [recordWith({ time: "yesterday" })]), { code: "internal" });
    const surplus = { ...recordWith(), surplus: true };
    assert.throws(() => appendToChain(EMPTY_HEAD, [surplus]), { code: "internal" });
  });

  it("refuses a record longer than the longest line that is read", () => {
    const record = recordWith({ patch: [{ op: "add", path: "/x", value: "x".repeat(16 * 1024 * 1024) }] });
    assert.throws(() => appendToChain(EMPTY_HEAD, [record]), failsWith("audit/unwritable", "larger"));
  });
});

describe("a line by itself", () => {
  const sound = appendToChain(EMPTY_HEAD, [recordWith()]).text.trimEnd();
  const cases: readonly [string, string][] = [
    ["a space between tokens changes no value", sound.replace(",", ", ")],
    ["keys in another order are the same value", `{"type":"intent",${sound.slice(1).replace(',"type":"intent"', "")}`],
    ["of two equal keys JSON keeps the last", sound.replace('"actor":"alice"', '"actor":"mallory","actor":"alice"')],
    ["another spelling of a number is the same number", sound.replace('"attempts":0', '"attempts":0.0')],
    ["an escape is the same letter", sound.replace("alice", "\\u0061lice")],
    ["a byte order mark is invisible", `\ufeff${sound}`],
    ["a carriage return is white space", `${sound}\r`],
    ["deep nesting must not exhaust the stack", "[".repeat(1_000_000)],
    ["an empty line is no entry", ""],
    ["null is JSON", "null"],
  ];
  for (const [reason, text] of cases) {
    it(`is bad unless it is byte for byte what was written: ${reason}`, () => {
      assert.notEqual(text, sound);
      assert.equal(readEntry(text).state, "bad");
    });
  }

  it("of a later format is told apart from damage", () => {
    const body: Record<string, Json> = JSON.parse(sound);
    delete body["hash"];
    body["formatVersion"] = 2;
    body["novelty"] = true;
    const hash = createHash("sha256").update(canonicalJson(body)).digest("hex");
    assert.deepEqual(readEntry(canonicalJson({ ...body, hash })), { state: "newer", formatVersion: 2 });
  });
});

describe("naming what a forger did who recomputes hashes", () => {
  const { entries, head } = appendToChain(EMPTY_HEAD, manyRecords(8));
  const e = (sequence: number): TrailEntry => entryAt(entries, sequence);
  const changed5 = reseal(e(5), { actor: "mallory" });
  const changed8 = reseal(e(8), { actor: "mallory" });
  const rival5 = reseal(e(5), { actor: "mallory", name: "forged" });
  const cases: readonly { reason: string; forged: readonly TrailEntry[]; problem: string; line: number }[] = [
    {
      reason: "an entry with a new hash: the next one still names the old, so the forged one is to blame",
      forged: [...entries.slice(0, 4), changed5, ...entries.slice(5)],
      problem: "changed",
      line: 5,
    },
    {
      reason: "the last but one with a new hash: the head file confirms the last",
      forged: [...entries.slice(0, 6), reseal(e(7), { actor: "mallory" }), e(8)],
      problem: "changed",
      line: 7,
    },
    {
      reason: "the last with a new hash: only the head file knows",
      forged: [...entries.slice(0, 7), changed8],
      problem: "changed",
      line: 8,
    },
    {
      reason: "an entry chained to something else",
      forged: [...entries.slice(0, 4), reseal(e(5), { prevHash: "a".repeat(64) }), ...entries.slice(5)],
      problem: "changed",
      line: 5,
    },
    {
      reason: "an entry with another number",
      forged: [...entries.slice(0, 4), reseal(e(5), { sequence: 9 }), ...entries.slice(5)],
      problem: "changed",
      line: 5,
    },
    {
      reason: "a well chained forgery before the one whose place it takes",
      forged: [...entries.slice(0, 4), rival5, ...entries.slice(4)],
      problem: "inserted",
      line: 5,
    },
    {
      reason: "a well chained forgery before the very last one",
      forged: [...entries.slice(0, 7), changed8, e(8)],
      problem: "inserted",
      line: 8,
    },
    {
      reason: "a badly chained forgery",
      forged: [...entries.slice(0, 4), reseal(e(5), { prevHash: "b".repeat(64) }), ...entries.slice(4)],
      problem: "inserted",
      line: 5,
    },
    {
      reason: "a forgery with a number that the trail has not reached",
      forged: [...entries.slice(0, 4), reseal(e(5), { sequence: 99, prevHash: "c".repeat(64) }), ...entries.slice(4)],
      problem: "inserted",
      line: 5,
    },
    {
      reason: "a badly chained forgery at the end",
      forged: [...entries, reseal(e(8), { sequence: 9, prevHash: "d".repeat(64) })],
      problem: "inserted",
      line: 9,
    },
    {
      reason: "an entry overwritten by a copy of another",
      forged: [...entries.slice(0, 4), e(2), ...entries.slice(5)],
      problem: "changed",
      line: 5,
    },
    {
      reason: "an entry removed and the next one renumbered to hide it",
      forged: [...entries.slice(0, 4), reseal(e(6), { sequence: 5, prevHash: e(4).hash }), ...entries.slice(6)],
      problem: "removed",
      line: 6,
    },
    { reason: "one moved far down", forged: [e(1), ...entries.slice(2, 7), e(2), e(8)], problem: "reordered", line: 2 },
    { reason: "one moved far up", forged: [e(1), e(7), ...entries.slice(1, 6), e(8)], problem: "reordered", line: 2 },
    { reason: "all turned round", forged: entries.toReversed(), problem: "reordered", line: 1 },
    {
      reason: "a trail rewritten and continued, head file forgotten: the entries after it must not shift the blame",
      forged: appendToChain(
        EMPTY_HEAD,
        manyRecords(10).map((record) => ({ ...record, actor: "mallory" })),
      ).entries,
      problem: "changed",
      line: 8,
    },
    {
      reason: "a trail rewritten to its end, head file forgotten",
      forged: appendToChain(
        EMPTY_HEAD,
        manyRecords(8).map((record) => ({ ...record, actor: "mallory" })),
      ).entries,
      problem: "changed",
      line: 8,
    },
  ];
  for (const { reason, forged, problem, line } of cases) {
    it(reason, async () => {
      const verdict = await verifyChain(linesOf(textOf(forged)), head);
      assert.ok(!verdict.ok, "the forgery was not noticed");
      assert.deepEqual({ problem: verdict.problem, line: verdict.line }, { problem, line }, verdict.message);
    });
  }

  it("control: the untouched trail verifies, also with a head file that lags", async () => {
    for (const remembered of [head, headAt(e(3)), EMPTY_HEAD]) {
      const verdict = await verifyChain(linesOf(textOf(entries)), remembered);
      assert.equal(verdict.ok, true);
      assert.equal(verdict.ok && verdict.warnings.length, remembered === head ? 0 : 1);
    }
  });
});
