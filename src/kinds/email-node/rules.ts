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
    ...checkSelf(spec, "after"),
    ...checkSelf(spec, "before"),
  ];
}

function checkSelf(spec: EmailNodeSpec, side: "after" | "before"): readonly Problem[] {
  const index = (spec[side] ?? []).indexOf(spec.node);
  if (index < 0) return [];
  const message = `node "${spec.node}" cannot come ${side} itself`;
  return [{ rule: "email/neighbour", path: ["spec", side, index], message, hint: "Name the nodes beside it." }];
}
