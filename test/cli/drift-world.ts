/** Manifests as people write them, in a repository, with a tenant that somebody edits. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type ApplyOptions, runApply } from "../../src/cli/apply.ts";
import { type ImportOptions, runImport } from "../../src/cli/import.ts";
import type { Io } from "../../src/cli/outside/io.ts";
import { runPlan } from "../../src/cli/plan.ts";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/server.ts";
import { makeRepository } from "../helpers/temp-folder.ts";
import { openTestIo } from "../helpers/test-io.ts";
import { CREDENTIALS, configFor } from "../helpers/world.ts";

const STOPPING = { soft: new AbortController().signal, hard: new AbortController().signal };
const PRINTED = { output: "text", logLevel: "silent", color: false } as const;

export const MENU = `# The front door. Ask voice before you touch it.
apiVersion: cxone-gitops/v1
kind: Flow
metadata: { name: main-menu }
spec:
  id: ivr_main_menu_v2
  name: "\${var:greeting} Menu" # as callers know it

  start: node_start_01
  nodes:
    - { id: node_start_01, type: start } # calls come in here
    # The menu itself. Marketing owns the words.
    - id: node_dtmf_02
      type: decision
      properties:
        prompt: 'Press one for billing' # at most ten seconds
        timeoutSeconds: 5
    - { id: node_queue_03, type: decision, properties: { skill: Billing } } # their queue
    - { id: node_end_05, type: terminal }

  connections:
    - { from: node_start_01, to: node_dtmf_02 }
    # to billing
    - { from: node_dtmf_02, to: node_queue_03, when: "dtmf == '1'" } # one
    - { from: node_dtmf_02, to: node_end_05, type: fallback }
    - { from: node_queue_03, to: node_end_05 } # hang up
`;

export const MAIL = `apiVersion: cxone-gitops/v1
kind: EmailNode
metadata: { name: order-confirmation }
spec:
  workflow: wf_12345
  node: email_send_01
  # The template is the web shop's.
  templateId: tmpl_inv_2024
  variables: { customerName: $interaction.contact.firstName } # nothing else is known by then
  attachments:
    - { fileId: att_pdf_001, fileName: invoice.pdf } # the invoice
`;

export interface DriftWorld {
  readonly folder: string;
  readonly emulator: Emulator;
  import(options?: Partial<ImportOptions>): Promise<{ readonly code: number; readonly said: string }>;
  apply(): Promise<void>;
  assertInSync(): Promise<void>;
  read(name: string): string;
  edit(name: string, from: string, to: string): void;
}

export async function openDriftWorld(
  t: TestContext,
  manifests: Readonly<Record<string, string>>,
  options: EmulatorOptions = {},
): Promise<DriftWorld> {
  const emulator = await startEmulator(options);
  t.after(() => emulator.close());
  const files = Object.entries(manifests).map(([name, text]) => [`manifests/${name}`, text] as const);
  const folder = makeRepository(t, {
    "cxone-gitops.yaml": configFor(emulator.url, "    variables: { greeting: Main }\n"),
    ".gitignore": ".cxone-gitops/\n",
    ...Object.fromEntries(files),
  });
  const env = { ...CREDENTIALS, HOOK_SECRET: "whsec_cGxhbnRlZC1ob29rLXNlY3JldC0wMDAx", HOME: folder };
  const run = async (work: (io: Io) => Promise<number>) => {
    const { io, said } = openTestIo(folder, env);
    const code = await work(io);
    return { code, said: said() };
  };
  const path = (name: string) => join(folder, "manifests", name);
  return {
    folder,
    emulator,
    import: (more = {}) =>
      run((io) => runImport(io, [], { ...PRINTED, drift: true, autoApprove: true, ...more }, STOPPING)),
    async apply() {
      const applying: ApplyOptions = { ...PRINTED, autoApprove: true };
      const { code, said } = await run((io) => runApply(io, undefined, applying, STOPPING));
      assert.equal(code, 0, said);
    },
    async assertInSync() {
      const { code, said } = await run((io) => runPlan(io, { ...PRINTED, detailedExitcode: true }, STOPPING));
      assert.equal(code, 0, said);
    },
    read: (name) => readFileSync(path(name), "utf8"),
    edit(name, from, to) {
      const text = readFileSync(path(name), "utf8");
      assert.ok(text.includes(from), from);
      writeFileSync(path(name), text.replace(from, to));
    },
  };
}

export const PROMPT = (prompt: string) => ({ nodes: [{ id: "node_dtmf_02", properties: { prompt } }] });
