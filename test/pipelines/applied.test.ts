/** The marks of what is applied: branches that a schedule holds tenants to. */
import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { markApplied, whyTooLate } from "../../.github/actions/cxone-gitops/applied.ts";
import { readInput } from "../../.github/actions/cxone-gitops/input.ts";
import { commitAll, git, makeFolder, makeRepository } from "../helpers/temp-folder.ts";

function openMarks(t: TestContext) {
  const clone = makeRepository(t, { "a.txt": "" });
  const origin = makeFolder(t);
  git(origin, "init", "--quiet", "--bare");
  git(clone, "remote", "add", "origin", origin);
  git(clone, "push", "--quiet", "origin", "HEAD:main");
  const inputFor = (...tenants: readonly string[]) =>
    readInput({ INPUT_COMMAND: "applied", INPUT_ARGS: tenants.join("\n") }, clone);
  return {
    clone,
    origin,
    mark: (...tenants: readonly string[]) => markApplied(inputFor(...tenants)),
    why: (tenant: string) => whyTooLate({ ...inputFor(), tenant }),
    marked: (tenant: string) => git(origin, "rev-parse", `refs/heads/cxone-applied/${tenant}`),
    /** A commit on main, of somebody else. */
    advance: (message: string) => {
      const sha = commitAll(clone, message);
      git(clone, "push", "--quiet", "origin", "HEAD:main");
      return sha;
    },
  };
}

it("a mark moves along main, and never back", async (t) => {
  const { clone, mark, marked, advance, why } = openMarks(t);
  const older = git(clone, "rev-parse", "HEAD");
  assert.equal(why("dev"), undefined);
  const newer = advance("second");
  await mark("dev", "prod");
  assert.deepEqual([marked("dev"), marked("prod")], [newer, newer]);
  assert.equal(why("dev"), undefined);
  git(clone, "checkout", "--quiet", "--detach", older);
  await mark("dev");
  assert.equal(marked("dev"), newer);
  assert.match(
    why("dev") ?? "",
    new RegExp(`is of commit ${older}, and the newer commit ${newer} is applied to tenant dev`),
  );
  assert.equal(why("other"), undefined);
});

it("a commit that is not on main is not marked, and a mark at one is no newer than anything", async (t) => {
  const { clone, mark, marked, why } = openMarks(t);
  const reviewed = git(clone, "rev-parse", "HEAD");
  const beside = commitAll(clone, "beside");
  await assert.rejects(mark("dev"), new RegExp(`${beside} is not on main`));
  assert.throws(() => marked("dev"));
  git(clone, "push", "--quiet", "origin", "HEAD:cxone-applied/dev");
  git(clone, "checkout", "--quiet", "--detach", reviewed);
  assert.equal(why("dev"), undefined);
  await mark("dev");
  assert.equal(marked("dev"), reviewed);
});

it("what another run marks at the same moment is looked at again", async (t) => {
  const { clone, origin, mark, marked, advance } = openMarks(t);
  const mine = advance("second");
  const theirs = advance("third");
  git(clone, "checkout", "--quiet", "--detach", mine);
  git(clone, "push", "--quiet", "origin", `${mine}^:refs/heads/cxone-applied/dev`);
  // Between the look and the push: a hook runs once, when what was fetched is stored.
  const hook = join(clone, ".git/hooks/reference-transaction");
  const move = `git --git-dir='${origin}' update-ref refs/heads/cxone-applied/dev ${theirs}`;
  writeFileSync(hook, `#!/bin/sh\n[ "$1" = committed ] || exit 0\nrm '${hook}'\nunset GIT_DIR\n${move}\n`);
  chmodSync(hook, 0o755);
  await mark("dev");
  assert.equal(marked("dev"), theirs);
});

it("where it cannot be told which commit is newer, nothing is marked or applied", async (t) => {
  const { clone, origin, mark, why, advance } = openMarks(t);
  advance("second");
  await assert.rejects(mark("a b"), /"a b" cannot be the name of a tenant/);
  const shallow = makeFolder(t);
  git(shallow, "clone", "--quiet", "--depth=1", "--branch=main", `file://${origin}`, "work");
  const input = readInput({ INPUT_COMMAND: "applied", INPUT_TENANT: "dev" }, join(shallow, "work"));
  await assert.rejects(markApplied(input), /no history to tell .* set fetch-depth: 0/);
  assert.throws(() => whyTooLate(input), /no history to tell/);
  git(clone, "remote", "set-url", "origin", `${origin}-gone`);
  await assert.rejects(mark("dev"), /the repository cannot be reached/);
  assert.throws(() => why("dev"), /the repository cannot be reached/);
});
