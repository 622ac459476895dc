import { EXIT, type ExitCode } from "../errors.ts";
import { hasChanges, isBlocked, isRefused, type Plan } from "../model/plan.ts";
import { renderPlan } from "../render/plan-text.ts";
import { type Io, printJson } from "./io.ts";
import { annotate } from "./machine-reports.ts";
import type { CommonOptions } from "./options.ts";
import { savePlan } from "./plan-file.ts";
import { type Planned, type PlanningOptions, planTenant } from "./planning.ts";
import { listUnfinished } from "./recover.ts";
import { type Session, withTenant } from "./session.ts";
import type { Stopping } from "./stopping.ts";
import { openWorkspace } from "./workspace.ts";

export interface PlanOptions extends CommonOptions, PlanningOptions {
  /** Exit 2 when there is something to apply. */
  readonly detailedExitcode?: boolean;
  /** Where to save the plan, so that exactly it can be applied. */
  readonly out?: string;
  /** Travels with the saved plan. */
  readonly adopt?: boolean;
}

/** Reads live and prints what apply would do. Writes nothing to the tenant. */
export async function runPlan(io: Io, options: PlanOptions, stopping: Stopping): Promise<ExitCode> {
  const workspace = await openWorkspace(io, options, { needCredentials: true, stopping });
  return withTenant(workspace, async (session) => {
    await warnOfUnfinished(session);
    const planned = await planTenant(session, options);
    const { plan } = planned;
    annotate(io, { findings: plan.findings, plan }, options);
    // Saved first: whoever asked for a file has failed without it, and a failure prints nothing of the plan.
    const saved = options.out === undefined ? "" : await saveUnlessStopped(session, options.out, planned, options);
    await printPlan(io, planned, options);
    io.say(saved);
    return exitCodeOf(plan, options);
  });
}

/** The renderers of reports are loaded by who asks for one. */
async function printPlan(io: Io, planned: Planned, { output }: PlanOptions): Promise<void> {
  const { plan } = planned;
  if (output === "json") return printJson(io, plan);
  if (output !== "markdown" && output !== "html") return io.print(renderPlan(plan, io.paint));
  const { makeReport } = await import("./report.ts");
  const report = makeReport({ ...planned, secrets: io.secrets });
  if (output === "markdown")
    return io.printMasked((await import("../render/markdown/comment.ts")).renderMarkdown(report));
  for (const piece of (await import("../render/html/page.ts")).renderHtml(report)) io.printMasked(piece);
}

/** As `plan --detailed-exitcode`, for schedulers that ask one question: is live as desired? */
export function runDrift(io: Io, options: CommonOptions, stopping: Stopping): Promise<ExitCode> {
  // Nothing is applied here, so nothing has to be guarded.
  return runPlan(io, { ...options, detailedExitcode: true, allowLargeChange: true, allowProtected: true }, stopping);
}

function exitCodeOf(plan: Plan, { detailedExitcode = false }: PlanOptions): ExitCode {
  if (isBlocked(plan)) return EXIT.error;
  if (isRefused(plan)) return EXIT.refused;
  return detailedExitcode && hasChanges(plan) ? EXIT.pending : EXIT.ok;
}

/** Returns what became of it, for people. */
async function saveUnlessStopped(
  session: Session,
  out: string,
  planned: Planned,
  options: PlanOptions,
): Promise<string> {
  if (isBlocked(planned.plan) || isRefused(planned.plan)) {
    return `not saved to ${out}: this plan could not be applied\n`;
  }
  const { prune = false, adopt = false, allowLargeChange = false, allowProtected = false } = options;
  await savePlan(session, out, planned, { prune, adopt, allowLargeChange, allowProtected });
  return `saved to ${out}; \`cxone-gitops apply ${out}\` applies exactly this plan\n`;
}

async function warnOfUnfinished(session: Session): Promise<void> {
  for (const { run, kind, name } of await listUnfinished(session)) {
    session.io.say(`run ${run} left ${kind} ${name} open; the next apply looks at it first\n`);
  }
}
