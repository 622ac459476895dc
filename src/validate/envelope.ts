import * as z from "zod";
import { API_VERSION } from "../model/manifest.ts";

const textByKey = z.record(z.string().min(1, "must not be empty"), z.string());

/** What every manifest has around its spec. */
export const envelopeSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.string().min(1, "must not be empty"),
  metadata: z.strictObject({
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
        "must be letters, digits and . _ - (at most 128, beginning with a letter or digit)",
      ),
    labels: textByKey.default({}),
    annotations: textByKey.default({}),
    tenants: z.array(z.string().min(1, "must not be empty")).min(1).optional(),
  }),
  spec: z.record(z.string(), z.unknown()),
});
