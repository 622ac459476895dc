import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { replaceFile } from "../audit/disk.ts";
import { bindPlan, findMoved, trimBindings } from "../engine/bindings.ts";
import { type ErrorCode, EXIT, GitopsError, messageOf } from "../errors.ts";
import { canonicalJson, isJsonObject, isSameJson, type Json, type JsonObject } from "../model/json.ts";
import { type PlannedOptions, type PlannedTenant, SAVED_PLAN_FORMAT_VERSION } from "../model/saved-plan.ts";
import { type ApprovedPlan, approvedSchema, isSealed, labelSchema, type PlanLabel, sealPlan } from "./plan-seal.ts";
import type { Planned } from "./planning.ts";
import type { Session } from "./session.ts";
import { StalePlanError } from "./stale-plan.ts";
import { readVersion } from "./version.ts";

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
  await replaceFile(path, text).catch((thrown: unknown) => {
    throw new GitopsError("plan/invalid", `the plan could not be saved to ${file}: ${messageOf(thrown)}`, {
      hint: "Check that the folder exists and may be written.",
      place: { file },
    });
  });
}

/**
 * Reads a saved plan for the session's tenant. Throws `plan/invalid` for what is no plan; and with exit code 3 `plan/foreign` for one
 * of another tenant or another version of the product, `plan/tampered` when its seal does not fit, `plan/expired`.
 */
export async function openPlanFile(session: Session, file: string): Promise<ApprovedPlan> {
  const content = await readPlanFile(session, file);
  const label = labelSchema.safeParse(content);
  if (!label.success) throw notAPlan(file, "it does not have the form of one");
  refuseForeign(session, file, label.data);
  if (!isSealed(content, await planKey(session))) {
    const message = "the plan's seal does not fit: it was changed after it was made, or made with another key";
    throw refused(
      "plan/tampered",
      file,
      message,
      "Plan again where the plan's key is the same (plans.key), and apply that file.",
    );
  }
  const approved = approvedSchema.safeParse(content);
  if (!approved.success) throw notAPlan(file, "it does not have the form of one");
  if (Date.parse(approved.data.expiresAt) <= session.clock.now()) {
    const message = `the plan expired at ${approved.data.expiresAt}`;
    throw refused("plan/expired", file, message, "Plan again, and have the new plan approved.");
  }
  return approved.data;
}

/** Throws `plan/stale` with every field that moved, when the plan made now is not the one that was approved. */
export async function refuseWhatMoved(session: Session, approved: ApprovedPlan, planned: Planned): Promise<void> {
  const key = await planKey(session);
  const moved = findMoved(approved.bindings, bindPlan({ ...planned, secrets: session.io.secrets, key }));
  if (moved.length > 0) throw new StalePlanError(moved);
}

async function readPlanFile({ io }: Session, file: string): Promise<JsonObject> {
  const path = resolve(io.cwd, file);
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw notAPlan(file, `it is larger than ${MAX_BYTES} bytes`);
    text = await readFile(path, "utf8");
  } catch (thrown) {
    if (thrown instanceof GitopsError) throw thrown;
    throw notAPlan(file, messageOf(thrown));
  }
  const content = parseJson(text);
  if (!isJsonObject(content)) throw notAPlan(file, "it is not JSON");
  return content;
}

function parseJson(text: string): unknown {
  try {
    const content: Json = JSON.parse(text);
    // What is nested too deeply to be put into its canonical form is not ours either.
    canonicalJson(content);
    return content;
  } catch {
    return undefined;
  }
}

function refuseForeign(session: Session, file: string, { tool, tenant }: PlanLabel): void {
  const version = readVersion();
  if (tool !== version) {
    const message = `the plan was made by cxone-gitops ${tool}, and this is ${version}`;
    throw refused("plan/foreign", file, message, "Plan again with this version.");
  }
  const here = plannedTenant(session);
  if (isSameJson({ ...tenant }, { ...here })) return;
  const message =
    tenant.name === here.name
      ? `the plan was made for a tenant "${tenant.name}" with another organisation or other addresses`
      : `the plan was made for tenant "${tenant.name}", and this is "${here.name}"`;
  throw refused("plan/foreign", file, message, "Name the tenant that it was made for with --tenant, or plan again.");
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

function notAPlan(file: string, reason: string): GitopsError {
  return new GitopsError("plan/invalid", `${file} is no saved plan: ${reason}`, {
    hint: "Name a file that `cxone-gitops plan --out` wrote.",
    place: { file },
  });
}

function refused(code: ErrorCode, file: string, message: string, hint: string): GitopsError {
  return new GitopsError(code, message, { hint, place: { file }, exitCode: EXIT.refused });
}
