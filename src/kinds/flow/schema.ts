import * as z from "zod";
import { idField, nodeField, textField } from "../shared/fields.ts";

/** Limits that the flow API enforces (seed article on flow connections). */
export const MAX_CONNECTIONS = 50;
export const MAX_LEAVING_A_NODE = 10;

const connectionField = z.strictObject({
  id: idField.optional(),
  from: textField,
  to: textField,
  when: z.string().optional(),
  type: z.enum(["default", "conditional", "fallback"]).optional(),
});
export type ConnectionSpec = z.infer<typeof connectionField>;

export const flowSchema = z.strictObject({
  id: idField.optional(),
  name: textField,
  type: textField.default("IVR"),
  start: textField,
  maxConnectionsPerNode: z.number().int().min(1).max(MAX_LEAVING_A_NODE).default(MAX_LEAVING_A_NODE),
  nodes: z.array(nodeField).min(1),
  connections: z.array(connectionField).default([]),
});
export type FlowSpec = z.infer<typeof flowSchema>;
