import * as z from "zod";
import { idField, textField } from "../shared/fields.ts";

export const emailNodeSchema = z.strictObject({
  workflow: idField,
  node: idField,
  templateId: idField,
  variables: z.record(textField, z.string()).optional(),
  attachments: z.array(z.strictObject({ fileId: textField, fileName: textField })).optional(),
  deliveryMode: textField.default("standard"),
  trackOpens: z.boolean().default(true),
  trackClicks: z.boolean().default(true),
  after: z.array(idField).optional(),
  before: z.array(idField).optional(),
});
export type EmailNodeSpec = z.infer<typeof emailNodeSchema>;
