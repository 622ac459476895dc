import { EXIT, type ExitCode } from "../errors.ts";
import { hasChanges, isBlocked, isRefused } from "../model/plan.ts";
import { renderPlan } from "../render/plan-text.ts";
import { type Io, printJson } from "./io.ts";
import type { CommonOptions, GuardOptions } from "./options.ts";
import type { Stopping } from "./stopping.ts";
import { openWorkspace, planTenant } from "./wiring.ts";

export interface PlanOptions extends CommonOptions, GuardOptions {
  /** Exit 2 when there is something to apply. */
  readonly detailedExitcode?: boolean;
}

/** Reads live and prints what apply would do. Writes nothing. */
export async function runPlan(io: Io, options: PlanOptions, stopping: Stopping): Promise<ExitCode> {
  const workspace = await openWorkspace(io, options, { needCredentials: true, stopping });
  const { plan, connection } = await planTenant(workspace, options);
  await connection.close();
  if (options.output === "json") printJson(io, plan);
  else io.print(renderPlan(plan, io.paint));
  if (isBlocked(plan)) return EXIT.error;
  if (isRefused(plan)) return EXIT.refused;
  return options.detailedExitcode === true && hasChanges(plan) ? EXIT.pending : EXIT.ok;
}

/** As `plan --detailed-exitcode`, for schedulers that ask one question: is live as desired? */
export function runDrift(io: Io, options: CommonOptions, stopping: Stopping): Promise<ExitCode> {
  // Nothing is applied here, so nothing has to be guarded.
  return runPlan(io, { ...options, detailedExitcode: true, allowLargeChange: true, allowProtected: true }, stopping);
}
