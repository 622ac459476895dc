/** The hour of a new user, as documented: the script is run as it stands, with the command on the PATH. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { COMPILE_CACHE, START } from "../helpers/command.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

const SCRIPT = fileURLToPath(new URL("../../docs/first-hour.sh", import.meta.url));

it("docs/first-hour.sh plays from an empty folder to a verified trail", async (t) => {
  const bin = makeFolder(t);
  const command = join(bin, "cxone-gitops");
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${START}" "$@"\n`);
  chmodSync(command, 0o755);
  const env = { ...COMPILE_CACHE, PATH: `${bin}:${process.env["PATH"]}`, TMPDIR: bin };
  const { stdout } = await promisify(execFile)("bash", [SCRIPT], { env, maxBuffer: 10_000_000 });
  const said = stdout.split("\n");
  const count = (line: RegExp) => said.filter((text) => line.test(text)).length;

  assert.equal(count(/^\$ cxone-gitops /), 20, "every step was taken");
  assert.equal(count(/at node_billing, skill is now "Retention" instead of "Complaints"/), 1);
  assert.equal(count(/^No changes: live equals desired for 2 resources\.$/), 3);
  assert.equal(count(/^The audit trail verifies: 9 entries/), 1);
  assert.doesNotMatch(stdout, /secret-of-/);
});
