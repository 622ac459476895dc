/** The first thing a new user runs, and the sample tenant that it runs on. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { runCommand } from "../helpers/command.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

it("the demo tells its whole story, warns of nothing, and leaves nothing behind", async (t) => {
  const cwd = makeFolder(t);
  const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith("cxone-gitops-demo-"));
  const before = left();
  const { code, stdout, stderr } = await runCommand(["demo"], { cwd });
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  const story = [
    /14 to create, 1 to update, 1 unchanged\./,
    /15 applied\./,
    /No changes: live equals desired for 16 resources\./,
    /~ \/nodes\/node_queue_03\/properties\/skill: "Retention" → "Billing"/,
    /1 applied\./,
    /No changes: live equals desired for 16 resources\./,
    /The audit trail verifies: 32 entries/,
  ];
  let rest = stdout;
  for (const part of story) {
    const at = rest.search(part);
    assert.ok(at >= 0, `${part} in its place of\n${stdout}`);
    rest = rest.slice(at + 1);
  }
  assert.deepEqual(
    left().filter((name) => !before.includes(name)),
    [],
  );
});

it("the sample's manifests have no findings, for any of its tenants", async () => {
  const checkout = fileURLToPath(new URL("../..", import.meta.url));
  const { code, stdout } = await runCommand(["validate"], { cwd: checkout });
  assert.equal(code, 0);
  assert.match(stdout, /^23 manifests read, no findings\.\n$/);
});
