import { findTenantNames } from "../config/tenant-names.ts";
import { compareTenants, type TenantSide } from "../engine/compare-tenants.ts";
import { groupIntoUnits } from "../engine/units.ts";
import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import type { Resource } from "../kinds/kind.ts";
import { KIND_ORDER } from "../kinds/registry.ts";
import { type Finding, hasErrors } from "../model/finding.ts";
import type { TenantComparison } from "../model/tenant-diff.ts";
import { renderFindings } from "../render/findings.ts";
import { renderTenantDiff } from "../render/tenant-diff.ts";
import type { CommonOptions } from "./options.ts";
import { type Io, printJson } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";
import { observeUnits } from "./planning.ts";
import { requestsByTenant } from "./request-report.ts";
import { type Session, withTenant } from "./session.ts";
import { mergeFindings } from "./tenants/each-tenant.ts";
import { type Memory, recall } from "./trail/memory.ts";
import { loadDesired, openWorkspace, validateDesired, type Workspace } from "./workspace.ts";

export interface DiffOptions extends CommonOptions {
  /** The names of two tenants. */
  readonly between: readonly string[];
  /** Exit 2 when they differ. */
  readonly detailedExitcode?: boolean;
}

const FORMAT_VERSION = 1;
const NOTHING: TenantComparison = { resources: [], only: [] };

/** Compares live of two tenants in what manifests describe for both, apart from what git makes different. Writes nothing. */
export async function runDiff(io: Io, options: DiffOptions, stopping: Stopping): Promise<ExitCode> {
  const opened = await openWorkspace(io, options, { needCredentials: true, stopping });
  const [first, second] = twoTenants(opened.config.tenantNames, options.between);
  const desired = await loadDesired(opened);
  const workspace = { ...opened, desired };
  const { findings, comparison } = await withTenant(named(workspace, first), (one) =>
    withTenant(named(workspace, second), (other) => compareSessions(one, other)),
  );
  const names = { first, second };
  if (options.output === "json") {
    const { resources, only } = comparison;
    const summary = summarize(comparison, first);
    printJson(io, {
      formatVersion: FORMAT_VERSION,
      ...names,
      revision: desired.revision,
      summary,
      resources,
      only,
      findings,
      requests: requestsByTenant(io),
    });
  } else {
    io.print(renderFindings(findings, io.paint));
    if (!hasErrors(findings)) io.print(renderTenantDiff(comparison, names, io.paint));
  }
  return exitCodeOf(comparison, findings, options);
}

/** Throws `usage` for what are not two tenants, `config/tenant` for one that there is not. */
function twoTenants(known: readonly string[], between: readonly string[]): readonly [string, string] {
  const [first, second, ...others] = between.flatMap((text) => text.split(","));
  if (first === undefined || second === undefined || others.length > 0 || first === second) {
    throw new GitopsError("usage", `--between names two tenants, and "${between.join(" ")}" are not two`, {
      hint: `Write them one after the other: --between dev prod. The configuration has: ${known.join(", ")}.`,
    });
  }
  findTenantNames(known, `${first},${second}`);
  return [first, second];
}

function named(workspace: Workspace, tenant: string): Workspace {
  return { ...workspace, options: { ...workspace.options, tenant } };
}

interface Compared {
  readonly findings: readonly Finding[];
  readonly comparison: TenantComparison;
}

/** With errors in the manifests nothing is read. */
async function compareSessions(first: Session, second: Session): Promise<Compared> {
  const [one, other] = [await describe(first), await describe(second)];
  const findings = mergeFindings([one.findings, other.findings], first.io.secrets);
  if (hasErrors(findings)) return { findings, comparison: NOTHING };
  const [here, there] = await Promise.all([look(first, one), look(second, other)]);
  return { findings, comparison: compareTenants(here, there, first.io.secrets) };
}

interface Described {
  readonly resources: readonly Resource[];
  readonly findings: readonly Finding[];
  readonly memory: Memory;
}

async function describe(session: Session): Promise<Described> {
  const memory = await recall(session);
  const { resources, findings } = validateDesired(
    session,
    await loadDesired(session),
    session.tenant,
    memory.lastApplied,
  );
  return { resources, findings, memory };
}

async function look(session: Session, { resources, memory }: Described): Promise<TenantSide> {
  const { name, variables } = session.tenant;
  const units = groupIntoUnits(resources, KIND_ORDER);
  // Templates and attachments are not compared, so they need not be read.
  const alone = units.map((unit) => ({
    ...unit,
    resources: unit.resources.map((one) => ({ ...one, references: [] })),
  }));
  return { name, units, variables, observation: await observeUnits(session, alone, { memory, described: resources }) };
}

function summarize({ resources, only }: TenantComparison, first: string) {
  const count = (state: string) => resources.filter((one) => one.state === state).length;
  const onlyFirst = only.filter(({ tenant }) => tenant === first).length;
  const states = { different: count("different"), same: count("same"), unknown: count("unknown") };
  return { ...states, onlyFirst, onlySecond: only.length - onlyFirst };
}

function exitCodeOf(
  { resources }: TenantComparison,
  findings: readonly Finding[],
  { detailedExitcode = false }: DiffOptions,
): ExitCode {
  if (hasErrors(findings) || resources.some(({ state }) => state === "unknown")) return EXIT.error;
  return detailedExitcode && resources.some(({ state }) => state === "different") ? EXIT.pending : EXIT.ok;
}
