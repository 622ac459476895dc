import * as z from "zod";
import { textField } from "../shared/fields.ts";

export const webhookSchema = z.strictObject({
  name: textField.optional(),
  url: textField,
  events: z.array(textField).min(1, "must name at least one event, such as workflow.updated"),
  enabled: z.boolean().default(true),
  headers: z.record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "is no header name"), z.string()).optional(),
  secret: z.string().optional(),
});
export type WebhookSpec = z.infer<typeof webhookSchema>;
