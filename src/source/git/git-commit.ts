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
  /** Whom the branch is for, on one line. */
  readonly tenant: string;
  /** The commit of HEAD, its full id. */
  readonly head: string;
  /** The commit to build on: the branch's last, or that of HEAD where there is no branch or it was merged into HEAD. */
  readonly parent: string;
  /** The branch's last commit; null when the branch is made by the commit. */
  readonly tip: string | null;
  /** Where the branch left the history of HEAD; null when it begins at HEAD. */
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
/** The last lines of our commits: whom one is for, and the tree that we gave it. Whoever amends or rebases it leaves another tree. */
const TENANT_TRAILER = "Cxone-Gitops-Tenant";
const TREE_TRAILER = "Cxone-Gitops-Tree";

/**
 * Settles what a branch's next commit builds on. A branch that is there is added to only while its last commit is exactly what we wrote for
 * the same tenant. Throws `import/branch` for any other, for one that is checked out and for a name that git does not take; and
 * `git/unavailable` outside a repository and before its first commit.
 */
export async function openCommitBase(folder: string, branch: string, tenant: string): Promise<CommitBase> {
  const standing = nearestFolder(folder);
  const git = async (...commands: readonly string[]) => (await openGit(standing).raw([...commands])).trim();
  try {
    await git("rev-parse", "--show-toplevel");
    await checkName(standing, branch);
    const head = await git("rev-parse", "--verify", "--quiet", "HEAD^{commit}");
    if (head === "") throw refuse(branch, "the repository has no commit to build on", "Commit the manifests first.");
    const anew = { standing, branch, tenant, head, parent: head, tip: null, fork: null };
    const tip = await git("rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`);
    if (tip === "") return anew;
    const worktrees = await git("worktree", "list", "--porcelain");
    if (worktrees.split("\n").includes(`branch refs/heads/${branch}`)) {
      throw refuse(branch, "it is checked out", "Name a branch that does not exist yet.");
    }
    checkOurs(branch, tenant, await git("log", "-1", "--no-show-signature", "--format=%T%n%B", tip));
    const fork = await git("merge-base", tip, head);
    if (fork === "") throw refuseMoved(branch, "where it left the history of HEAD is not known");
    return fork === tip ? { ...anew, tip } : { ...anew, parent: tip, tip, fork };
  } catch (thrown) {
    throw toGitProblem(thrown, `look at the branch "${branch}"`);
  }
}

function checkOurs(branch: string, tenant: string, described: string): void {
  const [tree, ...message] = described.split("\n");
  const trailerOf = (name: string) => message.findLast((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const [forTenant, written] = [trailerOf(TENANT_TRAILER), trailerOf(TREE_TRAILER)];
  if (forTenant === undefined || written === undefined) {
    const why = "it exists, and its last commit is no take-over of live edits";
    throw refuse(branch, why, "Name a branch that does not exist yet, or one that an earlier import made.");
  }
  if (forTenant !== tenant) {
    throw refuse(branch, `it holds what was taken over of the tenant "${forTenant}"`, "Name a branch for each tenant.");
  }
  if (written !== tree) throw refuseMoved(branch, "somebody has changed its last commit");
}

/** For a branch of ours that cannot be added to any more without undoing what somebody did. */
export function refuseMoved(branch: string, why: string): GitopsError {
  return refuse(branch, `the branch has moved on: ${why}`, "Merge or delete it, or name another.");
}

/** Files (from the repository's top) that differ between two commits. Throws `git/unavailable`. */
export async function findChanged(standing: string, from: string, to: string): Promise<readonly string[]> {
  try {
    const listing = await openGit(standing).raw(["diff-tree", "-r", "-z", "--name-only", "--no-renames", from, to]);
    return listing.split("\0").filter((path) => path !== "");
  } catch (thrown) {
    throw toGitProblem(thrown, "compare two commits");
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
    const trailers = `${TENANT_TRAILER}: ${base.tenant}\n${TREE_TRAILER}: ${tree}\n`;
    await writeFile(messageFile, `${message.trimEnd()}\n\n${trailers}`);
    const env = { ...identity("AUTHOR", author), ...identity("COMMITTER", author) };
    const commands = ["commit-tree", tree, "-p", base.parent, "-F", messageFile];
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
  const { standing, parent } = base;
  const drafts = files.map((_, index) => join(folder, `${index}`));
  for (const [index, { text }] of files.entries()) await writeFile(drafts[index] ?? "", text);
  const input = drafts.map((draft) => `${draft}\n`).join("");
  const hashed = await openGit(standing, { input }).raw(["hash-object", "-w", "--no-filters", "--stdin-paths"]);
  const ids = hashed.trim().split("\n");
  const modes = await readModes(standing, parent);
  const env = { GIT_INDEX_FILE: join(folder, "index") };
  await openGit(standing, { env }).raw(["read-tree", parent]);
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
  const { standing, branch, tip } = base;
  const expected = tip ?? "0".repeat(commit.length);
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
