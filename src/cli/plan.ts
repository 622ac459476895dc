import { refuseSeveral } from "../config/tenant-names.ts";
import { EXIT, type ExitCode } from "../errors.ts";
import { hasChanges, isBlocked, isRefused, type Plan } from "../model/plan.ts";
import { renderDrift } from "../render/drift-text.ts";
import { renderPlan } from "../render/plan-text.ts";
import type { NarrowingOptions } from "./narrowing/narrowing-options.ts";
import type { CommonOptions } from "./options.ts";
import type { Io } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";
import { type Planned, type PlanningOptions, planTenant } from "./planning.ts";
import { savePlan } from "./saved-plans/plan-file.ts";
import { type Session, withTenant } from "./session.ts";
import { forTenants } from "./tenants/for-tenants.ts";
import type { TenantResult } from "./tenants/tenant-result.ts";
import { listUnfinished } from "./trail/recover.ts";
import { openWorkspace } from "./workspace.ts";

export interface PlanOptions extends CommonOptions, PlanningOptions {
  /** Exit 2 when there is something to apply. */
  readonly detailedExitcode?: boolean;
  /** Where to save the plan, so that exactly it can be applied. */
  readonly out?: string;
  /** Travels with the saved plan. */
  readonly adopt?: boolean;
  /** Text and reports by where each difference comes from, instead of a plan. */
  readonly byOrigin?: boolean;
}

/** Reads live and prints what apply would do. Writes nothing to the tenant. */
export async function runPlan(io: Io, options: PlanOptions, stopping: Stopping): Promise<ExitCode> {
  if (options.out !== undefined) refuseSeveral(options.tenant, "a saved plan");
  if (options.output === "html") refuseSeveral(options.tenant, "a page");
  const workspace = await openWorkspace(io, options, { needCredentials: true, stopping });
  return forTenants(workspace, (one) => withTenant(one, (session) => showPlan(session, options)));
}

async function showPlan(session: Session, options: PlanOptions): Promise<TenantResult> {
  const { io } = session;
  await warnOfUnfinished(session);
  const planned = await planTenant(session, options);
  const { plan, memory } = planned;
  // Saved first: whoever asked for a file has failed without it, and a failure prints nothing of the plan.
  const saved = options.out === undefined ? "" : await saveUnlessStopped(session, options.out, planned, options);
  const render = () => (options.byOrigin ? renderDrift(plan, memory.latest, io.paint) : renderPlan(plan, io.paint));
  if (options.output === "text") io.print(render());
  io.say(saved);
  // Everything that was read is kept for as long as a report may draw it, and no longer.
  const isReport = options.output === "markdown" || options.output === "html";
  const drift = options.byOrigin ? { latest: memory.latest } : undefined;
  return { code: exitCodeOf(plan, options), plan, document: plan, ...(isReport && { planned: { ...planned, drift } }) };
}

/** As `plan --detailed-exitcode`, for schedulers that ask one question: is live as desired? And if not, who changed what? */
export function runDrift(io: Io, options: CommonOptions & NarrowingOptions, stopping: Stopping): Promise<ExitCode> {
  // Nothing is applied here, so nothing has to be guarded.
  const asked = { detailedExitcode: true, allowLargeChange: true, allowProtected: true, byOrigin: true };
  return runPlan(io, { ...options, ...asked }, stopping);
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
  const { only = [], selector = null } = options;
  // A branch moves: what was compared with is a commit.
  const narrowing = { only, selector, changedSince: planned.plan.narrowed?.since ?? null };
  await savePlan(session, out, planned, { prune, adopt, allowLargeChange, allowProtected, ...narrowing });
  return `saved to ${out}; \`cxone-gitops apply ${out}\` applies exactly this plan\n`;
}

async function warnOfUnfinished(session: Session): Promise<void> {
  for (const { run, kind, name } of await listUnfinished(session)) {
    session.io.say(`run ${run} left ${kind} ${name} open; the next apply looks at it first\n`);
  }
}
