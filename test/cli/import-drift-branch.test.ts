/** Live edits committed on a branch: only ever added to, and never over what somebody else did. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import type { ImportEntry } from "../../src/cli/importing/report.ts";
import { GitopsError } from "../../src/errors.ts";
import { commitOnBranch, openCommitBase } from "../../src/source/git/git-commit.ts";
import { runCommand } from "../helpers/command.ts";
import { commitAll, git, makeRepository, writeFiles } from "../helpers/temp-folder.ts";
import { CREDENTIALS, configFor } from "../helpers/world.ts";
import { type DriftWorld, MAIL, MENU, openDriftWorld, PROMPT } from "./drift-world.ts";

const isRefused = (why: RegExp) => (thrown: unknown) =>
  thrown instanceof GitopsError && thrown.code === "import/branch" && why.test(thrown.message);

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
  const held = git(folder, "rev-parse", "live/edits");
  for (const check of [true, false]) {
    const third = await world.import({ branch: "live/edits", check });
    assert.equal(third.code, 0, third.said);
    if (!check)
      assert.match(third.said, new RegExp(`All of it is in ${held.slice(0, 12)} on branch live/edits already`));
  }
  assert.equal(git(folder, "rev-parse", "live/edits"), held);
  git(folder, "-c", "core.hooksPath=/dev/null", "merge", "-q", "live/edits");
  const merged = MENU.replace(`"\${var:greeting} Menu"`, '"Front Door"').replace("one for billing'", "1!'");
  assert.equal(world.read("main-menu.yaml"), merged);
  await world.assertInSync();
});

it("refuses a branch that is not its own, and manifests that are not committed", async (t) => {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU });
  const { folder, emulator } = world;
  await world.apply();
  emulator.editFlow("ivr_main_menu_v2", PROMPT("Press 1 for billing"));
  git(folder, "branch", "theirs");
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

/** A branch that holds one take-over, of a prompt. */
async function openWithBranch(t: TestContext): Promise<DriftWorld> {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU, "mail.yaml": MAIL });
  await world.apply();
  world.emulator.editFlow("ivr_main_menu_v2", PROMPT("Press 1 for billing"));
  const { code, said } = await world.import({ branch: "live" });
  assert.equal(code, 0, said);
  return world;
}

const LATER: readonly {
  readonly reason: string;
  readonly change: (world: DriftWorld) => void | Promise<void>;
  readonly why: RegExp;
}[] = [
  {
    reason: "it is another tenant's",
    change({ folder, emulator }) {
      writeFileSync(join(folder, "cxone-gitops.yaml"), configFor(emulator.url).replace("  dev:", "  prod:"));
    },
    why: /the tenant "dev"/,
  },
  {
    reason: "somebody amended it",
    change({ folder, edit }) {
      git(folder, "checkout", "-q", "live");
      edit("main-menu.yaml", "timeoutSeconds: 5", "timeoutSeconds: 9");
      git(folder, "commit", "-qa", "--amend", "--no-edit");
      git(folder, "checkout", "-q", "main");
    },
    why: /somebody has changed its last commit/,
  },
  {
    reason: "it was merged as another commit",
    async change({ folder, apply }) {
      git(folder, "merge", "-q", "--squash", "live");
      git(folder, "commit", "-qm", "Take over (#1)");
      await apply();
    },
    why: /HEAD has changed manifests\/main-menu.yaml since/,
  },
  {
    reason: "what it holds was put back live",
    change({ emulator }) {
      emulator.editFlow("ivr_main_menu_v2", PROMPT("Press one for billing"));
    },
    why: /not live any more: Flow main-menu at \/nodes\/node_dtmf_02\/properties\/prompt/,
  },
];

for (const { reason, change, why } of LATER) {
  it(`leaves a branch alone when ${reason}`, async (t) => {
    const world = await openWithBranch(t);
    await change(world);
    world.emulator.editFlow("ivr_main_menu_v2", { name: "Front Door" });
    const tip = git(world.folder, "rev-parse", "live");
    await assert.rejects(world.import({ branch: "live" }), isRefused(why));
    assert.equal(git(world.folder, "rev-parse", "live"), tip);
  });
}

it("begins at HEAD again with a branch that was merged", async (t) => {
  const world = await openWithBranch(t);
  const { folder, emulator } = world;
  git(folder, "merge", "-q", "--no-ff", "live");
  world.edit("main-menu.yaml", "timeoutSeconds: 5", "timeoutSeconds: 6");
  commitAll(folder, "later");
  await world.apply();
  emulator.editFlow("ivr_main_menu_v2", { name: "Front Door" });
  const { code, said } = await world.import({ branch: "live" });
  assert.equal(code, 0, said);
  assert.equal(git(folder, "rev-parse", "live^"), git(folder, "rev-parse", "main"));
  assert.match(git(folder, "diff", "main", "live"), /^\+ {2}name: "Front Door" # as callers know it$/m);
});

const HOURS = `apiVersion: cxone-gitops/v1
kind: Workflow
metadata: { name: opening-hours }
spec:
  id: wf_hours
  name: Opening hours # as the team knows it
  nodes:
    - { id: begin, type: start }
    - { id: finish, type: end }
  transitions:
    - { from: begin, to: finish }
`;
const LATER_FLOW = MENU.replace("name: main-menu", "name: later").replace("ivr_main_menu_v2", "ivr_later");

it("adds to its branch whatever HEAD has changed in other files, added or removed since", async (t) => {
  const world = await openDriftWorld(t, { "main-menu.yaml": MENU, "mail.yaml": MAIL, "hours.yaml": HOURS });
  const { folder, emulator } = world;
  await world.apply();
  emulator.editWorkflow("wf_hours", { name: "Hours" });
  assert.equal((await world.import({ branch: "live" })).code, 0);
  world.edit("main-menu.yaml", "timeoutSeconds: 5", "timeoutSeconds: 9");
  git(folder, "rm", "-q", "manifests/mail.yaml");
  writeFiles(folder, { "manifests/later.yaml": LATER_FLOW });
  commitAll(folder, "others");
  const all = await world.import({ branch: "live" });
  assert.equal(all.code, 0, all.said);
  assert.match(all.said, /All of it is in [0-9a-f]{12} on branch live already/);

  emulator.editWorkflow("wf_hours", { name: "Our hours" });
  const tip = git(folder, "rev-parse", "live");
  const { code, said } = await world.import({ branch: "live" });
  assert.equal(code, 0, said);
  assert.equal(git(folder, "rev-parse", "live^"), tip);
  assert.equal(git(folder, "diff", "--name-only", "main...live"), "manifests/hours.yaml");
  git(folder, "merge", "-q", "live");
  assert.equal(world.read("hours.yaml"), HOURS.replace("Opening hours", "Our hours"));
  assert.match(world.read("main-menu.yaml"), /timeoutSeconds: 9/);
});

it("leaves a branch where somebody has put it, or made it, while the commit was made", async (t) => {
  const folder = makeRepository(t, { "manifests/a.yaml": "a: 1\n" });
  const change = {
    files: [{ path: "manifests/a.yaml", text: "a: 2\n" }],
    message: "Take over",
    author: { name: "Ada", email: "a@example.com" },
  };
  const first = await openCommitBase(folder, "live", "dev");
  git(folder, "branch", "live");
  const made = git(folder, "rev-parse", "live");
  await assert.rejects(commitOnBranch(first, change), isRefused(/moved or made it meanwhile/));
  assert.equal(git(folder, "rev-parse", "live"), made);
  git(folder, "branch", "-D", "live");
  await commitOnBranch(first, change);
  const second = await openCommitBase(folder, "live", "dev");
  git(folder, "branch", "-f", "live", "main");
  await assert.rejects(commitOnBranch(second, change), isRefused(/moved or made it meanwhile/));
  assert.equal(git(folder, "rev-parse", "live"), git(folder, "rev-parse", "main"));
});
