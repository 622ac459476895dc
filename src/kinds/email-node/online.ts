/** What the live workflow tells about an e-mail node: asked while planning, before anything is written. */
import type { Problem } from "../../model/finding.ts";
import { canonicalJson, isJsonArray, isJsonObject, type JsonObject, valueAt } from "../../model/json.ts";
import { MAIL_NODE_TYPE } from "../shared/mail-references.ts";
import { readWorkflow } from "./live-workflow.ts";
import type { EmailNodeSpec } from "./schema.ts";

/** A node of that id but of another type belongs to somebody else and is never overwritten; nor is what cannot be read. */
export function checkLiveNode(document: JsonObject, spec: EmailNodeSpec): readonly Problem[] {
  const path = ["spec", "node"];
  const nodes = readWorkflow(document).nodes.get(spec.node) ?? [];
  const [node, another] = nodes;
  if (node === undefined) return [];
  const which = `node "${spec.node}" of workflow "${spec.workflow}"`;
  if (another !== undefined) {
    const message = `${which} is live ${nodes.length} times`;
    return [{ rule: "live/duplicate-node", path, message, hint: "Remove all but one of them in CXone." }];
  }
  const type = valueAt(node, "type") ?? null;
  if (type !== MAIL_NODE_TYPE) {
    const message = `${which} is live as type ${canonicalJson(type)}, not as an e-mail node`;
    const hint = "Give the e-mail node another id; a node of another type is never overwritten.";
    return [{ rule: "live/other-type", path, message, hint }];
  }
  if (isReadable(node, spec)) return [];
  const message = `${which} has properties in a shape that is not documented`;
  return [{ rule: "live/shape", path, message, hint: "Nothing is written to it; look at the node in CXone." }];
}

/** Whether every part of the node that would be written over can be shown in a plan first. */
function isReadable(node: JsonObject, { attachments: owned }: EmailNodeSpec): boolean {
  const properties = valueAt(node, "properties") ?? {};
  const attachments = valueAt(properties, "attachments") ?? [];
  const isList = isJsonArray(attachments) && attachments.every(isJsonObject);
  return isJsonObject(properties) && (isList || owned === undefined);
}
