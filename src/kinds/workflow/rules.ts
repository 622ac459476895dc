/** The offline rules of a workflow: product specification, section 4. */
import { closest } from "../../model/closest.ts";
import type { Problem } from "../../model/finding.ts";
import { isJsonArray, isJsonObject, type Json, type JsonPath, stringAt } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Resource } from "../kind.ts";
import { duplicates } from "../shared/duplicates.ts";
import type { NodeSpec } from "../shared/fields.ts";
import { MAIL_NODE_TYPE } from "../shared/mail-references.ts";
import { checkAttachmentList, checkPlaceholders, checkVariables } from "../shared/mail-rules.ts";
import type { WorkflowSpec } from "./schema.ts";
import { findOthersParts, transitionsOf } from "./transitions.ts";

export function checkWorkflow(manifest: Manifest<WorkflowSpec>): readonly Problem[] {
  const { spec } = manifest;
  const nodeIds = spec.nodes.map((node) => node.id);
  const transitions = transitionsOf(manifest);
  const sameNodes = duplicates(nodeIds).map(
    ({ index, value }): Problem => ({
      rule: "workflow/duplicate-node",
      path: ["spec", "nodes", index, "id"],
      message: `node id "${value}" is used twice`,
      hint: "Every node of a workflow needs an id of its own.",
    }),
  );
  const sameTransitions = duplicates(transitions.map((edge) => edge.id)).map(
    ({ index, firstIndex, value }): Problem => {
      const isWritten = transitions[index]?.hasWrittenId || transitions[firstIndex]?.hasWrittenId;
      return {
        rule: "workflow/duplicate-transition",
        path: ["spec", "transitions", index],
        message: isWritten
          ? `transition id "${value}" is used twice`
          : `the transition from "${transitions[index]?.from}" to "${transitions[index]?.to}" stands here twice`,
        hint: isWritten ? "Leave the ids out, and unique ones are derived." : "Remove one, or change its condition.",
      };
    },
  );
  return [...sameNodes, ...sameTransitions, ...spec.nodes.flatMap(checkMailNode)];
}

/** A node that sends mail is held to the mail rules, whichever manifest describes it. */
function checkMailNode(node: NodeSpec, index: number): readonly Problem[] {
  if (node.type !== MAIL_NODE_TYPE) return [];
  const properties: Json = node.properties ?? {};
  const path = ["spec", "nodes", index, "properties"];
  const { variables, attachments } = node.properties ?? {};
  return [
    ...checkPlaceholders(properties, path),
    ...(isJsonObject(variables) ? checkVariables(variables, [...path, "variables"]) : []),
    ...checkAttachments(attachments, [...path, "attachments"]),
  ];
}

/** Here attachments are free-form properties, so that their shape is a rule's business and not the schema's. */
function checkAttachments(attachments: Json | undefined, path: JsonPath): readonly Problem[] {
  if (attachments === undefined || attachments === null) return [];
  const files = isJsonArray(attachments) ? attachments : [attachments];
  const isFile = (file: Json) => stringAt(file, "fileId") !== undefined && stringAt(file, "fileName") !== undefined;
  const wrong = files.findIndex((file) => !isFile(file));
  if (isJsonArray(attachments) && wrong < 0) {
    return checkAttachmentList(
      files.map((file) => ({ fileId: stringAt(file, "fileId") ?? "" })),
      path,
    );
  }
  const message = "attachments are a list, and each has a `fileId` and a `fileName`, both text";
  const hint = "For example: attachments: [ { fileId: att_pdf_001, fileName: invoice.pdf } ].";
  return [{ rule: "email/attachment-shape", path: isJsonArray(attachments) ? [...path, wrong] : path, message, hint }];
}

/** Transitions join nodes of this manifest or of the EmailNodes in its workflow, and no transition has two owners. */
export function checkTransitions(spec: WorkflowSpec, siblings: readonly Resource[]): readonly Problem[] {
  const others = findOthersParts(siblings);
  const own = new Set(spec.nodes.map((node) => node.id));
  return spec.transitions.flatMap((transition, index) => {
    const path = ["spec", "transitions", index];
    const unknown = (["from", "to"] as const).filter(
      (end) => !own.has(transition[end]) && !others.hasNode(transition[end]),
    );
    if (unknown.length > 0) return unknown.map((end) => unknownEnd(transition[end], [...path, end], own));
    if (!others.hasTransition(transition)) return [];
    const message = `the transition from "${transition.from}" to "${transition.to}" is also decided by an EmailNode's \`after\` or \`before\``;
    return [
      {
        rule: "workflow/transition-owned-twice",
        path,
        message,
        hint: "Remove it here, or leave `after` and `before` out of the EmailNode.",
      },
    ];
  });
}

function unknownEnd(id: string, path: readonly (string | number)[], known: Iterable<string>): Problem {
  const near = closest(id, known);
  const hint = near === undefined ? "Add the node, or remove the transition." : `Did you mean "${near}"?`;
  return {
    rule: "workflow/unknown-node",
    path,
    message: `the transition names "${id}", which is no node of this workflow`,
    hint,
  };
}
