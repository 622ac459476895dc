/** Imports beside what is managed still and no manifest describes any more. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { openEmulatedWorld } from "../helpers/world.ts";

const WORKFLOW = `apiVersion: cxone-gitops/v1
kind: Workflow
metadata: { name: wf_x }
spec:
  name: By us
  nodes:
    - { id: start_node, type: start }
    - { id: end_node, type: end }
`;
const MAIL = `apiVersion: cxone-gitops/v1
kind: EmailNode
metadata: { name: mail-x }
spec:
  workflow: wf_x
  node: mail_x
  templateId: tmpl_inv_2024
  after: [start_node]
  before: [end_node]
`;

it("a mail whose manifest is gone is nobody's edit, goes into no other manifest, and is told", async (t) => {
  const world = await openEmulatedWorld(t, { "workflow.yaml": WORKFLOW, "mail.yaml": MAIL });
  const read = () => readFileSync(join(world.folder, "manifests/workflow.yaml"), "utf8");
  await world.apply();
  world.remove("mail.yaml");
  const drift = await world.run("import", "--drift", "--auto-approve");
  assert.deepEqual([drift.code, drift.stdout], [0, "Nothing was edited live.\n"]);
  world.emulator.editWorkflow("wf_x", { name: "By hand" });
  const imported = await world.run("import", "workflow/wf_x", "--auto-approve");
  assert.equal(imported.code, 0, imported.stderr);
  assert.match(
    imported.stdout,
    /EmailNode mail-x \(mail_x\) was applied from a manifest that is gone; .* bring its manifest back/,
  );
  assert.match(read(), /name: By hand/);
  assert.doesNotMatch(read(), /mail_x/);
  const planned = await world.run("plan", "--detailed-exitcode");
  assert.equal(planned.code, 0, planned.stdout);

  world.remove("workflow.yaml");
  const whole = await world.run("import");
  assert.match(whole.stdout, /EmailNode mail-x .* the new manifest of the whole document holds what is live of it/);
  assert.doesNotMatch(whole.stdout, /Workflow wf_x \(wf_x\) was applied/);
  assert.match(readFileSync(join(world.folder, "manifests/workflows/wf_x.yaml"), "utf8"), /id: mail_x/);
});
