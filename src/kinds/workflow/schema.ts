import * as z from "zod";
import { idField, nodeField, textField } from "../shared/fields.ts";

const transitionField = z.strictObject({
  id: idField.optional(),
  from: textField,
  to: textField,
  when: textField.default("true"),
});

export const workflowSchema = z.strictObject({
  id: idField.optional(),
  name: textField,
  nodes: z.array(nodeField).default([]),
  transitions: z.array(transitionField).default([]),
});
export type WorkflowSpec = z.infer<typeof workflowSchema>;
