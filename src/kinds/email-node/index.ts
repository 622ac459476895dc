import type { Problem } from "../../model/finding.ts";
import type { JsonObject } from "../../model/json.ts";
import { objectsAt, stringAt } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { type Claim, type Kind, type Resource, registerKind } from "../kind.ts";
import { checkEdgeEnds, checkGraphShape } from "../shared/live-shape.ts";
import { checkLooseEnds } from "../shared/loose-ends.ts";
import { checkMail, mailOf, mailReferences } from "../shared/mail-references.ts";
import { manifestDocument } from "../shared/manifest-document.ts";
import { drawWorkflow } from "../shared/workflow-graph.ts";
import { composeNode, desiredEmailNode, liveEmailNode } from "./canonical.ts";
import { emailNodeEffects } from "./effects.ts";
import { emailNodeImporting, restateEmailNode } from "./import.ts";
import { readWorkflow } from "./live-workflow.ts";
import { checkAgreement, checkNeighbours, isWholeOwned } from "./neighbours.ts";
import { checkLiveNode } from "./online.ts";
import { excerptEmailNode, removeEmailNode } from "./parts.ts";
import { checkEmailNode } from "./rules.ts";
import { type EmailNodeSpec, emailNodeSchema } from "./schema.ts";
import { composeTransitions, onOwnedSides } from "./transitions.ts";

const emailNodeKind: Kind<EmailNodeSpec> = {
  name: "EmailNode",
  schema: emailNodeSchema,
  check: checkEmailNode,
  toResource,
  importing: emailNodeImporting,
};

/** One e-mail send node inside a workflow that others may own. */
export const emailNode = registerKind(emailNodeKind);

function toResource(manifest: Manifest<EmailNodeSpec>): Resource {
  const { spec } = manifest;
  const fileIds = (spec.attachments ?? []).map(({ fileId }) => fileId);
  const mail = mailOf(spec.templateId, fileIds, ["spec"]);
  return {
    kind: "EmailNode",
    name: manifest.metadata.name,
    id: spec.node,
    metadata: manifest.metadata,
    source: manifest.source,
    manifest: () => manifestDocument(manifest),
    rotation: undefined,
    target: { type: "workflow", id: spec.workflow },
    createsDocument: false,
    targetPath: ["spec", "workflow"],
    claims: claimsOf(spec),
    references: mailReferences(mail),
    desired: () => desiredEmailNode(spec),
    live: (document) => liveEmailNode(document, spec),
    compose: (document) => composeEmailNode(document ?? { id: spec.workflow }, spec),
    excerpt: (document) => excerptEmailNode(document, spec),
    remove: (document) => removeEmailNode(document, spec),
    restate: (document) => restateEmailNode(document, spec),
    checkSiblings: (siblings) => [
      ...(isWholeOwned(siblings) ? checkNeighbours(() => false, spec, siblings) : []),
      ...checkAgreement(spec, siblings),
    ],
    checkDocument: (document, siblings) => checkLive(document, spec, siblings),
    checkComposed: (document) => checkLooseEnds(document, ["spec", "workflow"]),
    checkReferences: (readReference) => checkMail(mail, readReference),
    effectsOf: emailNodeEffects,
    graphOf: drawWorkflow,
    callFlow: () => undefined,
  };
}

function checkLive(
  document: JsonObject | undefined,
  spec: EmailNodeSpec,
  siblings: readonly Resource[],
): readonly Problem[] {
  if (document === undefined) return [];
  const path = ["spec", "workflow"];
  const misshapen = [
    ...checkGraphShape(document, ["nodes", "transitions"], path),
    ...checkEdgeEnds(onOwnedSides(document, spec), "transitions", path),
  ];
  if (misshapen.length > 0) return misshapen;
  const { nodes } = readWorkflow(document);
  const isLive = (node: string) => nodes.has(node);
  const neighbours = isWholeOwned(siblings) ? [] : checkNeighbours(isLive, spec, siblings);
  return [...checkLiveNode(document, spec), ...neighbours];
}

function claimsOf(spec: EmailNodeSpec): readonly Claim[] {
  return [
    { what: `node/${spec.node}`, path: ["spec", "node"] },
    ...(spec.after ? [{ what: `transitions-to/${spec.node}`, path: ["spec", "after"] }] : []),
    ...(spec.before ? [{ what: `transitions-from/${spec.node}`, path: ["spec", "before"] }] : []),
  ];
}

function composeEmailNode(document: JsonObject, spec: EmailNodeSpec): JsonObject {
  // Looked through as it is, for what comes of it is another document.
  const nodes = objectsAt(document, "nodes");
  const live = nodes.find((one) => stringAt(one, "id") === spec.node);
  const node = composeNode(live, spec);
  return {
    ...document,
    nodes: live === undefined ? [...nodes, node] : nodes.map((one) => (stringAt(one, "id") === spec.node ? node : one)),
    ...((spec.after ?? spec.before) && { transitions: composeTransitions(document, spec) }),
  };
}
