import { isList, isObject, type JsonObject, textAt, valueAt } from "./json.ts";
import type { RuleProblem } from "./refusal.ts";
import type { Template } from "./seed.ts";

/** Seed SE, step 3. */
const VARIABLE_PATTERN = /^\$(interaction|workflow|contact|system)\.[a-zA-Z0-9._]+$/;

/** What the schema asks of an e-mail node (seed SE: 400 for a bad `properties` object or variable scope). */
export function checkEmailNode(node: JsonObject): readonly RuleProblem[] {
  const id = textAt(node, "id") ?? "";
  const problems: RuleProblem[] = [];
  const report = (said: string) => problems.push({ message: `Node ${id}: ${said}`, node: id });
  const properties = valueAt(node, "properties");
  if (!isObject(properties)) return [{ message: `Node ${id}: properties must be an object`, node: id }];
  if (!textAt(properties, "templateId")) report("templateId must be a non-empty string");
  for (const said of [...checkVariables(properties), ...checkAttachments(properties)]) report(said);
  for (const flag of ["trackOpens", "trackClicks"]) {
    const value = valueAt(properties, flag);
    if (value !== undefined && typeof value !== "boolean") report(`${flag} must be true or false`);
  }
  const mode = valueAt(properties, "deliveryMode");
  if (mode !== undefined && typeof mode !== "string") report("deliveryMode must be a string");
  return problems;
}

function checkVariables(properties: JsonObject): readonly string[] {
  const variables = valueAt(properties, "variables");
  if (variables === undefined) return [];
  if (!isObject(variables)) return ["variables must be an object"];
  return Object.entries(variables)
    .filter(([, path]) => typeof path !== "string" || !VARIABLE_PATTERN.test(path))
    .map(([name, path]) => `variable ${name} has the malformed scope path ${JSON.stringify(path)}`);
}

/** Only the form: whether the file exists and how large it is shows when the mail is sent (seed SE asks the client to look before). */
function checkAttachments(properties: JsonObject): readonly string[] {
  const attachments = valueAt(properties, "attachments");
  if (attachments === undefined) return [];
  if (!isList(attachments)) return ["attachments must be a list"];
  return attachments.flatMap((attachment, index) => {
    if (!isObject(attachment)) return [`attachments[${index}] must be an object`];
    const fileId = textAt(attachment, "fileId");
    if (!fileId || !textAt(attachment, "fileName")) return [`attachments[${index}] must have fileId and fileName`];
    return fileId.startsWith("att_") ? [] : [`the attachment id ${fileId} must begin with att_`];
  });
}

/**
 * The template compilation that a write sets off (seed SE: 400 with a detailed compilation error when the template is broken). That an
 * unknown template is found here too is an assumption.
 */
export function compileTemplate(
  node: JsonObject,
  templatesById: ReadonlyMap<string, Template>,
): readonly RuleProblem[] {
  const id = textAt(node, "id") ?? "";
  const properties = valueAt(node, "properties");
  const templateId = (isObject(properties) ? textAt(properties, "templateId") : undefined) ?? "";
  const template = templatesById.get(templateId);
  const said = template === undefined ? "does not exist" : template.broken;
  if (said === undefined) return [];
  return [{ message: `Node ${id}: template ${templateId} does not compile: ${said}`, node: id, template: templateId }];
}
