import type { Problem } from "../../model/finding.ts";
import type { Manifest } from "../../model/manifest.ts";
import { checkAttachmentList, checkPlaceholders, checkVariables } from "../shared/mail-rules.ts";
import type { EmailNodeSpec } from "./schema.ts";

/** The offline rules of an e-mail node: product specification, section 4. */
export function checkEmailNode(manifest: Manifest<EmailNodeSpec>): readonly Problem[] {
  const { spec } = manifest;
  return [
    ...checkVariables(spec.variables ?? {}, ["spec", "variables"]),
    ...checkAttachmentList(spec.attachments ?? [], ["spec", "attachments"]),
    ...checkPlaceholders(spec.templateId, ["spec", "templateId"]),
    ...checkPlaceholders(spec.deliveryMode, ["spec", "deliveryMode"]),
    ...checkPlaceholders(spec.variables ?? {}, ["spec", "variables"]),
    ...checkPlaceholders(spec.attachments ?? [], ["spec", "attachments"]),
    ...checkUnreached(spec),
    ...checkSelf(spec, "after"),
    ...checkSelf(spec, "before"),
  ];
}

/** A manifest that owns the transitions to its node, and asks for none. */
function checkUnreached(spec: EmailNodeSpec): readonly Problem[] {
  if (spec.after === undefined || spec.after.length > 0) return [];
  const message = `nothing leads to node "${spec.node}", so its mail is never sent`;
  const hint = "Name the nodes that it comes after, or leave `after` out to keep the transitions that are live.";
  return [{ rule: "email/unreached", severity: "warning", path: ["spec", "after"], message, hint }];
}

function checkSelf(spec: EmailNodeSpec, side: "after" | "before"): readonly Problem[] {
  const index = (spec[side] ?? []).indexOf(spec.node);
  if (index < 0) return [];
  const message = `node "${spec.node}" cannot come ${side} itself`;
  return [{ rule: "email/neighbour", path: ["spec", side, index], message, hint: "Name the nodes beside it." }];
}
