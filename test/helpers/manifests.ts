/** The smallest manifests that mean something; a test changes one thing in them. */

export const FLOW = `apiVersion: cxone-gitops/v1
kind: Flow
metadata: { name: main-menu }
spec:
  id: ivr_main_menu_v2
  name: IVR Main Menu
  start: node_start_01
  nodes:
    - { id: node_start_01, type: start }
    - { id: node_dtmf_02, type: decision, properties: { prompt: Press one for billing, timeoutSeconds: 5 } }
    - { id: node_queue_03, type: decision, properties: { skill: Billing } }
    - { id: node_end_05, type: terminal }
  connections:
    - { from: node_start_01, to: node_dtmf_02 }
    - { from: node_dtmf_02, to: node_queue_03, when: "dtmf == '1'" }
    - { from: node_dtmf_02, to: node_end_05, type: fallback }
    - { from: node_queue_03, to: node_end_05 }
`;

export const EMAIL = `apiVersion: cxone-gitops/v1
kind: EmailNode
metadata: { name: order-confirmation }
spec:
  workflow: wf_12345
  node: email_send_01
  templateId: tmpl_inv_2024
  variables: { customerName: $interaction.contact.firstName, orderTotal: $workflow.data.orderTotal }
  attachments: [ { fileId: att_pdf_001, fileName: invoice.pdf } ]
  after: [start_node]
`;

export const SECOND_EMAIL = EMAIL.replace("order-confirmation", "order-reminder")
  .replace("email_send_01", "email_send_02")
  .replace("after: [start_node]", "after: [email_send_01]");

export const WEBHOOK = `apiVersion: cxone-gitops/v1
kind: Webhook
metadata: { name: esp-sync }
spec:
  name: ESP Sync Webhook
  url: http://127.0.0.1:9/hook
  events: [workflow.updated]
  headers: { X-Source: cxone-gitops }
  secret: \${env:HOOK_SECRET}
`;

export const WORKFLOW = `apiVersion: cxone-gitops/v1
kind: Workflow
metadata: { name: service-visit }
spec:
  id: wf_service_visit
  name: Service Visit
  nodes:
    - { id: start_node, type: start }
    - { id: end_node, type: end }
  transitions:
    - { from: start_node, to: end_node }
`;

/** A flow of its own under another name and id. */
export function flowNamed(name: string): string {
  return FLOW.replace("main-menu", name).replace("ivr_main_menu_v2", `ivr_${name}`);
}
