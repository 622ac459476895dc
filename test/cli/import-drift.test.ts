/** Live edits that go back into the manifests: by hand-formatted text, by field, and by branch. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { type ApplyOptions, runApply } from "../../src/cli/apply.ts";
import { type ImportOptions, runImport } from "../../src/cli/import.ts";
import type { ImportEntry } from "../../src/cli/importing/report.ts";
import type { Io } from "../../src/cli/outside/io.ts";
import { runPlan } from "../../src/cli/plan.ts";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/server.ts";
import { GitopsError } from "../../src/errors.ts";
import { runCommand } from "../helpers/command.ts";
import { WEBHOOK } from "../helpers/manifests.ts";
import { commitAll, git, makeRepository, writeFiles } from "../helpers/temp-folder.ts";
import { openTestIo } from "../helpers/test-io.ts";
import { CREDENTIALS, configFor } from "../helpers/world.ts";

const STOPPING = { soft: new AbortController().signal, hard: new AbortController().signal };
const PRINTED = { output: "text", logLevel: "silent", color: false } as const;

const MENU = `# The front door. Ask voice before you touch it.
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

const MAIL = `apiVersion: cxone-gitops/v1
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

interface DriftWorld {
  readonly folder: string;
  readonly emulator: Emulator;
  import(options?: Partial<ImportOptions>): Promise<{ readonly code: number; readonly said: string }>;
  apply(): Promise<void>;
  assertInSync(): Promise<void>;
  read(name: string): string;
  edit(name: string, from: string, to: string): void;
}

async function openDriftWorld(
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

const PROMPT = (prompt: string) => ({ nodes: [{ id: "node_dtmf_02", properties: { prompt } }] });

it("puts live edits where they belong in a hand-formatted file, and the plan is empty", async (t) => {
  const world = await openDriftWorld(t, { "front-door.yaml": `${MENU}---\n${MAIL}` });
  await world.apply();
  world.emulator.editFlow("ivr_main_menu_v2", {
    nodes: [
      { id: "node_dtmf_02", properties: { prompt: "Press one: it's billing" } },
      { id: "node_queue_03", properties: { skill: "Sales", priority: 3 /* nobody's in git */ } },
      { id: "node_vip", type: "decision", properties: { skill: "VIP" } },
    ],
    connections: [
      {
        id: "conn_vip_in",
        source_node_id: "node_dtmf_02",
        target_node_id: "node_vip",
        condition: "dtmf == '2'",
        type: "conditional",
      },
      {
        id: "conn_vip_out",
        source_node_id: "node_vip",
        target_node_id: "node_end_05",
        condition: "true",
        type: "default",
      },
    ],
  });
  world.emulator.editWorkflow("wf_12345", {
    nodes: [{ id: "email_send_01", properties: { deliveryMode: "priority" } }],
  });

  const looked = await world.import({ check: true });
  assert.equal(looked.code, 2);
  assert.match(
    looked.said,
    /^-.*prompt: 'Press one for billing' # at most ten seconds\n\+.*'Press one: it''s billing' # at most/m,
  );
  assert.equal(world.read("front-door.yaml"), `${MENU}---\n${MAIL}`);

  const { code, said } = await world.import();
  assert.equal(code, 0, said);
  assert.match(said, /taken over Flow main-menu .*\n.*edited live .*\/nodes\/node_dtmf_02\/properties\/prompt/);
  const menu = MENU.replace("'Press one for billing'", "'Press one: it''s billing'")
    .replace("{ skill: Billing }", "{ skill: Sales }")
    .replace(
      "type: terminal }\n",
      "type: terminal }\n    - { id: node_vip, type: decision, properties: { skill: VIP } }\n",
    )
    .replace(
      "# hang up\n",
      `# hang up
    - { id: conn_vip_in, from: node_dtmf_02, to: node_vip, when: dtmf == '2' }
    - { id: conn_vip_out, from: node_vip, to: node_end_05 }\n`,
    );
  assert.equal(world.read("front-door.yaml"), `${menu}---\n${MAIL}  deliveryMode: priority\n`);
  await world.assertInSync();
  const again = await world.import();
  assert.deepEqual([again.code, again.said], [0, "Nothing was edited live.\n"]);
});

it("takes live's fields and leaves git's, and where both moved git's stay and all three are told", async (t) => {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU, "mail.yaml": MAIL });
  await world.apply();
  world.edit("main-menu.yaml", "timeoutSeconds: 5", "timeoutSeconds: 7");
  world.edit("main-menu.yaml", "Press one for billing", "For billing, press one");
  world.edit("mail.yaml", "tmpl_inv_2024", "tmpl_inv_2025");
  world.emulator.editFlow("ivr_main_menu_v2", { name: "Front Door", ...PROMPT("Press 1 for billing") });
  const before = world.read("main-menu.yaml");
  const { code, said } = await world.import({ output: "json" });
  assert.equal(code, 4, said);
  assert.equal(world.read("main-menu.yaml"), before.replace(`"\${var:greeting} Menu"`, `"Front Door"`));
  const { written, conflicts } = JSON.parse(said);
  assert.deepEqual(conflicts, [
    {
      ...{ kind: "Flow", name: "main-menu", id: "ivr_main_menu_v2", field: "/nodes/node_dtmf_02/properties/prompt" },
      ...{ applied: "Press one for billing", live: "Press 1 for billing", desired: "For billing, press one" },
    },
  ]);
  assert.deepEqual(
    written.map((entry: ImportEntry) => [entry.kind, entry.action]),
    [
      ["EmailNode", "unchanged"],
      ["Flow", "edited"],
    ],
  );
  const text = await world.import();
  assert.equal(text.code, 4);
  assert.match(
    text.said,
    /conflict at \/nodes\/node_dtmf_02\/properties\/prompt: "Press one for billing" was applied, live says "Press 1 for/,
  );
  assert.match(text.said, /= left EmailNode order-confirmation .*\n.*committed and not deployed/);
});

it("says what cannot be taken over, and shows and writes no secret", async (t) => {
  const owned = `apiVersion: cxone-gitops/v1
kind: Flow
metadata: { name: survey }
spec:
  name: Survey
  start: node_start
  nodes:
    - { id: node_start, type: start, properties: { token: "\${env:CXONE_CLIENT_SECRET}" } }
    - { id: node_end, type: terminal }
  connections: [{ from: node_start, to: node_end }]
`;
  const world = await openDriftWorld(t, {
    "main-menu.yaml": MENU,
    "survey.yaml": owned,
    "hook.yaml": WEBHOOK,
    "mail.yaml": MAIL,
  });
  await world.apply();
  const { emulator } = world;
  emulator.editFlow("survey", { nodes: [{ id: "node_start", properties: { token: "another-secret-value-0002" } }] });
  const first = await world.import();
  assert.equal(first.code, 4, first.said);
  emulator.removeDocument("flow", "ivr_main_menu_v2");
  const { code, said } = await world.import();
  assert.equal(code, 4, said);
  assert.match(said, /! not taken over Flow main-menu .*\n.*deleted live: delete its manifest .*apply/);
  assert.match(
    said,
    /! not taken over Flow survey .*\n.*\/token refers to the environment and differs live; the reference stays/,
  );
  assert.doesNotMatch(said, /another-secret|planted/);
  assert.equal(git(world.folder, "status", "--porcelain"), "");
});

it("writes nothing at all while a read fails", async (t) => {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU, "mail.yaml": MAIL });
  await world.apply();
  world.emulator.editFlow("ivr_main_menu_v2", PROMPT("Press 1 for billing"));
  const match = { method: "GET", path: "/api/v2/workflows/wf_12345" };
  world.emulator.addFault({ match, times: "always", fault: { type: "status", status: 403 } });
  const { code, said } = await world.import();
  assert.equal(code, 1, said);
  assert.match(
    said,
    /! workflow\/wf_12345 is unknown.*\n\nWhat is unknown may have been edited, so nothing was written/,
  );
  assert.equal(git(world.folder, "status", "--porcelain"), "");
});

it("takes over all that differs where the trail knows nothing", async (t) => {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU, "mail.yaml": MAIL });
  await world.apply();
  rmSync(join(world.folder, ".cxone-gitops"), { recursive: true });
  world.edit("main-menu.yaml", "Press one for billing", "For billing, press one");
  world.edit("mail.yaml", "email_send_01", "email_send_09");
  const { code, said } = await world.import();
  assert.equal(code, 0, said);
  assert.match(said, /live, and never applied from here: \/nodes\/node_dtmf_02\/properties\/prompt/);
  assert.match(said, /= left EmailNode order-confirmation .*\n.*not live yet/);
  assert.equal(world.read("main-menu.yaml"), MENU);
});

it("commits on a branch of its own, and touches neither work tree, index, HEAD nor hooks", async (t) => {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU, "mail.yaml": MAIL });
  const { folder, emulator } = world;
  await world.apply();
  for (const hook of ["pre-commit", "commit-msg", "post-commit", "reference-transaction", "post-index-change"]) {
    writeFileSync(join(folder, ".git", "hooks", hook), '#!/bin/sh\ntouch "$GIT_DIR/../hook-ran" hook-ran\n');
    chmodSync(join(folder, ".git", "hooks", hook), 0o755);
  }
  writeFiles(folder, { "manifests/notes.txt": "mine\n" });
  git(folder, "-c", "core.hooksPath=/dev/null", "add", "manifests/notes.txt");
  const state = () => [
    git(folder, "rev-parse", "HEAD", "main"),
    git(folder, "symbolic-ref", "HEAD"),
    git(folder, "-c", "core.hooksPath=/dev/null", "--no-optional-locks", "status", "--porcelain"),
    readFileSync(join(folder, ".git", "index"), "base64"),
  ];
  const before = state();
  emulator.editFlow("ivr_main_menu_v2", PROMPT("Press 1 for billing"));

  const { code, stdout } = await runCommand(["import", "--drift", "--branch", "live/edits", "--output", "json"], {
    cwd: folder,
    env: CREDENTIALS,
  });
  assert.equal(code, 0, stdout);
  const { branch, commit, written } = JSON.parse(stdout);
  assert.equal(branch, "live/edits");
  assert.equal(git(folder, "rev-parse", "refs/heads/live/edits"), commit);
  assert.equal(git(folder, "rev-parse", `${commit}^`), git(folder, "rev-parse", "main"));
  assert.equal(git(folder, "diff", "--name-only", "main", commit), "manifests/main-menu.yaml");
  const edited = `${git(folder, "show", `${commit}:manifests/main-menu.yaml`)}\n`;
  assert.equal(edited, MENU.replace("one for billing'", "1 for billing'"));
  assert.match(
    git(folder, "log", "-1", "--format=%an <%ae>%n%B", commit),
    /^Test Person <test@example.com>\nTake over live edits of dev\n\n- Flow main-menu \(ivr_main_menu_v2\): edited live .*prompt\n\nRun `cxone-gitops plan/,
  );
  assert.deepEqual(
    written.map((entry: ImportEntry) => entry.action),
    ["edited"],
  );

  // The same field once more: what the branch says of it is an earlier edit of live, and none of git's.
  emulator.editFlow("ivr_main_menu_v2", { name: "Front Door", ...PROMPT("Press 1!") });
  const second = await world.import({ branch: "live/edits", author: "Ada <ada@example.com>" });
  assert.equal(second.code, 0, second.said);
  assert.match(
    second.said,
    /Committed [0-9a-f]{12} on branch live\/edits. Push it with: git push -u REMOTE live\/edits\n/,
  );
  assert.equal(git(folder, "rev-parse", "live/edits^"), commit);
  assert.equal(git(folder, "log", "-1", "--format=%an", "live/edits"), "Ada");
  assert.deepEqual(state(), before);
  assert.ok(!existsSync(join(folder, "hook-ran")));
  const third = await world.import({ branch: "live/edits" });
  assert.deepEqual([third.code, third.said], [0, "Nothing was edited live.\n"]);
  emulator.editFlow("ivr_main_menu_v2", PROMPT("Press one for billing"));
  assert.equal((await world.import({ branch: "live/edits" })).code, 0);
  git(folder, "-c", "core.hooksPath=/dev/null", "merge", "-q", "live/edits");
  assert.equal(world.read("main-menu.yaml"), MENU.replace(`"\${var:greeting} Menu"`, '"Front Door"'));
  await world.assertInSync();
});

it("refuses a branch that is not its own, and manifests that are not committed", async (t) => {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU });
  const { folder, emulator } = world;
  await world.apply();
  emulator.editFlow("ivr_main_menu_v2", PROMPT("Press 1 for billing"));
  git(folder, "branch", "theirs");
  const isRefused = (why: RegExp) => (thrown: unknown) =>
    thrown instanceof GitopsError && thrown.code === "import/branch" && why.test(thrown.message);
  await assert.rejects(world.import({ branch: "main" }), isRefused(/checked out/));
  await assert.rejects(world.import({ branch: "theirs" }), isRefused(/no take-over/));
  for (const branch of ["a..b", "-x", "@{-1}", "a b"])
    await assert.rejects(world.import({ branch }), isRefused(/no name/));
  world.edit("main-menu.yaml", "# The front door.", "# The door.");
  await assert.rejects(world.import({ branch: "new" }), isRefused(/main-menu.yaml/));
  assert.equal(git(folder, "branch", "--list", "new"), "");
  commitAll(folder, "second");
  await assert.rejects(world.import({ branch: "new", author: "nobody" }), /"nobody" is not "Name <email>"/);
  assert.equal((await world.import({ branch: "new" })).code, 0);
  await assert.rejects(world.import({ drift: false, branch: "new" }), /--branch says nothing without --drift/);
});
