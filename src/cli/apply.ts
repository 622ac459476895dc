import { createInterface } from "node:readline/promises";
import { openTrail } from "../audit/file-store.ts";
import { holdRunLock } from "../audit/run-lock.ts";
import { verifyTrail } from "../audit/verify.ts";
import { applyPlan } from "../engine/apply.ts";
import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import type { Outcome } from "../model/outcome.ts";
import { hasChanges, isBlocked, isRefused, type Plan } from "../model/plan.ts";
import { renderOutcome, summarizeOutcomes } from "../render/outcomes.ts";
import { renderPlan, summarizePlan } from "../render/plan-text.ts";
import { type Io, printJson } from "./io.ts";
import type { CommonOptions, GuardOptions } from "./options.ts";
import { closeUnfinished, hasUnfinished } from "./recover.ts";
import type { Stopping } from "./stopping.ts";
import { identifyRun, openWorkspace, type Planned, planTenant, type Workspace } from "./wiring.ts";

export interface ApplyOptions extends CommonOptions, GuardOptions {
  readonly autoApprove?: boolean;
  /** The plan has just been shown: one line of it is enough. */
  readonly planIsKnown?: boolean;
}

/** Plans, asks, applies, and says what became of each change. */
export async function runApply(io: Io, options: ApplyOptions, stopping: Stopping): Promise<ExitCode> {
  const workspace = await openWorkspace(io, options, { needCredentials: true, stopping });
  const planned = await planTenant(workspace, options);
  try {
    return await applyPlanned(workspace, options, planned);
  } finally {
    await planned.connection.close();
  }
}

async function applyPlanned(workspace: Workspace, options: ApplyOptions, planned: Planned): Promise<ExitCode> {
  const { io } = workspace;
  const { plan } = planned;
  const isText = options.output === "text";
  await checkTrail(workspace);
  if (await hasUnfinished(workspace, planned.tenant.name)) {
    await whileAlone(workspace, planned, () => closeUnfinished(workspace, planned));
  }
  if (isText) io.print(options.planIsKnown === true ? `${summarizePlan(plan)}\n` : renderPlan(plan, io.paint));
  if (isBlocked(plan) || isRefused(plan) || !hasChanges(plan)) {
    if (!isText) printJson(io, { formatVersion: 1, run: null, plan, outcomes: [] });
    if (isBlocked(plan)) return EXIT.error;
    return isRefused(plan) ? EXIT.refused : EXIT.ok;
  }
  if (options.autoApprove !== true) await askForApproval(io, plan, workspace.stopping.soft);
  const { run, outcomes } = await whileAlone(workspace, planned, () => applyNow(workspace, options, planned));
  if (isText) io.print(`\n${summarizeOutcomes(outcomes)}\n`);
  else printJson(io, { formatVersion: 1, run, plan, outcomes });
  return exitCodeOf(outcomes, workspace.stopping.soft.aborted);
}

/** Runs the part of a run that writes: one at a time for a tenant and its trail, and only on a trail that verifies. */
async function whileAlone<T>(workspace: Workspace, { tenant }: Planned, write: () => Promise<T>): Promise<T> {
  const lock = await holdRunLock(workspace.config.audit.file, tenant.name, workspace.stopping.soft);
  try {
    await checkTrail(workspace);
    return await write();
  } finally {
    await lock.release();
  }
}

async function applyNow(workspace: Workspace, options: ApplyOptions, planned: Planned): Promise<Applied> {
  const { io } = workspace;
  const isText = options.output === "text";
  const identity = await identifyRun(workspace, planned.plan);
  if (isText) io.print(`\nApplying as run ${identity.run}\n\n`);
  const outcomes = await carryOut(workspace, planned, identity, (outcome) => {
    if (isText) io.print(renderOutcome(outcome, io.paint));
  });
  return { run: identity.run, outcomes };
}

interface Applied {
  readonly run: string;
  readonly outcomes: readonly Outcome[];
}

function carryOut(
  { io, clock, config, log, stopping }: Workspace,
  { plan, units, observation, connection, tenant }: Planned,
  identity: Awaited<ReturnType<typeof identifyRun>>,
  onOutcome: (outcome: Outcome) => void,
): Promise<readonly Outcome[]> {
  const trail = openTrail({ file: config.audit.file, onWarning: (warning) => log.warn(warning, "audit trail") });
  return applyPlan({
    plan,
    units,
    observation,
    store: connection.store,
    trail,
    clock,
    identity,
    secrets: io.secrets,
    onOwnedEdit: "stop",
    consistencyWindowMs: tenant.consistencyWindowMs,
    backoffMs: tenant.retry.baseMs,
    concurrency: tenant.limits.concurrency,
    stop: stopping.soft,
    onOutcome,
  });
}

/** A trail that does not verify accounts for nothing; adding to it would make that harder to see. */
async function checkTrail({ config }: Workspace): Promise<void> {
  const verdict = await verifyTrail(config.audit.file);
  if (verdict.ok || verdict.isTorn) return;
  if (verdict.problem === "unreadable") {
    throw new GitopsError("audit/unreadable", `nothing was sent, because ${lowerFirst(verdict.message)}`, {
      hint: "Check audit.file in the configuration, and that this user may read and write it.",
    });
  }
  throw new GitopsError("audit/broken", `the audit trail does not verify, so nothing was sent: ${verdict.message}`, {
    hint: "Find out who changed it; then move the trail aside (with its .head file) and keep it as evidence.",
  });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

async function askForApproval(io: Io, plan: Plan, signal: AbortSignal): Promise<void> {
  if (!io.canAsk) {
    throw new GitopsError("apply/not-approved", "this plan needs an approval, and there is nobody here to ask", {
      hint: "Read the plan, then run again with --auto-approve.",
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const question = `\nApply this to tenant ${plan.tenant}? ${summarizePlan(plan)} Only "yes" applies: `;
    // Whoever leaves the prompt (Ctrl-C, Ctrl-D, a signal) has not said yes.
    const answer = await prompt.question(question, { signal }).catch(() => "");
    if (answer.trim() !== "yes") throw new GitopsError("apply/not-approved", "not approved; nothing was sent");
  } finally {
    prompt.close();
  }
}

/** All done: 0. Some done, some not, or stopped half-way: 4. None done: 3 when the only reason is somebody's edit, otherwise 1. */
function exitCodeOf(outcomes: readonly Outcome[], isStopped: boolean): ExitCode {
  const done = outcomes.filter(({ outcome }) => outcome === "done" || outcome === "already-done").length;
  if (done === outcomes.length) return EXIT.ok;
  if (done > 0 || isStopped) return EXIT.partial;
  return outcomes.every(({ outcome }) => outcome === "stale" || outcome === "skipped") ? EXIT.refused : EXIT.error;
}
