import { refuseSeveral } from "../config/tenant-names.ts";
import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import type { Outcome } from "../model/outcome.ts";
import { hasChanges, isBlocked, isRefused, type Plan } from "../model/plan.ts";
import { renderOutcome, summarizeOutcomes } from "../render/outcomes.ts";
import { renderPlan, summarizePlan } from "../render/plan-text.ts";
import { askForApproval } from "./approval.ts";
import type { CommonOptions } from "./options.ts";
import type { Io } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";
import { type PlanningOptions, planTenant } from "./planning.ts";
import { forTenantOf, openPlanFile, refuseWhatMoved } from "./saved-plans/plan-file.ts";
import { type WritingSession, withWritableTenant } from "./session.ts";
import { forTenants } from "./tenants/for-tenants.ts";
import type { TenantResult } from "./tenants/tenant-result.ts";
import { settleEarlierRuns } from "./trail/recover.ts";
import { openWorkspace } from "./workspace.ts";
import { findUnrecordedIn, type WriteRequest, type Written, writePlan } from "./write-plan.ts";

export interface ApplyOptions extends CommonOptions, PlanningOptions {
  readonly autoApprove?: boolean;
  readonly adopt?: boolean;
  /** The plan has just been shown: one line of it is enough. */
  readonly planIsKnown?: boolean;
}

/** Plans, asks, applies, and says what became of each change. With a plan's file: exactly that plan, or nothing. */
export async function runApply(
  io: Io,
  planFile: string | undefined,
  options: ApplyOptions,
  stopping: Stopping,
): Promise<ExitCode> {
  if (planFile !== undefined) refuseFlags(options);
  if (planFile !== undefined) refuseSeveral(options.tenant, "a saved plan");
  const opened = await openWorkspace(io, options, { needCredentials: true, stopping, deploys: true });
  const workspace = planFile === undefined ? opened : await forTenantOf(opened, planFile);
  return forTenants(workspace, (one) =>
    withWritableTenant(one, (session) =>
      planFile === undefined ? applyFresh(session, options) : applySaved(session, planFile, options),
    ),
  );
}

async function applyFresh(session: WritingSession, options: ApplyOptions): Promise<TenantResult> {
  const prepared = await prepareWrite(session, options);
  const isExact = options.autoApprove !== true;
  return showAndWrite(session, options, { ...prepared, isExact, onOwnedEdit: "stop", restores: null });
}

async function applySaved(session: WritingSession, planFile: string, options: ApplyOptions): Promise<TenantResult> {
  const saved = await openPlanFile(session, planFile);
  const prepared = await prepareWrite(session, saved.options);
  if (!isBlocked(prepared.planned.plan)) await refuseWhatMoved(session, saved, prepared.planned);
  const approved = { ...options, autoApprove: true };
  return showAndWrite(session, approved, { ...prepared, isExact: true, onOwnedEdit: "stop", restores: null });
}

/**
 * Accounts for earlier runs, then plans: in this order, so that the plan knows what they did. Before either reads from the tenant, it is
 * settled which commit the manifests come from.
 */
export async function prepareWrite(session: WritingSession, options: PlanningOptions & Pick<ApplyOptions, "adopt">) {
  await session.source();
  const trailHead = await settleEarlierRuns(session);
  const adopt = options.adopt ?? false;
  const replan = () => planTenant(session, { ...options, recording: { adopt } });
  return { planned: await replan(), trailHead, replan, adopt };
}

/** The flags that a saved plan was made with go with it: others here would make it another plan. */
function refuseFlags({ prune, adopt, allowLargeChange, allowProtected, ...narrowing }: ApplyOptions): void {
  const given = Object.entries({
    "--prune": prune,
    "--adopt": adopt,
    "--allow-large-change": allowLargeChange,
    "--allow-protected": allowProtected,
    "--only": narrowing.only !== undefined,
    "--selector": narrowing.selector !== undefined,
    "--changed-since": narrowing.changedSince !== undefined,
  }).flatMap(([flag, value]) => (value === true ? [flag] : []));
  if (given.length === 0) return;
  throw new GitopsError("usage", `${given.join(" and ")} cannot be added to a saved plan`, {
    hint: "Give the flag to `plan --out`, and apply that plan.",
  });
}

/** Shows a plan, has it approved, writes it, and says what became of it. Prints only text; the other forms are made of the result. */
export async function showAndWrite(
  session: WritingSession,
  options: ApplyOptions,
  request: WriteRequest,
): Promise<TenantResult> {
  const { io, stopping } = session;
  const { plan } = request.planned;
  const isText = options.output === "text";
  if (isText) io.print(options.planIsKnown === true ? `${summarizePlan(plan)}\n` : renderPlan(plan, io.paint));
  const stopped = gate(plan, stopping.soft.aborted);
  if (stopped !== undefined) return finish(io, options, { run: null, plan, outcomes: [], recorded: [] }, stopped);
  const toRecord = findUnrecordedIn(request.planned, request);
  if (!hasChanges(plan) && toRecord.length === 0) {
    return finish(io, options, { run: null, plan, outcomes: [], recorded: [] }, EXIT.ok);
  }
  if (hasChanges(plan) && options.autoApprove !== true) {
    const question = `Apply this to tenant ${plan.tenant}? ${summarizePlan(plan)}`;
    await askForApproval(io, question, stopping.soft);
  }
  const written = await writePlan(session, { ...request, ...(isText && narrate(io)) });
  const code = gate(written.plan, stopping.soft.aborted) ?? exitCodeOf(written.outcomes, stopping.soft.aborted);
  return finish(io, options, written, code);
}

/** What the exit code is when a plan cannot be written as it is; undefined when it can. What a signal cut off is not an error. */
function gate(plan: Plan, isStopped: boolean): ExitCode | undefined {
  if (isBlocked(plan)) return isStopped ? EXIT.partial : EXIT.error;
  return isRefused(plan) ? EXIT.refused : undefined;
}

function narrate(io: Io): Pick<WriteRequest, "onPlannedAnew" | "onRun" | "onOutcome"> {
  return {
    onPlannedAnew: (plan) =>
      io.print(`\nAnother run wrote meanwhile, so this was planned anew:\n${renderPlan(plan, io.paint)}`),
    onRun: (run) => io.print(`\nApplying as run ${run}\n\n`),
    onOutcome: (outcome) => io.print(renderOutcome(outcome, io.paint)),
  };
}

function finish(io: Io, options: ApplyOptions, written: Written, code: ExitCode): TenantResult {
  const { run, plan, outcomes, recorded } = written;
  if (options.output === "text" && run !== null) {
    if (recorded.length > 0) io.print(`  recorded without a write: ${recorded.join(", ")}\n`);
    if (outcomes.length > 0) io.print(`\n${summarizeOutcomes(outcomes)}\n`);
  }
  return { code, plan, outcomes, document: { formatVersion: 1, run, plan, outcomes, recorded } };
}

/** All done: 0. Some done, some not, or stopped half-way: 4. None done: 3 when the only reason is somebody's edit, otherwise 1. */
export function exitCodeOf(outcomes: readonly Outcome[], isStopped: boolean): ExitCode {
  const done = outcomes.filter(({ outcome }) => outcome === "done" || outcome === "already-done").length;
  if (done === outcomes.length) return EXIT.ok;
  if (done > 0 || isStopped) return EXIT.partial;
  return outcomes.every(({ outcome }) => outcome === "stale" || outcome === "skipped") ? EXIT.refused : EXIT.error;
}
