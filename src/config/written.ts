import * as z from "zod";
import { NOTIFICATION_FORMATS, NOTIFICATION_TYPES } from "../model/notification.ts";
import { RECONCILE_POLICIES } from "../model/policy.ts";

/**
 * The configuration as people write it (product specification, section 5). Every key is optional but a tenant's `org`; unknown
 * keys are errors. Texts may hold `${var:NAME}` and `${env:NAME}`, so what a text must look like is checked after those are
 * resolved, tenant by tenant.
 */

const text = z.string().min(1, "must not be empty");
const milliseconds = z.number().int().min(0).max(3_600_000);
const percent = z.number().min(0).max(100);

/** A credential or a key is a text or lies in a file of its own. */
const value = z.union([text, z.strictObject({ file: text })]);

const family = z.strictObject({
  baseUrl: text.optional(),
  tokenPath: text.optional(),
  scope: text.optional(),
});

export const writtenTenant = z.strictObject({
  org: text,
  credentials: z.strictObject({ clientId: value, clientSecret: value }).optional(),
  flows: family.optional(),
  workflows: family.optional(),
  variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  limits: z
    .strictObject({
      requestsPerSecond: z.number().positive().max(10_000).optional(),
      burst: z.number().int().min(1).max(10_000).optional(),
      concurrency: z.number().int().min(1).max(1000).optional(),
    })
    .optional(),
  retry: z
    .strictObject({
      attempts: z.number().int().min(1).max(10).optional(),
      baseMs: milliseconds.optional(),
      capMs: milliseconds.optional(),
      budgetMs: milliseconds.optional(),
    })
    .optional(),
  guard: z.strictObject({ maxUpdatePercent: percent.optional(), maxDeletePercent: percent.optional() }).optional(),
  reconcile: z.strictObject({ policy: z.enum(RECONCILE_POLICIES).optional() }).optional(),
  consistencyWindowMs: milliseconds.optional(),
});

const notification = z.strictObject({
  url: value,
  secret: value.optional(),
  format: z.enum(NOTIFICATION_FORMATS).optional(),
  events: z.array(z.enum(NOTIFICATION_TYPES)).min(1).optional(),
  tenants: z.array(text).min(1).optional(),
});

export const writtenConfig = z.strictObject({
  manifests: text.optional(),
  source: z.strictObject({ requireSigned: z.boolean().optional(), allowedSigners: text.optional() }).optional(),
  audit: z
    .strictObject({
      file: text.optional(),
      git: z.strictObject({ branch: text, remote: text.optional(), folder: text.optional() }).optional(),
      signingKey: value.optional(),
      verifyKey: value.optional(),
    })
    .optional(),
  cache: z
    .union([
      z.strictObject({ directory: text.optional(), maxMegabytes: z.number().int().min(1).max(1024).optional() }),
      z.literal(
        false,
        "must be false or have `directory` or `maxMegabytes`: leave it out to keep the cache as it is by default",
      ),
    ])
    .optional(),
  plans: z
    .strictObject({
      validForHours: z
        .number()
        .positive()
        .max(24 * 365)
        .optional(),
      key: value.optional(),
    })
    .optional(),
  reconcile: z
    .strictObject({
      policy: z.enum(RECONCILE_POLICIES).optional(),
      flipFlop: z
        .strictObject({
          repairs: z.number().int().min(1).max(1000).optional(),
          withinMinutes: z.number().int().min(1).max(10_080).optional(),
        })
        .optional(),
    })
    .optional(),
  tenants: z.record(z.string(), writtenTenant).optional(),
  notifications: z.array(notification).optional(),
  rules: z.record(z.string(), z.enum(["error", "warning", "warn", "info", "off"])).optional(),
});

export type WrittenValue = z.infer<typeof value>;
export type WrittenNotification = z.infer<typeof notification>;
export type WrittenFamily = z.infer<typeof family>;
export type WrittenTenant = z.infer<typeof writtenTenant>;
export type WrittenConfig = z.infer<typeof writtenConfig>;
