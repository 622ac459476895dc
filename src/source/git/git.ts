import { realpath } from "node:fs/promises";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { GitopsError, messageOf } from "../../errors.ts";
import { DEFAULT_LIMITS, formatBytes, type SourceLimits } from "../limits.ts";
import { decodeFile, isFinding, isSourceFile, makeFileFinding, type SourceFiles } from "../source-file.ts";
import { readBlobs } from "./git-blobs.ts";
import { type GitPlace, isGitMissing, isNotRepository, nearestFolder, openGit, toGitProblem } from "./git-client.ts";
import { listManifestBlobs } from "./git-tree.ts";

export interface Revision {
  /** The full commit id that is checked out. */
  readonly commit: string;
  /** True when something below the folder, or another file that counts, differs from that commit; untracked files included. */
  readonly dirty: boolean;
  /** The work tree's top folder, absolute. */
  readonly root: string;
}

/**
 * Which commit a folder's files belong to; null outside a repository, before its first commit, and where git is not installed.
 * `besides` is a file (absolute) that counts as well where it stands in the same repository: what the folder is read with.
 * Writes nothing. Throws `git/unavailable` when there is a repository that git refuses to read.
 */
export async function describeRevision(folder: string, besides?: string): Promise<Revision | null> {
  const git = openGit(nearestFolder(folder));
  try {
    const root = resolve(stripNewline(await git.raw(["rev-parse", "--show-toplevel"])));
    const commit = stripNewline(await git.raw(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]));
    if (commit === "") return null;
    const changes = await git.raw([
      "--no-optional-locks",
      "status",
      "--porcelain=v1",
      "-z",
      "--untracked-files=all",
      ".",
      ...(besides === undefined ? [] : await findInWorkTree(root, besides)),
      // What we keep ourselves is no manifest, wherever it stands.
      ":(exclude,top,glob)**/.cxone-gitops/**",
    ]);
    return { commit, dirty: changes !== "", root };
  } catch (thrown) {
    if (isNotRepository(thrown) || isGitMissing(thrown)) return null;
    throw toGitProblem(thrown, `describe the revision of "${folder}"`);
  }
}

/** As git names one file of a work tree; nothing for a file that is not in it, or in a repository of its own inside it. */
async function findInWorkTree(root: string, file: string): Promise<readonly string[]> {
  const folder = await realpath(dirname(file));
  const top = folder === root ? root : await findWorkTree(folder).catch(() => undefined);
  if (top !== root) return [];
  const path = relative(root, resolve(folder, basename(file)));
  return [`:(top,literal)${path.split(sep).join("/")}`];
}

export interface RevisionOptions {
  /** The manifests folder as it is (or would be) in the work tree; it need not be there any more. */
  readonly folder: string;
  /** Whatever `git rev-parse` takes for a commit: a branch, a tag, an id, `HEAD~2`. */
  readonly rev: string;
  readonly cwd: string;
}

/** A folder in a commit. The id is full, so nothing that moves afterwards changes what is read. */
export interface CommittedFolder {
  readonly standing: GitPlace;
  readonly commit: string;
  /** As the user wrote it, for names. */
  readonly rev: string;
  /** From the repository's top, with forward slashes; empty for the top itself. */
  readonly path: string;
}

/**
 * Finds the commit that a revision is now, and the folder's place in its repository.
 * Throws `git/unavailable` for an unknown revision, and when the folder is in no repository.
 */
export async function findRevision({ rev, cwd, folder }: RevisionOptions): Promise<CommittedFolder> {
  const absolute = resolve(cwd, folder);
  const standing = nearestFolder(absolute);
  try {
    const commit = await resolveRevision(standing, rev);
    return { standing, commit, rev, path: await findPathInRepository(standing, absolute) };
  } catch (thrown) {
    throw toGitProblem(thrown, `read the revision "${rev}"`);
  }
}

/**
 * The manifest files of a folder as they are in a commit, chosen as `readFolder` chooses them and named `REV:path` as `git show`
 * takes it. Touches neither work tree nor index and runs no hook or filter of the repository. Symbolic links and submodules that
 * could hold manifests are findings, because their targets are not part of the commit's folder.
 * Throws `git/unavailable` when the folder is not in that commit.
 *
 * Two processes, however many files: `ls-tree` lists sizes before anything is read, `cat-file --batch` gives the bytes as they are
 * stored. Not `archive`, which applies export attributes; not `checkout-index`, which needs an index and runs the repository's smudge
 * filters.
 */
export async function readCommit(
  { standing, commit, rev, path }: CommittedFolder,
  limits: SourceLimits = DEFAULT_LIMITS,
): Promise<SourceFiles> {
  try {
    const { blobs, problems } = await listManifestBlobs({ standing, commit, rev, path, limits });
    const total = blobs.reduce((sum, blob) => sum + blob.size, 0);
    if (total > limits.totalBytes) {
      const message = `the manifest files are larger than ${formatBytes(limits.totalBytes)} together`;
      const hint = "Point to a smaller folder, or split it.";
      return {
        files: [],
        problems: [...problems, makeFileFinding("source/too-large", `${rev}:${path}`, message, hint)],
      };
    }
    const contents = await readBlobs(standing, blobs);
    const results = blobs.map((blob, index) => decodeFile(blob.file, contents[index] ?? Buffer.alloc(0)));
    return { files: results.filter(isSourceFile), problems: [...problems, ...results.filter(isFinding)] };
  } catch (thrown) {
    throw toGitProblem(thrown, `read the revision "${rev}"`);
  }
}

/** The top folder of the work tree that a folder is in, links resolved. Throws `git/unavailable`. */
export async function findWorkTree(folder: string): Promise<string> {
  const standing = nearestFolder(folder);
  try {
    return await realpath(stripNewline(await openGit(standing).raw(["rev-parse", "--show-toplevel"])));
  } catch (thrown) {
    throw toGitProblem(thrown, `find the work tree of "${folder}"`);
  }
}

/** The identity that git would commit with, `Name <email>`; undefined when it is not configured or git is not there. */
export async function gitUser(folder: string): Promise<string | undefined> {
  try {
    const listing = await openGit(nearestFolder(folder)).raw(["config", "-z", "--get-regexp", "^user\\.(name|email)$"]);
    const settings = new Map(listing.split("\0").map((entry) => splitOnce(entry, "\n")));
    const name = settings.get("user.name");
    const email = settings.get("user.email");
    return name && email ? `${name} <${email}>` : undefined;
  } catch {
    return undefined;
  }
}

/** The full id of the commit that a revision is now. Throws `git/unavailable` where there is none. */
export async function resolveRevision(standing: GitPlace, rev: string): Promise<string> {
  const hint = "Name a branch, a tag or a commit; in a shallow clone, fetch it first.";
  // A leading dash would make it an option of git's, whatever follows.
  if (rev === "" || rev.startsWith("-") || rev.includes("\0")) {
    throw new GitopsError("git/unavailable", `"${rev}" is not the name of a revision`, { hint });
  }
  const found = stripNewline(await askForCommit(standing, rev));
  if (found === "") throw new GitopsError("git/unavailable", `there is no revision "${rev}"`, { hint });
  if (!/^[0-9a-f]{40,64}$/.test(found)) throw noSingleCommit(rev);
  return found;
}

async function askForCommit(standing: GitPlace, rev: string): Promise<string> {
  try {
    return await openGit(standing).raw(["rev-parse", "--verify", "--quiet", `${rev}^{commit}`]);
  } catch (thrown) {
    // What git says of a range, of a folder in a commit and of a branch without an upstream; all else is the repository's trouble.
    if (/expected commit type|needed a single revision|no upstream configured/i.test(messageOf(thrown))) {
      throw noSingleCommit(rev);
    }
    throw thrown;
  }
}

function noSingleCommit(rev: string): GitopsError {
  return new GitopsError("git/unavailable", `"${rev}" does not name one commit`, {
    hint: "Name one branch, tag or commit: no range, and nothing that is in a commit.",
  });
}

/** The folder's path from the repository's top, with forward slashes; empty for the top itself. */
async function findPathInRepository(standing: string, folder: string): Promise<string> {
  const root = await realpath(stripNewline(await openGit(standing).raw(["rev-parse", "--show-toplevel"])));
  const realFolder = resolve(await realpath(standing), relative(standing, folder));
  const path = relative(root, realFolder).split(sep).join("/");
  if (path !== ".." && !path.startsWith("../")) return path;
  throw new GitopsError("git/unavailable", `the folder "${folder}" is outside the repository`, {
    hint: "Point --manifests to a folder in the work tree.",
  });
}

function stripNewline(output: string): string {
  return output.replace(/\r?\n$/, "");
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
