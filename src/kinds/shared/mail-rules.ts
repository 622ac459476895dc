/** Rules for whatever sends mail: nothing in it may be a placeholder, and its variables must be scope paths. */
import type { Problem } from "../../model/finding.ts";
import { isJsonArray, isJsonObject, type Json, type JsonPath } from "../../model/json.ts";

/** Where values come from at run time (seed article on e-mail nodes; `$system` from its rule, not its text). */
const VARIABLE = /^\$(interaction|workflow|contact|system)\.[A-Za-z0-9._]+$/;
/** `_` and digits end a word here, so that `tmpl_TODO` is found and `TODOS` is not. */
const PLACEHOLDER = /(?<![A-Za-z])(?:TODO|CHANGEME)(?![A-Za-z])|@@[^@\s]+@@|\$\{[^}]*\}?/;

export function checkVariables(variables: Readonly<Record<string, Json>>, path: JsonPath): readonly Problem[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    if (typeof value === "string" && (VARIABLE.test(value) || PLACEHOLDER.test(value))) return [];
    const message = `variable "${name}" is ${JSON.stringify(value)}, which is no scope path`;
    const hint =
      "Write a path such as $contact.primaryEmail; it begins with $interaction, $workflow, $contact or $system.";
    return [{ rule: "email/variable", path: [...path, name], message, hint }];
  });
}

/** Every string below a value that still is a placeholder. */
export function checkPlaceholders(value: Json, path: JsonPath): readonly Problem[] {
  if (typeof value === "string") {
    const found = PLACEHOLDER.exec(value)?.[0];
    if (found === undefined) return [];
    const message = `the placeholder "${found}" would go out in a mail`;
    return [{ rule: "email/placeholder", path, message, hint: "Fill in the real value." }];
  }
  if (isJsonArray(value)) return value.flatMap((item, index) => checkPlaceholders(item, [...path, index]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => checkPlaceholders(item, [...path, key]));
}

export function checkAttachmentList(
  attachments: readonly { readonly fileId: string }[],
  path: JsonPath,
): readonly Problem[] {
  const seen = new Set<string>();
  return attachments.flatMap(({ fileId }, index) => {
    const at = [...path, index, "fileId"];
    const problems: Problem[] = [];
    if (!fileId.startsWith("att_")) {
      const message = `attachment "${fileId}" does not begin with "att_"`;
      problems.push({
        rule: "email/attachment-id",
        path: at,
        message,
        hint: "Use the file id that the content repository gave it.",
      });
    }
    if (seen.has(fileId)) {
      problems.push({
        rule: "email/duplicate-attachment",
        path: at,
        message: `attachment "${fileId}" is listed twice`,
        hint: "Remove one.",
      });
    }
    seen.add(fileId);
    return problems;
  });
}
