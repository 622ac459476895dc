/**
 * Commits files on a branch that nobody has checked out, by plumbing alone: blobs are written to the object store, a tree is made in an index
 * of its own, and the branch is moved if it is still where it was. Work tree, index, HEAD and every other branch stay as they are, and no hook,
 * filter or line ending setting has a say.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GitopsError } from "../../errors.ts";
import { nearestFolder, openGit, toGitProblem } from "./git-client.ts";

/** What a commit is to be made on. */
export interface CommitBase {
  /** A folder in the repository. */
  readonly standing: string;
  readonly branch: string;
  /** The commit to build on, its full id: the branch's last, or that of HEAD. */
  readonly commit: string;
  /** False when the branch is made by the commit. */
  readonly isThere: boolean;
  /** Where a branch that is there left the history of HEAD; null when that is not known, as in a shallow clone. */
  readonly fork: string | null;
}

export interface NewCommit {
  /** Paths from the repository's top, with forward slashes. Each is in the base already. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly message: string;
  readonly author: GitIdentity;
}

export interface GitIdentity {
  readonly name: string;
  readonly email: string;
}

/** Of one process: a command line has an end. */
const FILES_AT_ONCE = 200;

/**
 * Settles what a branch's next commit builds on. A branch that is there is added to only when its last commit's subject begins with `subject`:
 * then it is one of ours. Throws `import/branch` for any other, for one that is checked out and for a name that git does not take; and
 * `git/unavailable` outside a repository and before its first commit.
 */
export async function openCommitBase(folder: string, branch: string, subject: string): Promise<CommitBase> {
  const standing = nearestFolder(folder);
  const git = async (...commands: readonly string[]) => (await openGit(standing).raw([...commands])).trim();
  try {
    await git("rev-parse", "--show-toplevel");
    await checkName(standing, branch);
    const tip = await git("rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`);
    if (tip === "") {
      const commit = await git("rev-parse", "--verify", "--quiet", "HEAD^{commit}");
      if (commit !== "") return { standing, branch, commit, isThere: false, fork: null };
      throw refuse(branch, "the repository has no commit to build on", "Commit the manifests first.");
    }
    const worktrees = await git("worktree", "list", "--porcelain");
    if (worktrees.split("\n").includes(`branch refs/heads/${branch}`)) {
      throw refuse(branch, "it is checked out", "Name a branch that does not exist yet.");
    }
    if (!(await git("log", "-1", "--format=%s", tip)).startsWith(subject)) {
      const why = "it exists, and its last commit is no take-over of live edits";
      throw refuse(branch, why, "Name a branch that does not exist yet, or one that an earlier import made.");
    }
    const fork = (await git("merge-base", tip, "HEAD")) || null;
    return { standing, branch, commit: tip, isThere: true, fork };
  } catch (thrown) {
    throw toGitProblem(thrown, `look at the branch "${branch}"`);
  }
}

async function checkName(standing: string, branch: string): Promise<void> {
  const hint = "Name it like live-edits or take-over/main-menu.";
  if (branch.startsWith("-")) throw refuse(branch, "that is no name for a branch", hint);
  const found = await openGit(standing)
    .raw(["check-ref-format", "--branch", branch])
    .catch(() => "");
  // A name such as `@{-1}` stands for another branch.
  if (found.trim() !== branch) throw refuse(branch, "that is no name for a branch", hint);
}

/** Those of the files (from the repository's top) that differ from HEAD in the work tree or the index. Throws `git/unavailable`. */
export async function findUncommitted(standing: string, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  const literal = paths.map((path) => `:(top,literal)${path}`);
  try {
    const status = ["--no-optional-locks", "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames"];
    const listing = await openGit(standing).raw([...status, "--", ...literal]);
    return listing.split("\0").flatMap((line) => (line === "" ? [] : [line.slice(3)]));
  } catch (thrown) {
    throw toGitProblem(thrown, "compare the work tree with its commit");
  }
}

/**
 * Makes the commit and moves the branch to it; everything that is not among the files is as the base has it, and their modes stay. Throws
 * `import/branch` when somebody has moved the branch meanwhile: it then stays where they put it. The full id of the commit.
 */
export async function commitOnBranch(base: CommitBase, { files, message, author }: NewCommit): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cxone-gitops-commit-"));
  try {
    const tree = await writeTree(base, folder, files);
    const messageFile = join(folder, "message");
    await writeFile(messageFile, message);
    const env = { ...identity("AUTHOR", author), ...identity("COMMITTER", author) };
    const commands = ["commit-tree", tree, "-p", base.commit, "-F", messageFile];
    const commit = (await openGit(base.standing, { env }).raw(commands)).trim();
    await moveBranch(base, commit, env);
    return commit;
  } catch (thrown) {
    throw toGitProblem(thrown, `commit on the branch "${base.branch}"`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeTree(base: CommitBase, folder: string, files: NewCommit["files"]): Promise<string> {
  const { standing, commit } = base;
  const drafts = files.map((_, index) => join(folder, `${index}`));
  for (const [index, { text }] of files.entries()) await writeFile(drafts[index] ?? "", text);
  const input = drafts.map((draft) => `${draft}\n`).join("");
  const hashed = await openGit(standing, { input }).raw(["hash-object", "-w", "--no-filters", "--stdin-paths"]);
  const ids = hashed.trim().split("\n");
  const modes = await readModes(standing, commit);
  const env = { GIT_INDEX_FILE: join(folder, "index") };
  await openGit(standing, { env }).raw(["read-tree", commit]);
  const entries = files.flatMap(({ path }, index) => {
    const mode = modes.get(path);
    if (mode === undefined) throw new GitopsError("internal", `"${path}" is not in the commit that it was read from`);
    return ["--cacheinfo", `${mode},${ids[index]},${path}`];
  });
  for (let from = 0; from < entries.length; from += FILES_AT_ONCE * 2) {
    await openGit(standing, { env }).raw(["update-index", ...entries.slice(from, from + FILES_AT_ONCE * 2)]);
  }
  return (await openGit(standing, { env }).raw(["write-tree"])).trim();
}

/** The modes of ordinary files, by their paths from the top. */
async function readModes(standing: string, commit: string): Promise<ReadonlyMap<string, string>> {
  const listing = await openGit(standing).raw(["ls-tree", "-r", "-z", "--full-tree", commit]);
  const files = listing.split("\0").filter((line) => line.startsWith("100"));
  return new Map(files.map((line) => [line.slice(line.indexOf("\t") + 1), line.slice(0, line.indexOf(" "))]));
}

async function moveBranch(base: CommitBase, commit: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { standing, branch } = base;
  const expected = base.isThere ? base.commit : "0".repeat(commit.length);
  const reason = ["-m", "cxone-gitops import --drift"];
  try {
    await openGit(standing, { env }).raw(["update-ref", ...reason, `refs/heads/${branch}`, commit, expected]);
  } catch {
    throw refuse(branch, "somebody has moved or made it meanwhile, or its name is in another's way", "Run it again.");
  }
}

function identity(role: "AUTHOR" | "COMMITTER", { name, email }: GitIdentity): Record<string, string> {
  return { [`GIT_${role}_NAME`]: name, [`GIT_${role}_EMAIL`]: email };
}

function refuse(branch: string, why: string, hint: string): GitopsError {
  return new GitopsError("import/branch", `nothing can be committed on the branch "${branch}": ${why}`, { hint });
}

/** The command that brings a branch to where others see it. The remote is that of the repository, where there is one. */
export async function pushCommand({ standing, branch }: CommitBase): Promise<string> {
  const listing = await openGit(standing)
    .raw(["remote"])
    .catch(() => "");
  const remotes = listing.split("\n").filter((name) => name !== "");
  const remote = remotes.includes("origin") ? "origin" : (remotes[0] ?? "REMOTE");
  return `git push -u ${quote(remote)} ${quote(branch)}`;
}

function quote(word: string): string {
  return /^[\w./@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** `Name <email>` as git takes it; undefined for anything else. */
export function readIdentity(text: string): GitIdentity | undefined {
  const [, name = "", email = ""] = /^([^<>\r\n]*[^<>\s])\s*<([^<>\s]+)>$/.exec(text.trim()) ?? [];
  return name === "" ? undefined : { name, email };
}
