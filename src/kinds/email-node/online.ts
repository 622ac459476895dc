/** What only the tenant can tell about an e-mail node: asked while planning, before anything is written. */
import type { Problem } from "../../model/finding.ts";
import {
  canonicalJson,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  objectsAt,
  stringAt,
  valueAt,
} from "../../model/json.ts";
import type { DocumentRef, LiveRead } from "../../model/live.ts";
import type { Reference } from "../kind.ts";
import { EMAIL_NODE_TYPE, type EmailNodeSpec, MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS_BYTES } from "./schema.ts";

const MEBIBYTE = 1024 * 1024;

export function emailReferences(spec: EmailNodeSpec): readonly Reference[] {
  const attachments = (spec.attachments ?? []).map((attachment, index) => ({
    ref: { type: "attachment", id: attachment.fileId },
    path: ["spec", "attachments", index, "fileId"],
  }));
  return [{ ref: { type: "template", id: spec.templateId }, path: ["spec", "templateId"] }, ...attachments];
}

export function checkEmailReferences(
  spec: EmailNodeSpec,
  readReference: (ref: DocumentRef) => LiveRead,
): readonly Problem[] {
  const problems: Problem[] = [];
  let totalBytes = 0;
  for (const { ref, path } of emailReferences(spec)) {
    const read = readReference(ref);
    if (read.state === "absent") problems.push(missingReference(ref, path));
    if (read.state !== "present" || ref.type !== "attachment") continue;
    const size = valueAt(read.document, "size");
    if (typeof size !== "number") continue;
    totalBytes += size;
    if (size > MAX_ATTACHMENT_BYTES) problems.push(tooLarge(ref.id, size, path));
  }
  if (totalBytes > MAX_ATTACHMENTS_BYTES) {
    const message = `the attachments are ${inMebibytes(totalBytes)} together, and CXone sends at most 25 MiB with a mail`;
    problems.push({
      rule: "email/attachments-too-large",
      path: ["spec", "attachments"],
      message,
      hint: "Remove one, or link to it in the template.",
    });
  }
  return problems;
}

function missingReference(ref: DocumentRef, path: Reference["path"]): Problem {
  const message = `${ref.type} "${ref.id}" does not exist on the tenant`;
  const hint =
    ref.type === "template" ? "Create the template first, or name another." : "Upload the file first, or name another.";
  return { rule: `email/unknown-${ref.type}`, path, message, hint };
}

function tooLarge(id: string, size: number, path: Reference["path"]): Problem {
  const message = `attachment "${id}" is ${inMebibytes(size)}, and CXone sends at most 10 MiB a file`;
  return {
    rule: "email/attachment-too-large",
    path,
    message,
    hint: "Use a smaller file, or link to it in the template.",
  };
}

/** Rounded up, so that a file just over a limit never reads as the limit itself. */
function inMebibytes(bytes: number): string {
  return `${Math.ceil((bytes / MEBIBYTE) * 100) / 100} MiB`;
}

/** A node of that id but of another type belongs to somebody else and is never overwritten; nor is what cannot be read. */
export function checkLiveNode(document: JsonObject, spec: EmailNodeSpec): readonly Problem[] {
  const path = ["spec", "node"];
  const nodes = objectsAt(document, "nodes").filter((node) => stringAt(node, "id") === spec.node);
  const [node, another] = nodes;
  if (node === undefined) return [];
  const which = `node "${spec.node}" of workflow "${spec.workflow}"`;
  if (another !== undefined) {
    const message = `${which} is live ${nodes.length} times`;
    return [{ rule: "live/duplicate-node", path, message, hint: "Remove all but one of them in CXone." }];
  }
  const type = valueAt(node, "type") ?? null;
  if (type !== EMAIL_NODE_TYPE) {
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
