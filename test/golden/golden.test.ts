/**
 * Whole situations: a folder of manifests and a written-down tenant (`live.json`) give the plan and the words for it that are
 * kept beside them. `UPDATE_GOLDEN=1` writes them anew; the difference is then read in review.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { type Json, objectFrom } from "../../src/model/json.ts";
import { renderMarkdown } from "../../src/render/markdown/comment.ts";
import { plainPaint } from "../../src/render/paint.ts";
import { renderPlan } from "../../src/render/plan-text.ts";
import type { Tenant } from "../engine/planning.ts";
import { readLive, reportFolder } from "./report-folder.ts";

const HERE = import.meta.dirname;
const SITUATIONS = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();
const isUpdating = process.env["UPDATE_GOLDEN"] === "1";

for (const name of SITUATIONS) {
  it(name, async () => {
    const folder = join(HERE, name);
    const report = await reportFolder(folder);
    const shuffled = await reportFolder(folder, reversed(readLive(folder)), (documents) => documents.toReversed());
    const { plan } = report;
    assert.equal(JSON.stringify(shuffled.plan), JSON.stringify(plan), "the order of files and keys leaves no trace");
    compareWith(join(folder, "plan.json"), `${JSON.stringify(plan, null, 2)}\n`);
    compareWith(join(folder, "plan.txt"), renderPlan(plan, plainPaint));
    compareWith(join(folder, "plan.md"), renderMarkdown(report));
  });
}

it("there are situations", () => assert.ok(SITUATIONS.length >= 25));

function reversed(tenant: Tenant): Tenant {
  const turn = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(turn);
    if (typeof value !== "object" || value === null) return value;
    return objectFrom(Object.entries(value).map(([key, item]) => [key, turn(item)] as const).reverse());
  };
  return objectFrom(Object.entries(tenant).map(([key, value]) => [key, turn(value)]));
}

function compareWith(file: string, text: string): void {
  if (isUpdating) writeFileSync(file, text);
  assert.equal(text, readFileSync(file, "utf8"), `${file}: if this is meant, run with UPDATE_GOLDEN=1`);
}
