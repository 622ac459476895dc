/** The audit commands on trails that were tampered with, and on sound ones that hold what only an attacker would write. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { it, type TestContext } from "node:test";
import fc from "fast-check";
import { readTrail } from "../../src/audit/read.ts";
import { listRuns } from "../../src/audit/runs.ts";
import type { TrailRecord } from "../../src/engine/ports.ts";
import type { Json } from "../../src/model/json.ts";
import { renderRunList, renderTrailLog } from "../../src/render/trail.ts";
import { makeTrail, manyRecords, outcomeWith, recordWith, type TestTrail } from "../audit/world.ts";
import { runCommand } from "../helpers/command.ts";
import { assertNoDefect } from "./defects.ts";
import { forgedTrail } from "./forgeries.ts";
import { slowRuns } from "./runs.ts";

/** Each run starts a few processes. */
const RUNS = slowRuns(2);

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("", "\u001b[2J", "a\nb", "\u202e", "x".repeat(3000), "__proto__", "/", "${env:HOME}"),
);
const json = fc
  .oneof(text, fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }))
  .map((value): Json => JSON.parse(JSON.stringify(value)));
const wild: fc.Arbitrary<Partial<TrailRecord>> = fc.record(
  {
    actor: text,
    tenant: text,
    kind: text,
    name: text,
    id: text,
    commit: fc.option(text),
    pullRequest: fc.option(text),
    idempotencyKey: text,
    before: fc.option(
      fc.record({
        version: fc.oneof(text, fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true })),
        digest: text,
      }),
    ),
    patch: fc.array(fc.record({ op: fc.constantFrom("add" as const, "replace" as const), path: text, value: json }), {
      maxLength: 3,
    }),
    live: fc.dictionary(text, json, { maxKeys: 3 }),
    attempts: fc.nat(),
    error: fc.option(fc.record({ code: text, message: text })),
  },
  { requiredKeys: [] },
);

async function openTrailFolder(t: TestContext, entries: number): Promise<TestTrail> {
  const trail = await makeTrail(t, entries);
  await writeFile(join(dirname(trail.file), "cxone-gitops.yaml"), "audit: { file: audit.jsonl }\n");
  return trail;
}

/** Control characters, and those that turn the direction of writing. */
const OBEYED = /[[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]--\n]/v;

const COMMANDS = [
  ["audit", "verify"],
  ["audit", "log", "--output", "json"],
  ["audit", "show", "run-1"],
] as const;

it("a changed trail: verify exits 1, log and show end in an order of their own", async (t) => {
  const trail = await openTrailFolder(t, 4);
  await fc.assert(
    fc.asyncProperty(forgedTrail(await trail.lines()), async (forged) => {
      await writeFile(trail.file, forged);
      const cwd = dirname(trail.file);
      const [verify, ...others] = await Promise.all(COMMANDS.map((args) => runCommand(args, { cwd })));
      assert.ok(verify !== undefined);
      assertNoDefect(verify, [1]);
      for (const ran of others) assertNoDefect(ran, [0, 1]);
    }),
    RUNS,
  );
});

it("a sound trail of wild entries: all is shown, and nothing that a terminal would obey", async (t) => {
  const records = fc.array(fc.tuple(wild, fc.boolean()), { minLength: 20, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(records, async (drawn) => {
      const trail = await openTrailFolder(t, 0);
      await trail.append([
        ...manyRecords(1),
        ...drawn.map(([one, isOutcome]) => (isOutcome ? outcomeWith(one) : recordWith(one))),
      ]);
      const cwd = dirname(trail.file);
      const [verify, log, show] = await Promise.all(COMMANDS.map((args) => runCommand(args, { cwd })));
      assert.ok(verify !== undefined && log !== undefined && show !== undefined);
      for (const ran of [verify, log, show]) assertNoDefect(ran, [0]);
      const { entries }: { entries: readonly unknown[] } = JSON.parse(log.stdout);
      assert.equal(entries.length, drawn.length + 1);
      const stored = await Array.fromAsync(readTrail(trail.file));
      const lists = [renderTrailLog(stored), renderRunList(await listRuns(stored))];
      for (const printed of [show.stdout, ...lists]) assert.doesNotMatch(printed, OBEYED);
    }),
    RUNS,
  );
});
