import type { JsonObject } from "../../src/emulator/json.ts";
import type { SeedData } from "./server.ts";
import { range } from "./world.ts";

/** Flows and workflows with mails by number: as a manifest, and as the tenant holds them when nothing differs. */

const QUEUES = ["billing", "orders", "support", "returns", "retention"];

function number(index: number): string {
  return String(index).padStart(5, "0");
}

export function flowId(index: number): string {
  return `ivr_line_${number(index)}`;
}

/** What stands in for the queue that callers pressing 1 reach; a changed flow sends them to the next. */
function queueOf(index: number): string {
  return QUEUES[index % QUEUES.length] ?? "";
}

/** About 900 bytes. With `changed`, callers pressing 1 reach another queue than in the live flow. */
export function flowManifest(index: number, { changed = false }: { readonly changed?: boolean } = {}): string {
  const [queue, other] = changed ? [queueOf(index + 1), queueOf(index)] : [queueOf(index), queueOf(index + 1)];
  return `apiVersion: cxone-gitops/v1
kind: Flow
metadata: { name: line-${number(index)}, labels: { team: ${queueOf(index)} } }
spec:
  id: ${flowId(index)}
  name: Line ${number(index)}
  start: node_start
  nodes:
    - { id: node_start, type: start }
    - { id: node_menu, type: decision, properties: { prompt: "Press 1 for ${queue}, 2 for ${other}", timeoutSeconds: 5 } }
    - { id: node_first, type: decision, properties: { skill: ${queue} } }
    - { id: node_second, type: decision, properties: { skill: ${other} } }
    - { id: node_end, type: terminal }
  connections:
    - { from: node_start, to: node_menu }
    - { from: node_menu, to: node_first, when: "dtmf == '1'" }
    - { from: node_menu, to: node_second, when: "dtmf == '2' || dtmf == '0' && $contact.language != 'de'" }
    - { from: node_menu, to: node_end, type: fallback }
    - { from: node_first, to: node_end }
    - { from: node_second, to: node_end }
`;
}

export function liveFlow(index: number): JsonObject {
  const [queue, other] = [queueOf(index), queueOf(index + 1)];
  const prompt = `Press 1 for ${queue}, 2 for ${other}`;
  return {
    id: flowId(index),
    name: `Line ${number(index)}`,
    type: "IVR",
    nodes: [
      { id: "node_start", type: "start" },
      { id: "node_menu", type: "decision", properties: { prompt, timeoutSeconds: 5 } },
      { id: "node_first", type: "decision", properties: { skill: queue } },
      { id: "node_second", type: "decision", properties: { skill: other } },
      { id: "node_end", type: "terminal" },
    ],
    connections: [
      connection(1, "node_start", "node_menu"),
      connection(2, "node_menu", "node_first", "dtmf == '1'"),
      connection(3, "node_menu", "node_second", "dtmf == '2' || dtmf == '0' && $contact.language != 'de'"),
      { ...connection(4, "node_menu", "node_end"), type: "fallback" },
      connection(5, "node_first", "node_end"),
      connection(6, "node_second", "node_end"),
    ],
  };
}

function connection(index: number, from: string, to: string, when?: string): JsonObject {
  return {
    id: `conn_${String(index).padStart(12, "0")}`,
    source_node_id: from,
    target_node_id: to,
    condition: when ?? "true",
    type: when === undefined ? "default" : "conditional",
  };
}

/** About 900 bytes as well: what a caller of the flow of the same number should meet. */
export function flowTestManifest(index: number): string {
  const [queue, other] = [queueOf(index), queueOf(index + 1)];
  return `apiVersion: cxone-gitops/v1
kind: FlowTest
metadata: { name: line-${number(index)}-paths }
spec:
  flow: line-${number(index)}
  cases:
    - name: one goes to ${queue}, and callers of the other queue are not held up by it
      given: { dtmf: "1", $contact.language: en }
      expect: { path: [node_start, node_menu, node_first, node_end], ends: node_end, avoids: [node_second] }
    - name: two goes to ${other}, whatever they speak
      given: { dtmf: "2", $contact.language: en }
      expect: { path: [node_start, node_menu, node_second, node_end], ends: node_end, avoids: [node_first] }
    - name: zero goes to ${other} as well, but not for those who speak German
      given: { dtmf: "0", $contact.language: en }
      expect: { path: [node_start, node_menu, node_second, node_end], ends: node_end, avoids: [node_first] }
    - name: anything else hangs up
      given: { dtmf: "9", $contact.language: en }
      expect: { ends: node_end, avoids: [node_first, node_second] }
`;
}

function workflowId(index: number): string {
  return `wf_mail_${number(index)}`;
}

const TEMPLATES: readonly JsonObject[] = [
  { id: "tmpl_order", name: "Order", status: "active" },
  { id: "tmpl_invoice", name: "Invoice", status: "active" },
];
const ATTACHMENTS: readonly JsonObject[] = [{ fileId: "att_terms", fileName: "terms.pdf", size: 100_000 }];

function templateOf(index: number): string {
  return index % 2 === 0 ? "tmpl_order" : "tmpl_invoice";
}

export function mailManifest(index: number): string {
  return `apiVersion: cxone-gitops/v1
kind: EmailNode
metadata:
  name: mail-${number(index)}
  labels: { team: ${queueOf(index)} }
  annotations:
    owner: the people who look after the mails that customers get when they have ordered something, number ${number(index)}
    reviewed: every spring, together with the terms and conditions that are attached, by the legal department
spec:
  workflow: ${workflowId(index)}
  node: email_send
  templateId: ${templateOf(index)}
  variables:
    customerName: $interaction.contact.firstName
    customerSurname: $interaction.contact.lastName
    orderTotal: $workflow.data.orderTotal
    orderNumber: $workflow.data.orderNumber
    language: $contact.language
  attachments:
    - { fileId: att_terms, fileName: terms.pdf }
  deliveryMode: standard
  trackOpens: true
  trackClicks: true
  after: [start_node]
  before: [end_node]
`;
}

export function liveWorkflow(index: number): JsonObject {
  return {
    id: workflowId(index),
    name: `Mail ${number(index)}`,
    nodes: [
      { id: "start_node", type: "start", properties: {} },
      {
        id: "email_send",
        type: "email",
        properties: {
          templateId: templateOf(index),
          variables: {
            customerName: "$interaction.contact.firstName",
            customerSurname: "$interaction.contact.lastName",
            orderTotal: "$workflow.data.orderTotal",
            orderNumber: "$workflow.data.orderNumber",
            language: "$contact.language",
          },
          attachments: [{ fileId: "att_terms", fileName: "terms.pdf" }],
          deliveryMode: "standard",
          trackOpens: true,
          trackClicks: true,
        },
      },
      { id: "end_node", type: "end", properties: {} },
    ],
    transitions: [
      { id: "tr_1", source: "start_node", target: "email_send", condition: "true" },
      { id: "tr_2", source: "email_send", target: "end_node", condition: "true" },
    ],
  };
}

/** A tenant with so many flows and so many workflows with a mail, and what the mails refer to. */
export function liveSeed({ flows, mails }: { readonly flows: number; readonly mails: number }): SeedData {
  return {
    flows: range(0, flows).map(liveFlow),
    workflows: range(0, mails).map(liveWorkflow),
    templates: TEMPLATES,
    attachments: ATTACHMENTS,
  };
}
