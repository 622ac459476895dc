/** The same at the command's door: folders full of damaged files. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import fc from "fast-check";
import { runCommand } from "../helpers/command.ts";
import { writeFiles } from "../helpers/temp-folder.ts";
import { EMAIL, FLOW, WEBHOOK, WORKFLOW } from "../kinds/manifests.ts";
import { assertNoDefect } from "./defects.ts";
import { editedManifest } from "./edited-manifests.ts";
import { assertFindings } from "./findings.ts";
import { garbled, mangled } from "./mangle.ts";
import { slowRuns } from "./runs.ts";
import { grammarText, greedyText } from "./yaml-texts.ts";

/** Each run starts a process or two, on dozens of files. */
const RUNS = slowRuns(3);
const MANIFESTS = [FLOW, EMAIL, WORKFLOW, WEBHOOK];

const text = fc.oneof(mangled(MANIFESTS), editedManifest(MANIFESTS), grammarText, greedyText);
const bytes = fc.oneof(
  text.map((written) => Buffer.from(written)),
  garbled(text).map((read) => Buffer.from(read)),
);
/** Words that reach messages: a terminal would obey them. */
const OBEYED =
  '{apiVersion: cxone-gitops/v1, kind: "\\e[2J", metadata: {name: x, "\\a": 1}, spec: {a: "${var:\\e[31m}"}}';
const folder = fc.array(fc.tuple(fc.constantFrom("yaml", "yml", "json"), bytes), { minLength: 20, maxLength: 40 });

it("validate: exit 0 or 1, one JSON document of findings, and a text without control characters", async () => {
  await fc.assert(
    fc.asyncProperty(folder, async (files) => {
      const cwd = mkdtempSync(join(tmpdir(), "fuzz-validate-"));
      try {
        const drawn = files.map(([ending, content], index) => [`manifests/f${index}.${ending}`, content] as const);
        const named = [["manifests/obeyed.yaml", Buffer.from(OBEYED)] as const, ...drawn];
        writeFiles(cwd, Object.fromEntries(named));
        const ran = await runCommand(["validate", "--output", "json"], { cwd });
        assertNoDefect(ran, [0, 1]);
        const { findings }: { findings: readonly unknown[] } = JSON.parse(ran.stdout);
        assertFindings(findings, Object.fromEntries(named.map(([name, content]) => [name, readAsPerson(content)])));
        const printed = await runCommand(["validate"], { cwd });
        assertNoDefect(printed, [ran.code]);
        assert.doesNotMatch(printed.stdout, /[\p{Cc}--\n]/v);
      } finally {
        rmSync(cwd, { recursive: true, force: true });
      }
    }),
    RUNS,
  );
});

/** Without the byte order mark, and with a stand-in for what is no text: columns count what an editor shows. */
function readAsPerson(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}
