import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { appendToChain, EMPTY_HEAD, verifyChain } from "../../src/audit/chain.ts";
import type { TrailRecord } from "../../src/engine/ports.ts";
import type { Json } from "../../src/model/json.ts";
import { linesOf, recordWith } from "./world.ts";

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
