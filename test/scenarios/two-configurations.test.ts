/** Two folders of one repository, as `init` begins them: what one manages is no orphan of the other. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { startEmulator } from "../../src/emulator/server.ts";
import { runHere } from "../helpers/here.ts";
import { commitAll, git, makeFolder, makeRepository, writeFiles } from "../helpers/temp-folder.ts";
import { CREDENTIALS } from "../helpers/world.ts";

it("each has a trail of its own on the branch, and --prune in one leaves alone what the other manages", async (t) => {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  const repository = makeRepository(t, { "README.md": "" });
  const remote = makeFolder(t);
  git(remote, "init", "-q", "--bare");
  git(repository, "remote", "add", "origin", remote);
  const run = (folder: string, ...args: readonly string[]) =>
    runHere(args, { cwd: join(repository, folder), env: CREDENTIALS });
  for (const folder of ["sales", "support"]) {
    assert.equal((await run("", "init", folder, "--org", "acme-dev")).code, 0);
    const read = (path: string) => readFileSync(join(repository, folder, path), "utf8");
    const place = `flows: { baseUrl: "${emulator.url}" }\n    workflows: { baseUrl: "${emulator.url}" }`;
    const flow = read("manifests/flows/main-menu.yaml").replace("id: ivr_main_menu", `id: ivr_${folder}`);
    writeFiles(join(repository, folder), {
      "cxone-gitops.yaml": read("cxone-gitops.yaml").replace(
        "    org: acme-dev\n",
        `    org: acme-dev\n    ${place}\n`,
      ),
      "manifests/flows/main-menu.yaml": flow.replace("name: main-menu", `name: ${folder}`),
      "manifests/tests/main-menu.yaml": read("manifests/tests/main-menu.yaml").replace(/flow: .*/, `flow: ${folder}`),
    });
  }
  commitAll(repository, "two teams");
  for (const folder of ["sales", "support"]) {
    const applied = await run(folder, "apply", "--auto-approve");
    assert.equal(applied.code, 0, applied.stderr);
  }
  const pruned = await run("sales", "plan", "--prune");
  assert.equal(pruned.code, 0, pruned.stderr);
  assert.match(pruned.stdout, /^No changes/m);
  assert.match((await run("support", "audit", "verify")).stdout, /The audit trail verifies: 2 entries/);
  assert.equal(git(remote, "ls-tree", "-d", "--name-only", "cxone-audit"), "sales\nsupport");
});
