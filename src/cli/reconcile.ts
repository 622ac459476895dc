import { EXIT, type ExitCode } from "../errors.ts";
import { isBlocked, isRefused } from "../model/plan.ts";
import { renderOutcome, summarizeOutcomes } from "../render/outcomes.ts";
import { renderPlan, summarizePlan } from "../render/plan-text.ts";
import { type ApplyOptions, exitCodeOf, prepareWrite } from "./apply.ts";
import { type Io, printJson } from "./io.ts";
import { type WritingSession, withWritableTenant } from "./session.ts";
import type { Stopping } from "./stopping.ts";
import { openWorkspace } from "./workspace.ts";
import { type Written, writePlan } from "./write-plan.ts";

/**
 * What a scheduler runs: plans and applies with nobody there to ask, and says in one line what became of it. Git wins over edits of
 * what it owns, also over one that comes while it writes; the trail keeps what was overwritten.
 */
export async function runReconcile(io: Io, options: ApplyOptions, stopping: Stopping): Promise<ExitCode> {
  const workspace = await openWorkspace(io, options, { needCredentials: true, stopping });
  return withWritableTenant(workspace, async (session) => {
    const prepared = await prepareWrite(session, options);
    const request = { ...prepared, isExact: false, onOwnedEdit: "overwrite", restores: null } as const;
    const written = await writePlan(session, request);
    if (options.output === "json") printJson(io, { formatVersion: 1, ...written });
    else report(session, written);
    if (isBlocked(written.plan)) return EXIT.error;
    if (isRefused(written.plan)) return EXIT.refused;
    return exitCodeOf(written.outcomes, stopping.soft.aborted);
  });
}

/** One line when all is well; whatever needs a person's eyes is told in full. */
function report({ io, tenant }: WritingSession, { plan, run, outcomes }: Written): void {
  if (isBlocked(plan) || isRefused(plan)) {
    io.print(renderPlan(plan, io.paint));
    return;
  }
  const at = plan.revision === null ? "" : ` at ${plan.revision}`;
  const what = run === null ? summarizePlan(plan) : `${summarizeOutcomes(outcomes)} (run ${run})`;
  io.print(`${tenant.name}${at}: ${what}\n`);
  for (const outcome of outcomes) if (outcome.error !== null) io.print(renderOutcome(outcome, io.paint));
}
