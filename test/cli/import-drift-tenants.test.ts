/** Live edits of one tenant, in manifests that others share: what is asked of these is never changed in silence. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { runHere } from "../helpers/here.ts";
import { commitAll, git } from "../helpers/temp-folder.ts";
import { openTwoTenants, TENANTS_ENV } from "../helpers/tenants.ts";
import { MENU } from "./drift-world.ts";

const SHARED = MENU.replace('"${var:greeting} Menu"', '"${var:stage} Menu"').replace(
  "skill: Billing",
  'skill: "${var:skill}"',
);
const EDIT = (prompt: string) => ({
  nodes: [
    { id: "node_dtmf_02", properties: { prompt } },
    { id: "node_queue_03", properties: { skill: "Support" } },
  ],
});

async function openShared(t: TestContext, manifest: string) {
  const { folder, dev, run: _ } = await openTwoTenants(t, { "menu.yaml": manifest });
  const run = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await runHere(args, { cwd: folder, env: TENANTS_ENV });
    return { code, said: `${stdout}${stderr}` };
  };
  const applied = await run("apply", "--tenant", "dev", "--auto-approve");
  assert.equal(applied.code, 0, applied.said);
  return { folder, dev, run, read: () => readFileSync(join(folder, "manifests", "menu.yaml"), "utf8") };
}

const IMPORT = ["import", "--drift", "--tenant", "dev"] as const;

it("leaves a shared manifest's references to variables, names the variable to change, and says whom else an edit is for", async (t) => {
  const { folder, dev, run, read } = await openShared(t, SHARED);
  git(folder, "init", "-q", "-b", "main");
  git(folder, "config", "user.name", "Test Person");
  git(folder, "config", "user.email", "test@example.com");
  commitAll(folder, "first");
  dev.editFlow("ivr_main_menu_v2", { ...EDIT("Press 1 for billing"), name: "Front Door" });
  const edited = SHARED.replace("Press one", "Press 1");
  const notes = [
    '/spec/nodes/2/properties/skill refers to ${var:skill} and differs live; the reference stays, for the manifest is for prod as well. To keep the edit, change variables.skill of tenant dev in the configuration to "Support"',
    "/spec/name refers to ${var:stage} and differs live; the reference stays, for the manifest is for prod as well. Write what is meant by hand, or change variables.stage of tenant dev in the configuration",
    "this manifest is for prod as well, and asks for the same there now",
  ];

  const json = await run(...IMPORT, "--check", "--output", "json");
  const [entry] = JSON.parse(json.said).written;
  assert.equal(entry.action, "edited");
  for (const note of notes) assert.ok(entry.notes.includes(note), json.said);

  const committed = await run(...IMPORT, "--branch", "live", "--author", "Ada <ada@example.com>");
  assert.equal(committed.code, 4, committed.said);
  assert.equal(`${git(folder, "show", "live:manifests/menu.yaml")}\n`, edited);
  const message = git(folder, "log", "-1", "--format=%B", "live");
  for (const note of notes) assert.ok(message.includes(`\n  ${note}\n`), message);
  assert.match(message, /What was edited is for prod as well: `cxone-gitops plan --tenant all` shows what it changes/);

  const twice = await run(...IMPORT, "--branch", "live", "--author", "Ada <ada@example.com>");
  assert.equal(twice.code, 4, twice.said);
  assert.match(twice.said, /All of it is in [0-9a-f]{12} on branch live already/);

  const { code, said } = await run(...IMPORT, "--auto-approve");
  assert.equal(code, 4, said);
  assert.equal(read(), edited);
  for (const note of notes) assert.ok(said.includes(`\n      ${note}\n`), said);
  assert.match(
    said,
    /1 taken over\. .*`cxone-gitops plan` then shows what is left.* for prod as well: `.*--tenant all`/,
  );
  assert.doesNotMatch(said, /sends nothing/);

  // What is left is never forgotten, and the same whoever imports it.
  const again = await run(...IMPORT);
  assert.deepEqual([again.code, read()], [4, edited], again.said);
  assert.match(again.said, /^1 not taken over\.$/m);
  const plain = await run("import", "flow/ivr_main_menu_v2", "--tenant", "dev");
  assert.deepEqual([plain.code, read()], [4, edited], plain.said);
  assert.match(plain.said, /= unchanged Flow main-menu .*\n(?: {6}.*\n)* {6}.* change variables.skill of tenant dev/);

  // Doing as it says is all there is to do.
  const config = join(folder, "cxone-gitops.yaml");
  writeFileSync(
    config,
    readFileSync(config, "utf8").replace("stage: dev, skill: Billing dev", "stage: dev, skill: Support"),
  );
  const done = await run(...IMPORT);
  assert.doesNotMatch(done.said, /skill/);
  assert.match(done.said, /\/spec\/name refers to/);
});

it("says which variable has given way in a manifest that is one tenant's alone", async (t) => {
  const { dev, run, read } = await openShared(t, SHARED.replace("main-menu }", "main-menu, tenants: [dev] }"));
  dev.editFlow("ivr_main_menu_v2", EDIT("Press one for billing"));
  const { code, said } = await run(...IMPORT, "--auto-approve");
  assert.equal(code, 0, said);
  assert.match(read(), /skill: "Support" /, said);
  assert.match(
    said,
    /skill referred to \$\{var:skill\} and holds what is live now; .* change variables.skill of tenant dev in the/,
  );
  assert.match(said, /`cxone-gitops apply` then records them, and sends nothing\.$/m);
});
