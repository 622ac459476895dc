/** Files that `apply` is given as a saved plan: damaged, forged, or something else. None is believed, and none ends in an exception. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { readVersion } from "../../src/cli/package-files.ts";
import { openPlan, type PlanReader } from "../../src/cli/saved-plans/plan-seal.ts";
import { GitopsError } from "../../src/errors.ts";
import { isJsonObject, type Json, valueAt } from "../../src/model/json.ts";
import { EMAIL, FLOW } from "../helpers/manifests.ts";
import { CREDENTIALS, type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";
import { assertNoDefect } from "./defects.ts";
import { mangled } from "./mangle.ts";
import { fuzzRuns } from "./runs.ts";

async function savePlan(world: EmulatedWorld): Promise<string> {
  const ran = await world.run("plan", "--out", "plan.json");
  assert.equal(ran.code, 0, ran.stderr);
  return readFileSync(join(world.folder, "plan.json"), "utf8");
}

/** Whoever has the key that the plan in `text` was sealed with, while it is fresh. */
function readerOf({ emulator }: EmulatedWorld): PlanReader {
  const tenant = { name: "dev", org: "acme-dev", flows: emulator.url, workflows: emulator.url };
  return { file: "plan.json", key: CREDENTIALS.CXONE_CLIENT_SECRET, tool: readVersion(), tenant, now: Date.now() };
}

/** The text of the plan with one value somewhere in it replaced by any other. */
function withOtherValue(text: string): fc.Arbitrary<string> {
  const whole: Json = JSON.parse(text);
  const put = (value: Json, path: readonly number[], other: Json): Json => {
    const [first, ...rest] = path;
    const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
    const key = first === undefined ? undefined : keys[first % Math.max(keys.length, 1)];
    if (key === undefined) return other;
    if (Array.isArray(value)) return value.map((item, at) => (String(at) === key ? put(item, rest, other) : item));
    return isJsonObject(value) ? { ...value, [key]: put(valueAt(value, key) ?? null, rest, other) } : other;
  };
  const path = fc.array(fc.nat(60), { minLength: 1, maxLength: 7 });
  const other = fc.jsonValue({ maxDepth: 2 }).map((value): Json => JSON.parse(JSON.stringify(value)));
  return fc.tuple(path, other).map(([at, value]) => JSON.stringify(put(whole, at, value)));
}

function isSame(text: string, original: string): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(text), JSON.parse(original));
  } catch {
    return false;
  }
}

it("nothing but the plan that was saved is opened, and what is refused is refused in our words", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW, "mail.yaml": EMAIL });
  const original = await savePlan(world);
  const reader = readerOf(world);
  assert.equal(openPlan(original, reader).bindings.length, 2, "the reader can open what is sound");
  const texts = fc.oneof(
    mangled([original]),
    withOtherValue(original),
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.json({ maxDepth: 4 }),
    fc.constantFrom("", "null", "[]", "{}", "<html></html>", '{"a":'.repeat(50_000), "[".repeat(100_000)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        openPlan(text, reader);
      } catch (thrown) {
        assert.ok(thrown instanceof GitopsError, String(thrown));
        assert.match(thrown.code, /^plan\/(invalid|foreign|tampered)$/);
        return;
      }
      assert.ok(isSame(text, original), "what was opened is what was saved");
    }),
    fuzzRuns(1500),
  );
});

it("the command sends nothing for a damaged plan", async (t) => {
  const world = await openEmulatedWorld(t, { "flow.yaml": FLOW });
  const original = await savePlan(world);
  await fc.assert(
    fc.asyncProperty(fc.oneof(mangled([original]), withOtherValue(original)), async (text) => {
      fc.pre(!isSame(text, original));
      writeFileSync(join(world.folder, "plan.json"), text);
      assertNoDefect(await world.run("apply", "plan.json"), [1, 3]);
    }),
    fuzzRuns(4),
  );
  assert.deepEqual(world.writes(), []);
  writeFileSync(join(world.folder, "plan.json"), original);
  assert.equal((await world.run("apply", "plan.json")).code, 0, "the sound one is applied");
});
