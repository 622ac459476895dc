/**
 * Marks a commit as the one that is applied to a tenant: the branch `cxone-applied/TENANT` points to it, and reconcile puts back what it
 * describes. What was merged and still waits for an approval is not deployed by a schedule.
 */
import { spawnSync } from "node:child_process";
import { type Input, need } from "./input.ts";

/** What `git ls-remote --exit-code` ends with when the remote has no such ref. */
const NO_REF = 2;
const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** For the tenant given, or for each of those that the arguments name. Needs a checkout with its history that may push. */
export async function markApplied(input: Input): Promise<number> {
  const tenants = input.tenant === "" ? input.args : [input.tenant];
  for (const tenant of tenants) {
    if (!TENANT.test(tenant)) throw new Error(`"${tenant}" cannot be the name of a tenant`);
    mark(input, `refs/heads/cxone-applied/${tenant}`);
  }
  return 0;
}

function mark(input: Input, ref: string): void {
  const found = git(["ls-remote", "--exit-code", "origin", ref]);
  if (found !== 0 && found !== NO_REF) throw new Error("the repository cannot be reached");
  if (found === 0 && isOlder(ref)) {
    process.stdout.write(`${ref} is at this commit or at a newer one\n`);
    return;
  }
  if (git(["push", "--quiet", "--force", "origin", `HEAD:${ref}`]) !== 0) throw new Error(`${ref} could not be pushed`);
  process.stdout.write(`${ref} is at ${need(input, "GITHUB_SHA")} now\n`);
}

/** Runs of two commits may end in either order: a newer one stays. */
function isOlder(ref: string): boolean {
  if (git(["fetch", "--quiet", "--no-tags", "origin", ref]) !== 0) throw new Error(`${ref} could not be fetched`);
  return git(["merge-base", "--is-ancestor", "HEAD", "FETCH_HEAD"]) === 0;
}

function git(words: readonly string[]): number | null {
  return spawnSync("git", words, { stdio: ["ignore", "ignore", "inherit"] }).status;
}
