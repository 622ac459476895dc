import { EXIT, type ExitCode } from "../errors.ts";
import { countHeld, isBlocked, isHeld, isRefused } from "../model/plan.ts";
import { sentencesOf } from "../render/drift-words.ts";
import { rememberNarrowing } from "../render/narrowed.ts";
import { renderOutcome, summarizeOutcomes } from "../render/outcomes.ts";
import { renderChanges, renderPlan, summarizePlan } from "../render/plan-text.ts";
import { type ApplyOptions, exitCodeOf, prepareWrite } from "./apply.ts";
import { onOwnedEditUnder, policyOfRun } from "./holding.ts";
import type { Io } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";
import { type WritingSession, withWritableTenant } from "./session.ts";
import { forTenants } from "./tenants/for-tenants.ts";
import type { TenantResult } from "./tenants/tenant-result.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";
import { type Written, writePlan } from "./write-plan.ts";

/**
 * What a scheduler runs: plans and applies with nobody there to ask, within its policy, and says in one line what became of it. Where the
 * policy is `repair`, git wins over edits of what it owns, also over one that comes while it writes; the trail keeps what was overwritten.
 */
export async function runReconcile(io: Io, options: ApplyOptions, stopping: Stopping): Promise<ExitCode> {
  const workspace = await openWorkspace(io, options, { needCredentials: true, stopping, deploys: true });
  const work = (one: Workspace) => withWritableTenant(one, (session) => reconcileTenant(session, options));
  return forTenants(workspace, work, { isBrief: true });
}

async function reconcileTenant(session: WritingSession, options: ApplyOptions): Promise<TenantResult> {
  const policy = policyOfRun(session, options.policy);
  const prepared = await prepareWrite(session, { ...options, policy });
  const onOwnedEdit = onOwnedEditUnder(policy);
  const request = { ...prepared, isExact: false, onOwnedEdit, restores: null } as const;
  const written = await writePlan(session, request);
  if (options.output === "text") report(session, written, await describeSigner(session));
  const { plan, outcomes } = written;
  return { code: codeOf(written, session.stopping), plan, outcomes, document: { formatVersion: 1, ...written } };
}

function codeOf({ plan, outcomes }: Written, { soft }: Stopping): ExitCode {
  if (isBlocked(plan)) return EXIT.error;
  if (isRefused(plan)) return EXIT.refused;
  const code = exitCodeOf(outcomes, soft.aborted);
  return code === EXIT.ok && countHeld(plan) > 0 ? EXIT.pending : code;
}

/** Whose signature the commit carries, where one was asked for. */
async function describeSigner({ source }: WritingSession): Promise<string> {
  const settled = await source();
  return settled.kind === "commit" && settled.signature !== undefined ? `, signed by ${settled.signature.signer}` : "";
}

/** One line when all is well; whatever needs a person's eyes is told in full. */
function report({ io, tenant }: WritingSession, { plan, run, outcomes }: Written, signedBy: string): void {
  if (isBlocked(plan) || isRefused(plan)) {
    io.print(renderPlan(plan, io.paint));
    return;
  }
  const at = plan.revision === null ? "" : ` at ${plan.revision}${signedBy}`;
  const written = `${summarizeOutcomes(outcomes, countHeld(plan))} (run ${run})${rememberNarrowing(plan)}`;
  const what = run === null ? summarizePlan(plan) : written;
  io.print(`${tenant.name}${at}: ${what}\n`);
  for (const outcome of outcomes) if (outcome.error !== null) io.print(renderOutcome(outcome, io.paint));
  io.print(renderChanges(plan, plan.changes.filter(isHeld), { paint: io.paint, describe: sentencesOf }));
}
