/** Models as the documents that a tenant holds for them; made without the product. */
import type { JsonObject } from "../../src/emulator/json.ts";
import {
  flowEdges,
  flowNodes,
  type GraphEdge,
  mailEdges,
  mailProperties,
  workflowEdges,
  workflowNodes,
} from "./graphs.ts";
import type { FlowModel, MailModel, WebhookModel, WorkflowModel } from "./models.ts";
import { HOOK_SECRET, PROPERTY_SECRET } from "./secrets.ts";

export function flowDocument(flow: FlowModel): JsonObject {
  return {
    id: flow.id,
    name: flow.title,
    type: "IVR",
    nodes: flowNodes(flow, PROPERTY_SECRET.value).map((node) => ({ ...node })),
    connections: flowEdges(flow).map(({ from, to, condition, type }, index) => ({
      id: `conn_seeded_${index}`,
      source_node_id: from,
      target_node_id: to,
      condition,
      type,
    })),
  };
}

export function workflowDocument(workflow: WorkflowModel, mails: readonly MailModel[]): JsonObject {
  return {
    id: workflow.id,
    name: workflow.title,
    nodes: [...workflowNodes(workflow).map((node) => ({ ...node })), ...mails.map(mailNode)],
    transitions: [...workflowEdges(workflow), ...mails.flatMap(mailEdges)].map(transition),
  };
}

export function mailNode(mail: MailModel): JsonObject {
  return { id: mail.node, type: "email", properties: { ...mailProperties(mail), trackClicks: true } };
}

export function transition({ from, to, condition }: GraphEdge): JsonObject {
  return { id: `tr_seeded_${from}_${to}`, source: from, target: to, condition };
}

export function webhookDocument({ title, url, events, enabled, team }: WebhookModel): JsonObject {
  return { name: title, url, events, enabled, headers: { "x-team": team }, secret: HOOK_SECRET.value };
}
