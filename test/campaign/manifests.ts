import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../src/emulator/json.ts";
import { flowEdges, flowNodes, mailProperties, workflowEdges, workflowNodes } from "./graphs.ts";
import { FIRST_NODE, type FlowModel, LAST_NODE, type MailModel, type Model, type WebhookModel } from "./models.ts";
import { HOOK_SECRET, PROPERTY_SECRET } from "./secrets.ts";

/** Puts the manifests of these models, and no others, into the folder's `manifests`. */
export function writeManifests(folder: string, models: readonly Model[]): void {
  const manifests = join(folder, "manifests");
  rmSync(manifests, { recursive: true, force: true });
  mkdirSync(manifests);
  for (const model of models) {
    const { kind, name } = model;
    const manifest = { apiVersion: "cxone-gitops/v1", kind, metadata: { name }, spec: specOf(model) };
    writeFileSync(join(manifests, `${kind}-${name}.json`), JSON.stringify(manifest, null, 2));
  }
}

function specOf(model: Model): JsonObject {
  switch (model.kind) {
    case "Flow":
      return flowSpec(model);
    case "Workflow":
      return {
        id: model.id,
        name: model.title,
        nodes: workflowNodes(model).map((node) => ({ ...node })),
        transitions: workflowEdges(model).map(({ from, to }) => ({ from, to })),
      };
    case "EmailNode":
      return mailSpec(model);
    case "Webhook":
      return webhookSpec(model);
  }
}

function flowSpec(flow: FlowModel): JsonObject {
  return {
    id: flow.id,
    name: flow.title,
    start: "node_start",
    nodes: flowNodes(flow, `\${env:${PROPERTY_SECRET.variable}}`).map((node) => ({ ...node })),
    connections: flowEdges(flow).map(({ from, to, condition, type }) => ({
      from,
      to,
      type,
      ...(condition !== "true" && { when: condition }),
    })),
  };
}

function mailSpec(mail: MailModel): JsonObject {
  return {
    workflow: mail.workflow,
    node: mail.node,
    ...mailProperties(mail),
    ...(mail.ownsAfter && { after: [FIRST_NODE] }),
    ...(mail.ownsBefore && { before: [LAST_NODE] }),
  };
}

function webhookSpec({ title, url, events, enabled, team }: WebhookModel): JsonObject {
  const secret = `\${env:${HOOK_SECRET.variable}}`;
  return { name: title, url, events, enabled, headers: { "X-Team": team }, secret };
}
