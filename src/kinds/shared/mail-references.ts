/** What a mail refers to on the tenant, and the checks that only the tenant can answer: asked while planning. */
import type { Problem } from "../../model/finding.ts";
import { type JsonPath, valueAt } from "../../model/json.ts";
import type { DocumentRef, LiveRead } from "../../model/live.ts";
import type { Reference } from "../kind.ts";

/** The node type under which CXone keeps e-mail send nodes (seed article on e-mail nodes). */
export const MAIL_NODE_TYPE = "email";

/** Attachment limits of the e-mail service, in bytes (seed article on e-mail nodes): more is an error, equal is not. */
export const MAX_ATTACHMENT_BYTES = 10 * 1024 * 1024;
export const MAX_ATTACHMENTS_BYTES = 25 * 1024 * 1024;

const MEBIBYTE = 1024 * 1024;

/** One node that sends mail: its references, and where its attachments are listed. */
export interface Mail {
  readonly template: Reference | undefined;
  readonly attachments: readonly Reference[];
  readonly attachmentsPath: JsonPath;
}

/** The mail of a node's template and attachments, whichever manifest describes the node. `path` leads to both. */
export function mailOf(templateId: string | undefined, fileIds: readonly string[], path: JsonPath): Mail {
  return {
    template:
      templateId === undefined
        ? undefined
        : { ref: { type: "template", id: templateId }, path: [...path, "templateId"] },
    attachments: fileIds.map((id, index) => ({
      ref: { type: "attachment", id },
      path: [...path, "attachments", index, "fileId"],
    })),
    attachmentsPath: [...path, "attachments"],
  };
}

export function mailReferences({ template, attachments }: Mail): readonly Reference[] {
  return template === undefined ? attachments : [template, ...attachments];
}

/** The template and the attachments exist, and the attachments are small enough, each and together. */
export function checkMail(mail: Mail, readReference: (ref: DocumentRef) => LiveRead): readonly Problem[] {
  const problems: Problem[] = mailReferences(mail).flatMap((reference) =>
    readReference(reference.ref).state === "absent" ? [missingReference(reference)] : [],
  );
  let totalBytes = 0;
  for (const { ref, path } of mail.attachments) {
    const read = readReference(ref);
    if (read.state !== "present") continue;
    const size = valueAt(read.document, "size");
    if (typeof size !== "number") {
      problems.push(unknownSize(ref.id, path));
      continue;
    }
    totalBytes += size;
    if (size > MAX_ATTACHMENT_BYTES) problems.push(tooLarge(ref.id, size, path));
  }
  return totalBytes > MAX_ATTACHMENTS_BYTES
    ? [...problems, tooLargeTogether(totalBytes, mail.attachmentsPath)]
    : problems;
}

function missingReference({ ref, path }: Reference): Problem {
  const message = `${ref.type} "${ref.id}" does not exist on the tenant`;
  if (ref.type === "template") {
    return { rule: "email/unknown-template", path, message, hint: "Create the template first, or name another." };
  }
  return { rule: "email/unknown-attachment", path, message, hint: "Upload the file first, or name another." };
}

/** A warning, because CXone itself may know the size and send the mail all the same. */
function unknownSize(id: string, path: JsonPath): Problem {
  const message = `the size of attachment "${id}" could not be checked: the tenant does not tell it`;
  const hint = "Look at the file: CXone sends at most 10 MiB a file, and 25 MiB with a mail.";
  return { rule: "email/attachment-size-unknown", severity: "warning", path, message, hint };
}

function tooLarge(id: string, size: number, path: JsonPath): Problem {
  const message = `attachment "${id}" is ${inMebibytes(size)}, and CXone sends at most 10 MiB a file`;
  return {
    rule: "email/attachment-too-large",
    path,
    message,
    hint: "Use a smaller file, or link to it in the template.",
  };
}

function tooLargeTogether(bytes: number, path: JsonPath): Problem {
  const message = `the attachments are ${inMebibytes(bytes)} together, and CXone sends at most 25 MiB with a mail`;
  return { rule: "email/attachments-too-large", path, message, hint: "Remove one, or link to it in the template." };
}

/** Rounded up, so that a file just over a limit never reads as the limit itself. */
function inMebibytes(bytes: number): string {
  return `${Math.ceil((bytes / MEBIBYTE) * 100) / 100} MiB`;
}
