import { objectsAt, stringAt } from "../../model/json.ts";
import { MAIL_NODE_TYPE, type Mail, mailOf } from "../shared/mail-references.ts";
import type { WorkflowSpec } from "./schema.ts";

/** The nodes of a whole workflow that send mail; they are held to the same checks as an EmailNode's. */
export function mailsOf(spec: WorkflowSpec): readonly Mail[] {
  return spec.nodes.flatMap((node, index) => {
    if (node.type !== MAIL_NODE_TYPE) return [];
    const properties = node.properties ?? {};
    const fileIds = objectsAt(properties, "attachments").flatMap((file) => stringAt(file, "fileId") ?? []);
    return [mailOf(stringAt(properties, "templateId"), fileIds, ["spec", "nodes", index, "properties"])];
  });
}
