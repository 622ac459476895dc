/** What a command prints when it was run for several tenants. */
import type { ExitCode, GitopsError } from "../../errors.ts";
import type { Side } from "../../render/side-by-side.ts";
import { renderSideBySide } from "../../render/side-by-side-text.ts";
import { failureDocument } from "../failure.ts";
import { annotateTenants, type Noted } from "../machine-reports.ts";
import { type Io, printJson } from "../outside/io.ts";
import type { Workspace } from "../workspace.ts";
import type { TenantResult } from "./tenant-result.ts";

/** One of several tenants: what the command came to there, or what ended it. */
export type TenantRun = { readonly tenant: string; readonly code: ExitCode } & (
  | { readonly result: TenantResult }
  | { readonly failure: GitopsError }
);

const FORMAT_VERSION = 1;

/** Prints what is about all of them: one JSON document, one comment, or how they stand side by side. Names what failed nowhere else. */
export async function printTogether(
  { io, options }: Workspace,
  runs: readonly TenantRun[],
  { exitCode, isBrief }: { readonly exitCode: ExitCode; readonly isBrief: boolean },
): Promise<void> {
  annotateTenants(io, runs.map(toNoted), options);
  if (options.output === "json") {
    const tenants = Object.fromEntries(runs.map((run) => [run.tenant, documentOf(run)]));
    printJson(io, { formatVersion: FORMAT_VERSION, tenants, exitCode });
  } else if (options.output === "markdown") {
    io.printMasked(await renderComment(io, options.tenant ?? "", runs));
  } else if (!isBrief || runs.some(isWorthATable)) {
    io.print(`\n${renderSideBySide(runs.map(toSide), io.paint)}`);
  }
}

function isWorthATable(run: TenantRun): boolean {
  return "failure" in run || run.result.plan.changes.some(({ action }) => action !== "unchanged");
}

function documentOf(run: TenantRun): object {
  return "failure" in run ? failureDocument(run.failure) : run.result.document;
}

function toNoted(run: TenantRun): Noted {
  const { tenant } = run;
  return "failure" in run ? { tenant, failure: run.failure } : { tenant, plan: run.result.plan };
}

function toSide(run: TenantRun): Side {
  const { tenant } = run;
  if ("failure" in run) return { tenant, failure: run.failure.code === "run/stopped" ? "not begun" : "error" };
  const { plan, outcomes } = run.result;
  return { tenant, plan, ...(outcomes !== undefined && { outcomes }) };
}

/** The renderers of reports are loaded by who asks for one. Every text is masked here, as data. */
async function renderComment(io: Io, wanted: string, runs: readonly TenantRun[]): Promise<string> {
  const { makeReport } = await import("../report.ts");
  const { renderTenants } = await import("../../render/markdown/tenants.ts");
  const mask = (text: string) => io.secrets.mask(text);
  const sections = runs.map((run) => {
    const { tenant } = run;
    if ("failure" in run || run.result.planned === undefined) {
      const failure = "failure" in run ? run.failure : undefined;
      const { message = "", hint = "", code = "" } = failure ?? {};
      return { side: toSide(run), failure: { message: mask(message), hint: mask(hint), code } };
    }
    const report = makeReport({ ...run.result.planned, secrets: io.secrets });
    return { side: { tenant, plan: report.plan }, report };
  });
  return renderTenants(wanted, sections);
}
