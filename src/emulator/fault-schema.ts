import * as z from "zod";
import type { FaultRule } from "./faults.ts";

const faultSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("status"),
    status: z.int().min(200).max(599),
    retryAfter: z.union([z.number().min(0), z.strictObject({ httpDateIn: z.number() })]).optional(),
    body: z.json().optional(),
  }),
  z.strictObject({ type: z.literal("lost-answer") }),
  z.strictObject({ type: z.literal("reset") }),
  z.strictObject({ type: z.literal("slow"), milliseconds: z.number().min(0) }),
  z.strictObject({ type: z.literal("conflict") }),
  z.strictObject({ type: z.literal("concurrent-edit"), edit: z.record(z.string(), z.json()) }),
  z.strictObject({ type: z.literal("expired-token") }),
  z.strictObject({ type: z.literal("short-page") }),
  z.strictObject({ type: z.literal("lag") }),
  z.strictObject({ type: z.literal("html") }),
  z.strictObject({ type: z.literal("no-list") }),
]);

/** A fault rule as a seed file or the admin interface may give it: the edit of a `concurrent-edit` is a merge patch there. */
export const faultRuleSchema: z.ZodType<FaultRule> = z.strictObject({
  match: z
    .strictObject({
      method: z
        .string()
        .regex(/^[A-Z]+$/, "must be in capitals")
        .optional(),
      path: z.string().startsWith("/").optional(),
    })
    .optional(),
  times: z.union([z.int().positive(), z.literal("always")]).optional(),
  after: z.int().min(0).optional(),
  every: z.int().positive().optional(),
  fault: faultSchema,
});
