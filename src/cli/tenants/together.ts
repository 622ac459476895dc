/** What a command prints when it was run for several tenants. */
import type { ExitCode, GitopsError } from "../../errors.ts";
import type { Side } from "../../render/side-by-side.ts";
import { renderSideBySide } from "../../render/side-by-side-text.ts";
import { failureDocument } from "../failure.ts";
import { annotateTenants, type Noted } from "../machine-reports.ts";
import { maskPlan } from "../mask-plan.ts";
import { type Io, maskTexts, printJson } from "../outside/io.ts";
import { withRequests, withRequestsSent } from "../request-report.ts";
import type { Workspace } from "../workspace.ts";
import type { TenantResult } from "./tenant-result.ts";

/** One of several tenants: what the command came to there, or what ended it. `io` knows the tenant's secrets. */
export type TenantRun = { readonly tenant: string; readonly code: ExitCode; readonly io: Io } & (
  | { readonly result: TenantResult }
  | { readonly failure: GitopsError }
);

const FORMAT_VERSION = 1;

/**
 * Prints what is about all of them: one JSON document, one comment, or how they stand side by side. Names what failed nowhere else. Each
 * tenant's piece is masked with what was learnt of that tenant, and all of it with the credentials of every one.
 */
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
    io.printMasked(await renderComment(options.tenant ?? "", runs, io.commandName === "drift" ? "drift" : "plan"));
  } else if (!isBrief || runs.some(isWorthATable)) {
    io.print(`\n${renderSideBySide(runs.map(toSide), io.paint)}`);
  }
}

function isWorthATable(run: TenantRun): boolean {
  return "failure" in run || run.result.plan.changes.some(({ action }) => action !== "unchanged");
}

function documentOf(run: TenantRun): unknown {
  const document =
    "failure" in run
      ? withRequestsSent(run.io, failureDocument(run.failure))
      : withRequests(run.io, run.result.document);
  return JSON.parse(JSON.stringify(document, maskTexts(run.io.secrets)));
}

function toNoted(run: TenantRun): Noted {
  const { tenant } = run;
  const mask = (text: string) => run.io.secrets.mask(text);
  return "failure" in run ? { tenant, mask, failure: run.failure } : { tenant, mask, plan: run.result.plan };
}

function toSide(run: TenantRun): Side {
  const { tenant } = run;
  if ("failure" in run) return { tenant, failure: run.failure.code === "run/stopped" ? "not begun" : "error" };
  const { outcomes } = run.result;
  const plan = maskPlan(run.result.plan, run.io.secrets);
  return { tenant, plan, ...(outcomes !== undefined && { outcomes }) };
}

/** The renderers of reports are loaded by who asks for one. Every text is masked here, as data. */
async function renderComment(wanted: string, runs: readonly TenantRun[], command: "plan" | "drift"): Promise<string> {
  const { makeReport } = await import("../report.ts");
  const { renderTenants } = await import("../../render/markdown/tenants.ts");
  const sections = runs.map((run) => {
    const { tenant, io } = run;
    const mask = (text: string) => io.secrets.mask(text);
    if ("failure" in run || run.result.planned === undefined) {
      const failure = "failure" in run ? run.failure : undefined;
      const { message = "", hint = "", code = "" } = failure ?? {};
      return { side: toSide(run), failure: { message: mask(message), hint: mask(hint), code } };
    }
    const report = makeReport({ ...run.result.planned, secrets: io.secrets });
    return { side: { tenant, plan: report.plan }, report };
  });
  return renderTenants(wanted, sections, command);
}
