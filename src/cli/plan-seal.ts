/** The form of a plan's file, and the seal that tells whether it is still what was written. */
import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { keyedDigestOf } from "../model/digest.ts";
import { isJsonObject, type Json, type JsonObject, objectFrom, stringAt } from "../model/json.ts";
import { SAVED_PLAN_FORMAT_VERSION, type SavedPlan } from "../model/saved-plan.ts";

const jsonSchema = z.custom<Json>((value) => value !== undefined);
const digestSchema = z.string().regex(/^hmac-sha256:[0-9a-f]{64}$/);

/** What must be readable before the seal is looked at, so that the reader learns whose plan it is. */
export const labelSchema = z.object({
  formatVersion: z.number(),
  tool: z.string(),
  tenant: z.object({ name: z.string(), org: z.string(), flows: z.string(), workflows: z.string() }),
  seal: digestSchema,
});
export type PlanLabel = z.infer<typeof labelSchema>;

const bindingSchema = z.strictObject({
  kind: z.string(),
  name: z.string(),
  id: z.string(),
  document: z.strictObject({ type: z.string(), id: z.string() }),
  action: z.enum(["create", "update", "delete", "unchanged", "report"]),
  desired: digestSchema.nullable(),
  live: digestSchema.nullable(),
  liveVersion: z.union([z.string(), z.number(), z.null()]),
  sides: z.strictObject({ live: jsonSchema.nullable(), desired: jsonSchema.nullable() }).nullable(),
});

/** What applying a plan needs of its file. The plan itself is for readers: it is made anew, and must come out the same. */
export const approvedSchema = z.object({
  formatVersion: z.literal(SAVED_PLAN_FORMAT_VERSION),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  options: z.strictObject({
    prune: z.boolean(),
    adopt: z.boolean(),
    allowLargeChange: z.boolean(),
    allowProtected: z.boolean(),
  }),
  bindings: z.array(bindingSchema),
});
export type ApprovedPlan = z.infer<typeof approvedSchema>;

/** The text of a plan's file. */
export function sealPlan(plan: SavedPlan, key: string): string {
  const body: Json = JSON.parse(JSON.stringify(plan));
  return `${JSON.stringify({ ...(isJsonObject(body) ? body : {}), seal: keyedDigestOf(body, key) }, null, 2)}\n`;
}

/** Whether nothing has been changed since somebody who has the key sealed it. */
export function isSealed(file: JsonObject, key: string): boolean {
  const body = objectFrom(Object.entries(file).filter(([name]) => name !== "seal"));
  const expected = Buffer.from(keyedDigestOf(body, key));
  const found = Buffer.from(stringAt(file, "seal") ?? "");
  return expected.length === found.length && timingSafeEqual(expected, found);
}
