import * as z from "zod";
import { parseCondition } from "../../conditions/parse.ts";
import { textField } from "../shared/fields.ts";

const scalarField = z.union([z.string(), z.number(), z.boolean()], "must be a text, a number, true or false");
const valueField = z.union(
  [...scalarField.options, z.array(scalarField).min(1, "must give at least one answer")],
  "must be a text, a number, true or false, or a list of them",
);

/** Read as conditions read it, so that whatever a condition can ask for can be given, and nothing else. */
const nameField = z.string().refine((name) => {
  const parsed = parseCondition(name);
  return parsed.ok && parsed.condition.type === "isTrue" && parsed.condition.path === name;
}, "must be a name that conditions can ask for, such as dtmf or $contact.language");

/** Reports name cases by it, so there must be something to read. */
const caseNameField = z.string().regex(/[\p{L}\p{N}\p{P}\p{S}]/u, "must not be empty or blank");

const nodesField = z.array(textField).min(1, "must name at least one node");

const expectField = z
  .strictObject({
    path: nodesField.optional(),
    visits: nodesField.optional(),
    avoids: nodesField.optional(),
    ends: textField.optional(),
    endsAny: nodesField.optional(),
    cutOff: z.literal(true).optional(),
  })
  .refine(
    (expect) => Object.values(expect).some((value) => value !== undefined),
    "must say at least one of path, visits, avoids, ends, endsAny and cutOff",
  )
  .refine(
    ({ ends, endsAny, cutOff }) => [ends, endsAny, cutOff].filter((value) => value !== undefined).length < 2,
    "must say only one of ends, endsAny and cutOff",
  );

export const flowTestSchema = z.strictObject({
  flow: textField,
  cases: z
    .array(
      z.strictObject({
        name: caseNameField,
        given: z.record(nameField, valueField).default({}),
        expect: expectField,
      }),
    )
    .min(1, "must hold at least one case"),
});
export type FlowTestSpec = z.infer<typeof flowTestSchema>;
export type CaseSpec = FlowTestSpec["cases"][number];
