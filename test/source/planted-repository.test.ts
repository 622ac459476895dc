/** A commit cannot hold `.git`, but it can hold a folder that git takes for a repository: with a configuration, and commands in it. */
import assert from "node:assert/strict";
import { existsSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { GitopsError } from "../../src/errors.ts";
import { describeRevision, findRevision, gitUser } from "../../src/source/git/git.ts";
import { GitBranch } from "../../src/source/git/git-branch.ts";
import { commitAll, git, makeFolder, makeRepository, writeFiles } from "../helpers/temp-folder.ts";

/** A clone's work tree whose folder `m` is a repository too, with a filter and a remote that run a command. */
function plantRepository(t: TestContext): { readonly folder: string; readonly ran: string } {
  const ran = join(makeFolder(t), "ran");
  const root = makeRepository(t, { "m/a.txt": "one", "m/.gitattributes": "a.txt filter=x\n", "m/sub/b.yaml": "b: 1" });
  const folder = join(root, "m");
  git(folder, "init", "-q", "-b", "main");
  for (const name of ["user.name", "user.email"]) git(folder, "config", name, "someone@example.com");
  commitAll(folder, "planted");
  for (const name of ["HEAD", "objects", "refs", "index"]) renameSync(join(folder, ".git", name), join(folder, name));
  renameSync(join(folder, ".git"), join(root, ".git/gone"));
  const command = `touch ${ran}`;
  const remote = `[remote "origin"]\n\turl = ${root}\n\tuploadpack = "${command}; git-upload-pack"\n`;
  writeFiles(folder, {
    config: `[core]\n\trepositoryformatversion = 0\n\tworktree = .\n[filter "x"]\n\tclean = "${command}; cat"\n${remote}`,
    // Not as in the index: status must look into it.
    "a.txt": "two",
    "refs/keep": "",
  });
  return { folder, ran };
}

test("a manifests folder that is a repository of its own is refused, and no command of its configuration runs", async (t) => {
  const { folder, ran } = plantRepository(t);
  const branch = new GitBranch({
    directory: folder,
    ownRepository: join(makeFolder(t), "own.git"),
    remote: "origin",
    branch: "main",
    folder: "",
    refName: "main",
  });
  const link = join(makeFolder(t), "link");
  symlinkSync(join(folder, "sub"), link);
  const attempts: readonly (() => Promise<unknown>)[] = [
    () => describeRevision(folder),
    () => describeRevision(join(folder, "sub")),
    () => describeRevision(link),
    () => findRevision({ folder, rev: "HEAD", cwd: folder }),
    () => branch.fetch(),
  ];
  for (const attempt of attempts) {
    const ended = await attempt().catch((thrown: unknown) => thrown);
    assert.equal(existsSync(ran), false, "nothing of it ran");
    assert.ok(ended instanceof GitopsError);
    assert.equal(ended.code, "git/unavailable");
    assert.match(ended.message, /git would take for a repository/);
  }
  assert.equal(await gitUser(folder), undefined, "its identity is not asked for");
});
