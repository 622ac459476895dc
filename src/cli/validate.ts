import { selectTenant } from "../config/tenant.ts";
import { EXIT, type ExitCode } from "../errors.ts";
import { compareFindings, type Finding, hasErrors } from "../model/finding.ts";
import { countFindings, plural, renderFindings } from "../render/findings.ts";
import { type Io, printJson } from "./io.ts";
import type { CommonOptions } from "./options.ts";
import type { Stopping } from "./stopping.ts";
import { loadDesired, openWorkspace, type TenantView, validateDesired, type Workspace } from "./workspace.ts";

/** Checks the manifests offline, for the tenant named or for each one in turn. Needs no credentials. */
export async function runValidate(io: Io, options: CommonOptions, stopping: Stopping): Promise<ExitCode> {
  const workspace = await openWorkspace(io, options, { needCredentials: false, stopping });
  const desired = await loadDesired(workspace);
  const tenants = await tenantsToCheck(workspace);
  const findings = mergeFindings(tenants.map((tenant) => validateDesired(workspace, desired, tenant).findings));
  if (options.output === "json") printJson(io, { findings });
  else {
    const checked = plural(desired.loaded.documents.length, "manifest");
    io.print(`${renderFindings(findings, io.paint)}${checked} read, ${countFindings(findings)}.\n`);
  }
  return hasErrors(findings) ? EXIT.error : EXIT.ok;
}

async function tenantsToCheck({ config, options }: Workspace): Promise<readonly (TenantView | null)[]> {
  const needCredentials = false;
  if (options.tenant !== undefined) return [await selectTenant(config, options.tenant, { needCredentials })];
  if (config.tenantNames.length === 0) return [null];
  return Promise.all(config.tenantNames.map((name) => config.resolveTenant(name, { needCredentials })));
}

/** Most findings are the same for every tenant; each is said once. */
function mergeFindings(lists: readonly (readonly Finding[])[]): readonly Finding[] {
  const byContent = new Map(lists.flat().map((finding) => [JSON.stringify(finding), finding]));
  return [...byContent.values()].sort(compareFindings);
}
