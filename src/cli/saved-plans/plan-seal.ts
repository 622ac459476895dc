/** The form of a plan's file, and the seal that tells whether it is still what was written. */
import { timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { type ErrorCode, EXIT, GitopsError } from "../../errors.ts";
import { keyedDigestOf } from "../../model/digest.ts";
import {
  canonicalJson,
  isJsonObject,
  isSameJson,
  type Json,
  type JsonObject,
  objectFrom,
  stringAt,
} from "../../model/json.ts";
import { type PlannedTenant, SAVED_PLAN_FORMAT_VERSION, type SavedPlan } from "../../model/saved-plan.ts";

const jsonSchema = z.custom<Json>((value) => value !== undefined);
const digestSchema = z.string().regex(/^hmac-sha256:[0-9a-f]{64}$/);

/** What must be readable before the seal is looked at, so that the reader learns whose plan it is. */
const labelSchema = z.object({
  formatVersion: z.number(),
  tool: z.string(),
  tenant: z.object({ name: z.string(), org: z.string(), flows: z.string(), workflows: z.string() }),
  seal: digestSchema,
});
type PlanLabel = z.infer<typeof labelSchema>;

const bindingSchema = z.strictObject({
  kind: z.string(),
  name: z.string(),
  id: z.string(),
  document: z.strictObject({ type: z.string(), id: z.string() }),
  action: z.enum(["create", "update", "delete", "unchanged", "report"]),
  desired: digestSchema.nullable(),
  rotation: z.string().nullable(),
  live: digestSchema.nullable(),
  liveVersion: z.union([z.string(), z.number(), z.null()]),
  sides: z.strictObject({ live: jsonSchema.nullable(), desired: jsonSchema.nullable() }).nullable(),
});

/** What applying a plan needs of its file. The plan itself is for readers: it is made anew, and must come out the same. */
const approvedSchema = z.object({
  formatVersion: z.literal(SAVED_PLAN_FORMAT_VERSION),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  options: z.strictObject({
    prune: z.boolean(),
    adopt: z.boolean(),
    allowLargeChange: z.boolean(),
    allowProtected: z.boolean(),
    only: z.array(z.string()),
    selector: z.string().nullable(),
    changedSince: z.string().nullable(),
  }),
  bindings: z.array(bindingSchema),
});
export type ApprovedPlan = z.infer<typeof approvedSchema>;

/** The text of a plan's file. */
export function sealPlan(plan: SavedPlan, key: string): string {
  const body: Json = JSON.parse(JSON.stringify(plan));
  return textOf({ ...(isJsonObject(body) ? body : {}), seal: keyedDigestOf(body, key) });
}

/** Who opens a plan's file, and when. */
export interface PlanReader {
  /** For messages. */
  readonly file: string;
  readonly key: string;
  readonly tool: string;
  readonly tenant: PlannedTenant;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * What a plan's file approves. Throws `plan/invalid` for what is no plan; and with exit code 3 `plan/foreign` for one of another tenant
 * or another version of the product, `plan/tampered` when its seal does not fit, `plan/expired`.
 */
export function openPlan(text: string, reader: PlanReader): ApprovedPlan {
  const { file, key, now } = reader;
  const content = parseJson(text);
  if (!isJsonObject(content)) throw notAPlan(file, "it is no JSON object");
  const label = labelSchema.safeParse(content);
  if (!label.success) throw notAPlan(file, "it does not have the form of one");
  refuseForeign(label.data, reader);
  if (!isSealed(text, content, key)) {
    const message = "the plan's seal does not fit: it was changed after it was made, or made with another key";
    const hint = "Plan again where the plan's key is the same (plans.key), and apply that file.";
    throw refused("plan/tampered", file, message, hint);
  }
  const approved = approvedSchema.safeParse(content);
  if (!approved.success) throw notAPlan(file, "it does not have the form of one");
  if (Date.parse(approved.data.expiresAt) <= now) {
    const message = `the plan expired at ${approved.data.expiresAt}`;
    throw refused("plan/expired", file, message, "Plan again, and have the new plan approved.");
  }
  return approved.data;
}

/**
 * Whose plan a file says that it holds; undefined where that cannot be read. Nothing vouches for it before `openPlan` has looked at the
 * seal, so it is good for choosing the tenant that `openPlan` then asks for.
 */
export function tenantNamedIn(text: string): string | undefined {
  return labelSchema.safeParse(parseJson(text)).data?.tenant.name;
}

export function notAPlan(file: string, reason: string): GitopsError {
  return new GitopsError("plan/invalid", `${file} is no saved plan: ${reason}`, {
    hint: "Name a file that `cxone-gitops plan --out` wrote.",
    place: { file },
  });
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

function refuseForeign(label: PlanLabel, { file, tool, tenant }: PlanReader): void {
  if (label.tool !== tool) {
    const message = `the plan was made by cxone-gitops ${label.tool}, and this is ${tool}`;
    throw refused("plan/foreign", file, message, "Plan again with this version.");
  }
  if (isSameJson({ ...label.tenant }, { ...tenant })) return;
  const message =
    label.tenant.name === tenant.name
      ? `the plan was made for a tenant "${tenant.name}" with another organisation or other addresses`
      : `the plan was made for tenant "${label.tenant.name}", and this is "${tenant.name}"`;
  throw refused("plan/foreign", file, message, "Name the tenant that it was made for with --tenant, or plan again.");
}

function refused(code: ErrorCode, file: string, message: string, hint: string): GitopsError {
  return new GitopsError(code, message, { hint, place: { file }, exitCode: EXIT.refused });
}

/**
 * Whether nothing has been changed since somebody who has the key sealed it. `file` is what `text` was parsed to. No byte may differ:
 * of a key that stands there twice we would read the last, and a person the first.
 */
function isSealed(text: string, file: JsonObject, key: string): boolean {
  if (text !== textOf(file)) return false;
  const body = objectFrom(Object.entries(file).filter(([name]) => name !== "seal"));
  const expected = Buffer.from(keyedDigestOf(body, key));
  const found = Buffer.from(stringAt(file, "seal") ?? "");
  return expected.length === found.length && timingSafeEqual(expected, found);
}

function textOf(file: JsonObject): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}
