/** Commands that talk to tenants, for one of them or for several in turn. */
import { findTenantNames, namesSeveral } from "../../config/tenant-names.ts";
import { EXIT, type ExitCode, GitopsError } from "../../errors.ts";
import { asFailure, describeFailure } from "../failure.ts";
import { reportRun } from "../run-report.ts";
import { type Desired, forTenant, loadDesired, type Workspace } from "../workspace.ts";
import { printResult, type TenantResult } from "./tenant-result.ts";
import { printTogether, type TenantRun } from "./together.ts";

export type TenantWork = (workspace: Workspace) => Promise<TenantResult>;

export interface ForTenantsOptions {
  /** The work says in a line what it came to for which tenant: there are no headings, and no table that has nothing to tell. */
  readonly isBrief?: boolean;
}

/**
 * Does a command's work for the tenant that the options name, and prints what it came to. With several (`--tenant all`, `dev,prod`), for
 * one after the other, all from manifests that are read once: what fails for one stops no other, and what was stopped by a signal is not
 * begun for the rest. Throws only before the first tenant is begun; with one tenant, whatever its work throws.
 */
export async function forTenants(
  workspace: Workspace,
  work: TenantWork,
  { isBrief = false }: ForTenantsOptions = {},
): Promise<ExitCode> {
  const { options, config } = workspace;
  if (!namesSeveral(options.tenant)) return printResult(workspace, await work(workspace));
  const names = findTenantNames(config.tenantNames, options.tenant);
  const shared = { ...workspace, desired: await loadFor(workspace, names) };
  const runs: TenantRun[] = [];
  let isLeft = false;
  for (const [index, tenant] of names.entries()) {
    if (isLeft || workspace.stopping.soft.aborted) {
      runs.push(...names.slice(index).map((name) => notBegun(workspace, name)));
      workspace.io.say(`the run was stopped, and not begun for ${names.slice(index).join(", ")}\n`);
      break;
    }
    if (options.output === "text" && !isBrief) printHeading(workspace, names, index);
    const run = await runOne(await forTenant(shared, tenant), tenant, work);
    isLeft = "failure" in run && run.failure.context["isLeft"] === true;
    runs.push(run);
  }
  const exitCode = combineCodes(runs.map(({ code }) => code));
  await printTogether(workspace, runs, { exitCode, isBrief });
  return exitCode;
}

/** What keeps the manifests from being read fails the run of every tenant, and whoever is told of one of them hears of it. */
async function loadFor(workspace: Workspace, tenants: readonly string[]): Promise<Desired> {
  try {
    return await loadDesired(workspace);
  } catch (thrown) {
    const fail = () => Promise.reject(asFailure(thrown));
    for (const tenant of tenants) await reportRun(await forTenant(workspace, tenant), fail).catch(() => undefined);
    throw thrown;
  }
}

/** An error anywhere is an error; then what was done in part, what was refused, and what is pending. */
export function combineCodes(codes: readonly ExitCode[]): ExitCode {
  const byWeight = [EXIT.error, EXIT.partial, EXIT.refused, EXIT.pending] as const;
  return byWeight.find((code) => codes.includes(code)) ?? EXIT.ok;
}

async function runOne(workspace: Workspace, tenant: string, work: TenantWork): Promise<TenantRun> {
  const { io, stopping } = workspace;
  try {
    const result = await work(workspace);
    // What a signal cut off is not an error.
    const isCutOff = stopping.soft.aborted && result.code === EXIT.error && result.plan.summary.unknown > 0;
    return { tenant, io, result, code: isCutOff ? EXIT.partial : result.code };
  } catch (thrown) {
    const failure = asFailure(thrown);
    io.say(`tenant ${tenant}: ${describeFailure(io, failure)}`);
    return { tenant, io, failure, code: stopping.soft.aborted ? EXIT.partial : failure.exitCode };
  }
}

function notBegun({ io }: Workspace, tenant: string): TenantRun {
  const failure = new GitopsError("run/stopped", `the run was stopped before tenant ${tenant} was begun`, {
    hint: `Run it again with --tenant ${tenant}.`,
    exitCode: EXIT.partial,
  });
  return { tenant, io, failure, code: failure.exitCode };
}

function printHeading({ io }: Workspace, names: readonly string[], index: number): void {
  const heading = `Tenant ${names[index]} (${index + 1} of ${names.length})`;
  io.print(`${index === 0 ? "" : "\n"}${io.paint("strong", heading)}\n\n`);
}
