import { lstat, readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { replaceFile } from "../../audit/disk.ts";
import { bindPlan, findMoved, trimBindings } from "../../engine/bindings.ts";
import { GitopsError, messageOf } from "../../errors.ts";
import { type PlannedOptions, type PlannedTenant, SAVED_PLAN_FORMAT_VERSION } from "../../model/saved-plan.ts";
import { readVersion } from "../package-files.ts";
import type { Planned } from "../planning.ts";
import type { Session } from "../session.ts";
import type { Workspace } from "../workspace.ts";
import { type ApprovedPlan, notAPlan, openPlan, sealPlan, tenantNamedIn } from "./plan-seal.ts";
import { StalePlanError } from "./stale-plan.ts";

/** Larger than any plan of a tenant; more is not ours. */
const MAX_BYTES = 256 * 1024 * 1024;
const HOUR_MS = 60 * 60 * 1000;

/** Writes a plan so that exactly it can be applied later. Only the owner may read the file: it holds live data. */
export async function savePlan(
  session: Session,
  file: string,
  planned: Planned,
  options: PlannedOptions,
): Promise<void> {
  const { io, clock, config } = session;
  const key = await planKey(session);
  const now = clock.now();
  const text = sealPlan(
    {
      formatVersion: SAVED_PLAN_FORMAT_VERSION,
      tool: readVersion(),
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + config.plans.validForHours * HOUR_MS).toISOString(),
      tenant: plannedTenant(session),
      options,
      plan: planned.plan,
      bindings: trimBindings(bindPlan({ ...planned, secrets: io.secrets, key })),
    },
    key,
  );
  const path = resolve(io.cwd, file);
  await refuseOddPlace(path, file);
  await replaceFile(path, text).catch((thrown: unknown) => {
    throw new GitopsError("plan/invalid", `the plan could not be saved to ${file}: ${messageOf(thrown)}`, {
      hint: "Check that the folder exists and may be written.",
      place: { file },
    });
  });
}

/** A device, a pipe or a link is not replaced by a file. */
async function refuseOddPlace(path: string, file: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || found.isFile()) return;
  throw new GitopsError("plan/invalid", `the plan could not be saved: ${file} is there, and is no ordinary file`, {
    hint: "Name a new file, or an earlier plan's.",
    place: { file },
  });
}

/** Reads a saved plan for the session's tenant. Throws as `openPlan` does, and `plan/invalid` for a file that cannot be read. */
export async function openPlanFile(session: Session, file: string): Promise<ApprovedPlan> {
  const text = await readPlanText(session, file);
  const key = await planKey(session);
  return openPlan(text, { file, key, tool: readVersion(), tenant: plannedTenant(session), now: session.clock.now() });
}

/**
 * The workspace with the tenant that a saved plan is for, where no other is named and the configuration has it; otherwise as it is.
 * Throws `plan/invalid` for a file that cannot be read.
 */
export async function forTenantOf(workspace: Workspace, file: string): Promise<Workspace> {
  const { options, config } = workspace;
  if (options.tenant !== undefined) return workspace;
  const tenant = tenantNamedIn(await readPlanText(workspace, file));
  if (tenant === undefined || !config.tenantNames.includes(tenant)) return workspace;
  return { ...workspace, options: { ...options, tenant } };
}

/** Throws `plan/stale` with every field that moved, when the plan made now is not the one that was approved. */
export async function refuseWhatMoved(session: Session, approved: ApprovedPlan, planned: Planned): Promise<void> {
  const key = await planKey(session);
  const moved = findMoved(approved.bindings, bindPlan({ ...planned, secrets: session.io.secrets, key }));
  if (moved.length > 0) throw new StalePlanError(moved);
}

async function readPlanText({ io }: Pick<Workspace, "io">, file: string): Promise<string> {
  const path = resolve(io.cwd, file);
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw notAPlan(file, `it is larger than ${MAX_BYTES} bytes`);
    return await readFile(path, "utf8");
  } catch (thrown) {
    throw thrown instanceof GitopsError ? thrown : notAPlan(file, messageOf(thrown));
  }
}

function plannedTenant({ tenant }: Session): PlannedTenant {
  const { name, org, flows, workflows } = tenant;
  return { name, org, flows: flows.baseUrl, workflows: workflows.baseUrl };
}

/** Only who may write to the tenant can seal a plan for it, unless the configuration names another key. */
async function planKey({ config, tenant }: Session): Promise<string> {
  const key = (await config.plans.resolveKey()) ?? tenant.credentials?.clientSecret;
  if (key !== undefined) return key;
  throw new GitopsError("config/missing", `there is no key to seal a plan of tenant "${tenant.name}" with`, {
    hint: "Set the tenant's `credentials`, or `plans.key`, in the configuration.",
  });
}
