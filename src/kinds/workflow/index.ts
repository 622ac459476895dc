import type { Manifest } from "../../model/manifest.ts";
import { type Kind, type Resource, registerKind } from "../kind.ts";
import { checkLooseEnds } from "../shared/loose-ends.ts";
import { checkMail, mailReferences } from "../shared/mail-references.ts";
import { manifestDocument } from "../shared/manifest-document.ts";
import { drawWorkflow } from "../shared/workflow-graph.ts";
import { composeWorkflow, desiredWorkflow, liveWorkflow } from "./canonical.ts";
import { workflowEffects } from "./effects.ts";
import { restateWorkflow, workflowImporting } from "./import.ts";
import { mailsOf } from "./mails.ts";
import { checkLive } from "./online.ts";
import { excerptWorkflow } from "./parts.ts";
import { checkTransitions, checkWorkflow } from "./rules.ts";
import { type WorkflowSpec, workflowSchema } from "./schema.ts";
import { findOthersParts, transitionsOf, workflowId } from "./transitions.ts";

const workflowKind: Kind<WorkflowSpec> = {
  name: "Workflow",
  schema: workflowSchema,
  check: checkWorkflow,
  toResource,
  importing: workflowImporting,
};

/** A whole workflow: its name, nodes and transitions, except what EmailNode manifests decide in it. */
export const workflow = registerKind(workflowKind);

function toResource(manifest: Manifest<WorkflowSpec>): Resource {
  const id = workflowId(manifest);
  const { spec } = manifest;
  const transitions = transitionsOf(manifest);
  const mails = mailsOf(spec);
  const targetPath = spec.id === undefined ? ["metadata", "name"] : ["spec", "id"];
  return {
    kind: "Workflow",
    name: manifest.metadata.name,
    id,
    metadata: manifest.metadata,
    source: manifest.source,
    manifest: () => manifestDocument(manifest),
    rotation: undefined,
    target: { type: "workflow", id },
    createsDocument: true,
    targetPath,
    claims: [
      { what: "whole", path: targetPath },
      ...spec.nodes.map((node, index) => ({ what: `node/${node.id}`, path: ["spec", "nodes", index, "id"] })),
    ],
    references: mails.flatMap(mailReferences),
    desired: () => desiredWorkflow(spec, transitions),
    live: (document, siblings) => liveWorkflow(document, spec, transitions, findOthersParts(siblings)),
    compose: (document, siblings) => composeWorkflow(document, id, spec, transitions, findOthersParts(siblings)),
    excerpt: (document, siblings) => excerptWorkflow(document, findOthersParts(siblings)),
    remove: () => undefined,
    restate: (document, siblings) => restateWorkflow(document, id, spec, transitions, findOthersParts(siblings)),
    checkSiblings: (siblings) => checkTransitions(spec, siblings),
    checkDocument: (document, siblings) => checkLive(document, manifest, siblings),
    checkComposed: (document) => checkLooseEnds(document, targetPath),
    checkReferences: (readReference) => mails.flatMap((mail) => checkMail(mail, readReference)),
    effectsOf: workflowEffects,
    graphOf: drawWorkflow,
    callFlow: () => undefined,
  };
}
