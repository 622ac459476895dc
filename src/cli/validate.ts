import { EXIT, type ExitCode } from "../errors.ts";
import { hasErrors } from "../model/finding.ts";
import { countFindings, plural, renderFindings } from "../render/findings.ts";
import { annotate, printSarif } from "./machine-reports.ts";
import type { CommonOptions } from "./options.ts";
import { type Io, printJson } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";
import { mergeFindings, tenantsToCheck } from "./tenants/each-tenant.ts";
import { loadManifests, openWorkspace, validateDesired } from "./workspace.ts";

/** Checks the manifests offline, for the tenant named or for each one in turn. Needs no credentials. */
export async function runValidate(io: Io, options: CommonOptions, stopping: Stopping): Promise<ExitCode> {
  const workspace = await openWorkspace(io, options, { needCredentials: false, stopping });
  const loaded = await loadManifests(workspace);
  const tenants = await tenantsToCheck(workspace);
  const lists = tenants.map((tenant) => validateDesired(workspace, { loaded }, tenant).findings);
  const findings = mergeFindings(lists, io.secrets);
  annotate(io, { findings }, options);
  if (options.output === "json") printJson(io, { findings });
  else if (options.output === "sarif") printSarif(io, findings, options);
  else {
    const checked = plural(loaded.documents.length, "manifest");
    io.print(`${renderFindings(findings, io.paint)}${checked} read, ${countFindings(findings)}.\n`);
  }
  return hasErrors(findings) ? EXIT.error : EXIT.ok;
}
