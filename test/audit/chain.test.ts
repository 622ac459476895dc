import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { appendToChain, EMPTY_HEAD, headAt, type TrailLine, verifyChain } from "../../src/audit/chain.ts";
import { readEntry, sealEntry, type TrailEntry } from "../../src/audit/entry.ts";
import type { TrailRecord } from "../../src/engine/ports.ts";
import { canonicalJson, type Json, objectFrom } from "../../src/model/json.ts";
import { failsWith, manyRecords, outcomeWith, recordWith } from "./world.ts";

/** Text as the file reader would hand it over. */
function linesOf(text: string): TrailLine[] {
  const parts = text.split("\n");
  const torn = parts.pop() ?? "";
  const lines: TrailLine[] = parts.map((part, index) => ({ number: index + 1, text: part, ending: "newline" }));
  return torn === "" ? lines : [...lines, { number: lines.length + 1, text: torn, ending: "missing" }];
}

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

describe("any single mutation of any trail", () => {
  const recordArbitrary: fc.Arbitrary<TrailRecord> = fc
    .record({
      name: fc.string({ unit: "binary", maxLength: 12 }),
      actor: fc.string({ unit: "grapheme", maxLength: 12 }),
      run: fc.constantFrom("r1", "r2"),
      value: fc.jsonValue({ maxDepth: 2 }),
      version: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
    })
    .map(({ name, actor, run, value, version }) => {
      const json: Json = JSON.parse(JSON.stringify(value));
      const before = { version, digest: "sha256:x" };
      return recordWith({ name, actor, run, before, patch: [{ op: "add", path: "/v", value: json }] });
    });

  type Mutation = (lines: readonly string[], at: number, to: number) => readonly string[];
  const mutations: Readonly<Record<string, Mutation>> = {
    remove: (lines, at) => lines.toSpliced(at, 1),
    swap: (lines, at, to) => lines.with(at, lines[to] ?? "").with(to, lines[at] ?? ""),
    move: (lines, at, to) => lines.toSpliced(at, 1).toSpliced(to, 0, lines[at] ?? ""),
    copy: (lines, at, to) => lines.toSpliced(to, 0, lines[at] ?? ""),
    overwrite: (lines, at, to) => lines.with(to, lines[at] ?? ""),
    blank: (lines, at) => lines.toSpliced(at, 0, ""),
    join: (lines, at) => lines.toSpliced(at, 2, `${lines[at]}${lines[at + 1] ?? " "}`),
    cut: (lines, at) => lines.slice(0, at),
  };

  it("of whole lines is noticed", async () => {
    const scenario = fc.record({
      records: fc.array(recordArbitrary, { minLength: 1, maxLength: 8 }),
      name: fc.constantFrom(...Object.keys(mutations)),
      at: fc.nat(),
      to: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ records, name, at, to }) => {
        const { text, head } = appendToChain(EMPTY_HEAD, records);
        const lines = text.split("\n").slice(0, -1);
        const mutated = mutations[name]?.(lines, at % lines.length, to % lines.length) ?? lines;
        const isSame = mutated.length === lines.length && mutated.every((line, index) => line === lines[index]);
        const verdict = await verifyChain(linesOf(mutated.map((line) => `${line}\n`).join("")), head);
        assert.equal(verdict.ok, isSame, `${name} ${JSON.stringify(verdict)}`);
      }),
      { numRuns: 600 },
    );
  });

  it("of one character, or of the place where the file ends, is noticed", async () => {
    const scenario = fc.record({
      records: fc.array(recordArbitrary, { minLength: 1, maxLength: 4 }),
      at: fc.nat(),
      kind: fc.constantFrom("replace", "insert", "delete", "end"),
      character: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ records, at, kind, character }) => {
        const { text, head } = appendToChain(EMPTY_HEAD, records);
        const place = at % text.length;
        const after = kind === "insert" ? text.slice(place) : kind === "end" ? "" : text.slice(place + 1);
        const mutated = text.slice(0, place) + (kind === "replace" || kind === "insert" ? character : "") + after;
        const verdict = await verifyChain(linesOf(mutated), head);
        assert.equal(verdict.ok, mutated === text);
      }),
      { numRuns: 600 },
    );
  });
});
