/**
 * Whole situations: a folder of manifests and a written-down tenant (`live.json`) give the plan and the words for it that are
 * kept beside them. `UPDATE_GOLDEN=1` writes them anew; the difference is then read in review.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { KINDS } from "../../src/kinds/registry.ts";
import { compareFindings, hasErrors } from "../../src/model/finding.ts";
import { type Json, objectFrom } from "../../src/model/json.ts";
import type { SourceDocument } from "../../src/model/manifest.ts";
import type { Plan } from "../../src/model/plan.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { plainPaint } from "../../src/render/paint.ts";
import { renderPlan } from "../../src/render/plan-text.ts";
import { loadDocuments } from "../../src/source/folder.ts";
import { validateDocuments } from "../../src/validate/validate.ts";
import { planResources, type Tenant } from "../engine/planning.ts";

const HERE = import.meta.dirname;
const SITUATIONS = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();
const isUpdating = process.env["UPDATE_GOLDEN"] === "1";

for (const name of SITUATIONS) {
  it(name, async () => {
    const folder = join(HERE, name);
    const plan = await planFolder(folder, (documents) => documents, readLive(folder));
    const shuffled = await planFolder(folder, (documents) => documents.toReversed(), reversed(readLive(folder)));
    assert.equal(JSON.stringify(shuffled), JSON.stringify(plan), "the order of files and keys leaves no trace");
    compareWith(join(folder, "plan.json"), `${JSON.stringify(plan, null, 2)}\n`);
    compareWith(join(folder, "plan.txt"), renderPlan(plan, plainPaint));
  });
}

it("there are situations", () => assert.ok(SITUATIONS.length >= 8));

type Arrange = (documents: readonly SourceDocument[]) => readonly SourceDocument[];

async function planFolder(folder: string, arrange: Arrange, tenant: Tenant): Promise<Plan> {
  const secrets = new Secrets();
  const { documents, problems } = await loadDocuments("manifests", { cwd: folder });
  const tenants = { tenant: "dev", knownTenants: ["dev"] };
  const around = { kinds: KINDS, variables: {}, env: { HOOK_SECRET: "whsec_golden" }, severities: {}, secrets };
  const validation = validateDocuments({ ...tenants, ...around, documents: arrange(documents) });
  const findings = [...problems, ...validation.findings].sort(compareFindings);
  return planResources({ resources: hasErrors(findings) ? [] : validation.resources, tenant, findings, secrets });
}

function readLive(folder: string): Tenant {
  return JSON.parse(readFileSync(join(folder, "live.json"), "utf8"));
}

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
