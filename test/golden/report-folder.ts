/** A folder of manifests and a written-down tenant as a report, without a socket. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeReport } from "../../src/cli/report.ts";
import { KINDS } from "../../src/kinds/registry.ts";
import { compareFindings, hasErrors } from "../../src/model/finding.ts";
import type { SourceDocument } from "../../src/model/manifest.ts";
import { Secrets } from "../../src/model/secrets.ts";
import type { Report } from "../../src/render/report.ts";
import { loadDocuments } from "../../src/source/folder.ts";
import { validateDocuments } from "../../src/validate/validate.ts";
import { planAll, type Tenant } from "../engine/planning.ts";

type Arrange = (documents: readonly SourceDocument[]) => readonly SourceDocument[];

export async function reportFolder(folder: string, tenant = readLive(folder), arrange: Arrange = (documents) => documents): Promise<Report> {
  const secrets = new Secrets();
  const { documents, problems } = await loadDocuments("manifests", { cwd: folder });
  const tenants = { tenant: "dev", knownTenants: ["dev"] };
  const around = { kinds: KINDS, variables: {}, env: { HOOK_SECRET: "whsec_golden" }, severities: {}, secrets };
  const validation = validateDocuments({ ...tenants, ...around, documents: arrange(documents) });
  const findings = [...problems, ...validation.findings].sort(compareFindings);
  const resources = hasErrors(findings) ? [] : validation.resources;
  return makeReport({ ...planAll({ resources, tenant, findings, secrets }), secrets });
}

export function readLive(folder: string): Tenant {
  return JSON.parse(readFileSync(join(folder, "live.json"), "utf8"));
}

