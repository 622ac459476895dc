/** The nodes and edges that a model stands for, whoever writes them down. */
import type { JsonObject } from "../../src/emulator/json.ts";
import { FIRST_NODE, type FlowModel, LAST_NODE, type MailModel, type WorkflowModel } from "./models.ts";

export interface GraphNode {
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly condition: string;
  readonly type: "default" | "conditional" | "fallback";
}

/** `secret` is what stands in the property that comes from the environment: its reference, or its value. */
export function flowNodes(flow: FlowModel, secret: string): readonly GraphNode[] {
  const menu = { prompt: flow.prompt, timeoutSeconds: 5, ...(flow.holdsSecret && { lookupKey: secret }) };
  return [
    { id: "node_start", type: "start", properties: {} },
    { id: "node_menu", type: "decision", properties: menu },
    ...flow.queues.map(({ number, skill, priority }) => ({
      id: queueNode(number),
      type: "decision",
      properties: { skill, priority },
    })),
    { id: "node_end", type: "terminal", properties: {} },
  ];
}

export function flowEdges({ queues }: FlowModel): readonly GraphEdge[] {
  return [
    { from: "node_start", to: "node_menu", condition: "true", type: "default" },
    ...queues.map(({ number, language }) => ({
      from: "node_menu",
      to: queueNode(number),
      condition: `dtmf == '${number}'${language === null ? "" : ` && $contact.language == '${language}'`}`,
      type: "conditional" as const,
    })),
    { from: "node_menu", to: "node_end", condition: "true", type: "fallback" },
    ...queues.map(({ number, next }) => ({
      from: queueNode(number),
      to: next === null ? "node_end" : queueNode(next),
      condition: "true",
      type: "default" as const,
    })),
  ];
}

function queueNode(number: number): string {
  return `node_queue_${number}`;
}

export function workflowNodes({ steps }: WorkflowModel): readonly GraphNode[] {
  return [
    { id: FIRST_NODE, type: "start", properties: {} },
    ...steps.map(({ number, seconds }) => ({ id: stepNode(number), type: "wait", properties: { seconds } })),
    { id: LAST_NODE, type: "end", properties: {} },
  ];
}

/** One step after the other, without the mails. */
export function workflowEdges({ steps }: WorkflowModel): readonly GraphEdge[] {
  const path = [FIRST_NODE, ...steps.map(({ number }) => stepNode(number)), LAST_NODE];
  return path.slice(1).map((to, index) => edgeBetween(path[index] ?? FIRST_NODE, to));
}

function stepNode(number: number): string {
  return `step_${number}`;
}

/** The transitions that a mail decides. */
export function mailEdges({ node, ownsAfter, ownsBefore }: MailModel): readonly GraphEdge[] {
  return [...(ownsAfter ? [edgeBetween(FIRST_NODE, node)] : []), ...(ownsBefore ? [edgeBetween(node, LAST_NODE)] : [])];
}

/** The properties that a mail names. */
export function mailProperties(mail: MailModel): JsonObject {
  return {
    templateId: mail.template,
    ...(mail.variables && { variables: mail.variables }),
    ...(mail.attachments && { attachments: mail.attachments.map((fileId) => ({ fileId, fileName: `${fileId}.pdf` })) }),
    deliveryMode: mail.deliveryMode,
    trackOpens: mail.trackOpens,
  };
}

function edgeBetween(from: string, to: string): GraphEdge {
  return { from, to, condition: "true", type: "default" };
}
