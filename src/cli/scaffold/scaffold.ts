/** What `init` writes into a folder, as texts. */

import { pipelineFiles, quoted, readPart } from "./pipeline-files.ts";
import type { Pipelines } from "./pipelines.ts";

export interface ScaffoldFile {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface ScaffoldOptions {
  readonly org: string;
  readonly tenant: string;
  readonly pipelines: Pipelines;
  readonly actionRef: string;
  /** The trail's folder on its branch, empty for the branch's top; null for a trail in a file. */
  readonly trail: { readonly folder: string } | null;
}

/** The folder of manifests in the scaffold's configuration. */
export const MANIFESTS = "manifests";
/** What runs leave in the folder, and git is to leave alone. */
export const IGNORED = ".cxone-gitops/";

const SCHEMAS = ["config.json", "manifest.json"];

export async function listScaffold(options: ScaffoldOptions): Promise<readonly ScaffoldFile[]> {
  const schemas = SCHEMAS.map(async (name) => ({ path: `schemas/${name}`, text: await readPart(`schemas/${name}`) }));
  return [
    { path: "cxone-gitops.yaml", text: configText(options) },
    { path: `${MANIFESTS}/flows/main-menu.yaml`, text: FLOW },
    { path: `${MANIFESTS}/tests/main-menu.yaml`, text: FLOW_TEST },
    ...(await Promise.all(schemas)),
    { path: ".gitignore", text: `${IGNORED}\n` },
    ...(await pipelineFiles(options)),
  ];
}

/** Runners forget their disks, so where pipelines write, the trail goes on a branch: each configuration's own trail. */
function configText({ org, tenant, trail }: ScaffoldOptions): string {
  const audit =
    trail === null
      ? `# Every write to a tenant, announced before and recorded after. Keep this file from run to run.
audit: { file: ${IGNORED}audit.jsonl }`
      : `# Every write to a tenant, announced before and recorded after: on a branch, so that it outlives the machine that wrote it. Needs the
# remote \`origin\`. For a trail in a file instead: audit: { file: ${IGNORED}audit.jsonl }
audit: { git: { branch: cxone-audit${trail.folder === "" ? "" : `, folder: ${quoted(trail.folder)}`} } }`;
  return `# yaml-language-server: $schema=schemas/config.json
# What cxone-gitops works on.
manifests: ${MANIFESTS}
${audit}

tenants:
  ${quoted(tenant)}:
    # The first part of the tenant's host names.
    org: ${quoted(org)}
    # From the environment, or { file: PATH }; never written out here.
    credentials: { clientId: "\${env:CXONE_CLIENT_ID}", clientSecret: "\${env:CXONE_CLIENT_SECRET}" }
    # What differs from tenant to tenant. A manifest takes a value with \${var:NAME}.
    variables:
      billingSkill: Billing
    # Share of what is live that one run may change or delete without being asked twice.
    guard: { maxUpdatePercent: 30, maxDeletePercent: 10 }
`;
}

const FLOW = `# yaml-language-server: $schema=../../schemas/manifest.json
# A first flow. It owns what it names: the tenant's other flows, and fields that are not here, stay as they are.
apiVersion: cxone-gitops/v1
kind: Flow
metadata: { name: main-menu }
spec:
  id: ivr_main_menu
  name: Main Menu
  start: node_start
  nodes:
    - { id: node_start, type: start }
    - { id: node_menu, type: decision, properties: { prompt: "For billing, press 1." } }
    - { id: node_billing, type: decision, properties: { skill: "\${var:billingSkill}" } }
    - { id: node_end, type: terminal }
  connections:
    - { from: node_start, to: node_menu }
    - { from: node_menu, to: node_billing, when: "dtmf == '1'" }
    - { from: node_menu, to: node_end, type: fallback }
    - { from: node_billing, to: node_end }
`;

const FLOW_TEST = `# yaml-language-server: $schema=../../schemas/manifest.json
# What callers are promised. \`cxone-gitops test\` follows these calls offline; nothing of it is sent.
apiVersion: cxone-gitops/v1
kind: FlowTest
metadata: { name: main-menu-paths }
spec:
  flow: main-menu
  cases:
    - name: one goes to billing
      given: { dtmf: "1" }
      expect: { path: [node_start, node_menu, node_billing, node_end] }
    - name: anything else ends the call
      given: { dtmf: "9" }
      expect: { ends: node_end, avoids: [node_billing] }
`;
