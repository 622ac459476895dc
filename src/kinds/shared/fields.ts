import * as z from "zod";
import type { Json } from "../../model/json.ts";

/** Ids go into URLs and file names; nothing in them may need quoting there. */
export const idField = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/,
    "must be letters, digits and . _ : - (at most 128, beginning with a letter or digit)",
  );

export const textField = z.string().min(1, "must not be empty");

/** Any JSON value. It has been read as JSON already, so there is nothing left to check. */
export const jsonField = z.custom<Json>((value) => value !== undefined, "is missing");

/** Free-form fields that the product passes through. */
export const propertiesField = z.record(z.string(), jsonField);

/** A node of a flow or a workflow as both kinds write it. */
export const nodeField = z.strictObject({
  id: idField,
  type: textField,
  properties: propertiesField.optional(),
});
export type NodeSpec = z.infer<typeof nodeField>;
