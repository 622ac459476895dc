/** One small valid manifest of each kind, and the way from a text to what validation says about it. */
import assert from "node:assert/strict";
import type { Resource } from "../../src/kinds/kind.ts";
import { KINDS } from "../../src/kinds/registry.ts";
import type { Finding } from "../../src/model/finding.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { parseYaml } from "../../src/source/yaml.ts";
import { type Validation, type ValidationInput, validateDocuments } from "../../src/validate/validate.ts";

export const FLOW = `apiVersion: cxone-gitops/v1
kind: Flow
metadata: { name: main-menu }
spec:
  id: ivr_main_menu_v2
  name: IVR Main Menu
  start: node_start
  nodes:
    - { id: node_start, type: start }
    - { id: node_menu, type: decision }
    - { id: node_queue, type: decision, properties: { skill: Billing } }
    - { id: node_end, type: terminal }
  connections:
    - { from: node_start, to: node_menu }
    - { from: node_menu, to: node_queue, when: "dtmf == '1'" }
    - { from: node_menu, to: node_end, type: fallback }
    - { from: node_queue, to: node_end }
`;

export const EMAIL = `apiVersion: cxone-gitops/v1
kind: EmailNode
metadata: { name: order-confirmation }
spec:
  workflow: wf_12345
  node: email_send_01
  templateId: tmpl_inv_2024
  variables:
    customerName: $interaction.contact.firstName
    orderTotal: $workflow.data.orderTotal
  attachments:
    - { fileId: att_pdf_001, fileName: invoice.pdf }
    - { fileId: att_png_002, fileName: logo.png }
  after: [start_node]
  before: [end_node]
`;

export const WORKFLOW = `apiVersion: cxone-gitops/v1
kind: Workflow
metadata: { name: orders }
spec:
  id: wf_12345
  name: Order Confirmation Workflow
  nodes:
    - { id: start_node, type: start }
    - { id: end_node, type: end }
    - id: mail_node
      type: email
      properties:
        variables: { total: $workflow.data.total }
        attachments: [ { fileId: att_pdf_001, fileName: invoice.pdf } ]
  transitions:
    - { from: start_node, to: end_node }
    - { from: start_node, to: mail_node, when: "total > 5" }
`;

export const WEBHOOK = `apiVersion: cxone-gitops/v1
kind: Webhook
metadata: { name: esp-sync }
spec:
  name: ESP Sync Webhook
  url: https://esp.example.com/hook
  events: [workflow.updated]
  headers: { X-Source: cxone-gitops }
  secret: \${env:HOOK_SECRET}
`;

/** The text with one thing changed, so that a test states only its difference. The thing must be there exactly once. */
export function change(text: string, from: string, to: string): string {
  assert.equal(text.split(from).length, 2, `"${from}" must stand in the manifest exactly once`);
  return text.replace(from, () => to);
}

/** The flow with more lines at its end: connections. */
export const connect = (...lines: readonly string[]) => FLOW + lines.map((line) => `    - { ${line} }\n`).join("");

export type Files = Readonly<Record<string, string>>;
export type Surroundings = Partial<Omit<ValidationInput, "documents">>;

/** Parses and validates as the command does. A single text is the file `m.yaml`. */
export function validate(source: string | Files, surroundings: Surroundings = {}): Validation {
  const files = typeof source === "string" ? { "m.yaml": source } : source;
  const parsed = Object.entries(files).map(([file, text]) => parseYaml(text, { file }));
  const documents = parsed.flatMap((one) => one.documents);
  const defaults = { kinds: KINDS, tenant: null, knownTenants: null, variables: {}, env: {}, severities: {} };
  const validation = validateDocuments({ ...defaults, secrets: new Secrets(), ...surroundings, documents });
  return { ...validation, findings: [...parsed.flatMap((one) => one.problems), ...validation.findings] };
}

/** The one resource of a manifest without errors. */
export function resourceOf(source: string, surroundings: Surroundings = {}): Resource {
  const { resources, findings } = validate(source, surroundings);
  const [resource] = resources;
  assert.deepEqual(
    findings.filter(({ severity }) => severity === "error"),
    [],
  );
  assert.ok(resource !== undefined && resources.length === 1);
  return resource;
}

/** What is expected of one finding: severity when it is no error, rule, line:column; and words of its message. */
export type Expected = readonly [head: string, message: RegExp];

/** One row of a rule table: why, the manifest, and everything that is to be found in it. */
export type Row = readonly [
  reason: string,
  source: string | Files,
  expected: readonly Expected[],
  around?: Surroundings,
];

/** Asserts that exactly the expected findings are there, in order. */
export function assertFindings(findings: readonly Finding[], expected: readonly Expected[]): void {
  const heads = findings.map(({ rule, line, column, severity }) => {
    return `${severity === "error" ? "" : `${severity} `}${rule} ${line}:${column}`;
  });
  const said = findings.map(({ message }) => message).join("\n");
  assert.deepEqual(
    heads,
    expected.map(([head]) => head),
    said,
  );
  for (const [index, [head, message]] of expected.entries()) {
    assert.match(findings[index]?.message ?? "", message, head);
    const says = `${findings[index]?.message} ${findings[index]?.hint ?? ""}`;
    assert.ok(findings[index]?.hint || /must |is no header name/.test(says), `${head} says what to do: ${says}`);
  }
}
