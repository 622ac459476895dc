/** The marks of what is applied, as the remote has them: branches `cxone-applied/TENANT`. */
import { spawnSync } from "node:child_process";
import type { Input } from "./input.ts";

const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const BRANCH = /^[A-Za-z0-9][\w./-]*$/;
/** Copies of the remote's branches, beside those that a checkout keeps. */
const COPIES = "refs/cxone-gitops";

export interface Mark {
  readonly ref: string;
  /** The commit that it names; empty where there is no mark. */
  readonly commit: string;
  /** The commit that is checked out. */
  readonly head: string;
  /** Whether the checked out commit is on the branch that is applied: only what was reviewed there is. */
  readonly isReviewed: boolean;
  /** Whether a commit of that branch is marked that comes after the one checked out. */
  readonly isAhead: boolean;
}

/** Asks the remote. Throws when it does not answer, when the branch is not there, and where the checkout lacks history to tell by. */
export function lookAtMark({ cwd, branch }: Pick<Input, "cwd" | "branch">, tenant: string): Mark {
  if (!TENANT.test(tenant)) throw new Error(`"${tenant}" cannot be the name of a tenant`);
  if (!BRANCH.test(branch)) throw new Error(`"${branch}" cannot be the name of a branch`);
  const [main, mark] = [`${COPIES}/branch`, `${COPIES}/applied/${tenant}`];
  if (git(cwd, ["rev-parse", "--is-shallow-repository"]).stdout === "true")
    throw new Error("the checkout has no history to tell which commit comes after which: set fetch-depth: 0");
  const copies = [`+refs/heads/${branch}:${main}`, `+refs/heads/cxone-applied/*:${COPIES}/applied/*`];
  // What a pattern does not find is no error, so a mark that is not there is told from a remote that does not answer.
  if (git(cwd, ["fetch", "--quiet", "--no-tags", "--prune", "origin", ...copies]).status !== 0)
    throw new Error(`the repository cannot be reached, or has no branch ${branch}`);
  const commit = git(cwd, ["rev-parse", "--quiet", "--verify", mark]).stdout;
  const head = git(cwd, ["rev-parse", "HEAD"]).stdout;
  const isReviewed = comesBefore(cwd, head, main);
  const isAhead = commit !== "" && commit !== head && comesBefore(cwd, head, commit) && comesBefore(cwd, commit, main);
  return { ref: `refs/heads/cxone-applied/${tenant}`, commit, head, isReviewed, isAhead };
}

/** False when the mark is not what was looked at any more, or the remote refuses. */
export function moveMark({ cwd }: Pick<Input, "cwd">, { ref, commit, head }: Mark): boolean {
  const words = ["push", "--quiet", `--force-with-lease=${ref}:${commit}`, "origin", `${head}:${ref}`];
  return git(cwd, words).status === 0;
}

function comesBefore(cwd: string, one: string, other: string): boolean {
  return git(cwd, ["merge-base", "--is-ancestor", one, other]).status === 0;
}

function git(cwd: string, words: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const { status, stdout } = spawnSync("git", words, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return { status, stdout: (stdout ?? "").trim() };
}
