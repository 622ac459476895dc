/** What changed since a revision: manifest files, and single files beside them. Plumbing alone, as git.ts. */
import { createHash } from "node:crypto";
import { GitopsError } from "../../errors.ts";
import { DEFAULT_LIMITS, formatBytes } from "../limits.ts";
import { decodeFile, isFinding, isSourceFile, type SourceFiles } from "../source-file.ts";
import { type CommittedFolder, resolveRevision } from "./git.ts";
import { readBlobs } from "./git-blobs.ts";
import { type GitPlace, openGit, toGitProblem } from "./git-client.ts";
import { type Blob, listManifestBlobs } from "./git-tree.ts";

/**
 * Where a revision and a commit parted: their merge base, the same folder in it. Throws `git/unavailable` for an unknown revision, and when
 * the two have nothing in common here, as in a clone that is cut short.
 */
export async function findParting(planned: CommittedFolder, rev: string): Promise<CommittedFolder> {
  const { standing, commit } = planned;
  try {
    const other = await resolveRevision(standing, rev);
    const base = (await openGit(standing).raw(["merge-base", other, commit])).trim();
    if (base === "") throw await noParting(standing, rev);
    return { ...planned, commit: base, rev: base };
  } catch (thrown) {
    throw toGitProblem(thrown, `find what changed since "${rev}"`);
  }
}

async function noParting(standing: GitPlace, rev: string): Promise<GitopsError> {
  const isShallow = (await openGit(standing).raw(["rev-parse", "--is-shallow-repository"])).trim() === "true";
  const message = `"${rev}" and what is planned have no commit in common${isShallow ? " in this clone, which is cut short" : ""}`;
  const hint = isShallow
    ? "Fetch more of the history, or all of it: git fetch --unshallow (fetch-depth: 0 of actions/checkout)."
    : "Name a revision that what is planned was made from.";
  return new GitopsError("git/unavailable", message, { hint });
}

export interface FilesSince {
  /** The files (by their paths below the folder) that are not byte for byte as they were, that are new, and that are gone. */
  readonly changed: ReadonlySet<string>;
  /** Those of them that were there, as they were; named by their paths below the folder. */
  readonly before: SourceFiles;
}

/**
 * How manifest files differ from those of a commit. `texts` holds what is planned, with byte order marks, by the paths below the folder. No
 * file that is as it was is read. undefined when the folder was not there. Throws `git/unavailable`.
 */
export async function findFilesSince(
  base: CommittedFolder,
  texts: ReadonlyMap<string, string>,
): Promise<FilesSince | undefined> {
  const { standing, commit, path } = base;
  try {
    if ((await findObject(standing, commit, path)) === undefined) return undefined;
    const { blobs } = await listManifestBlobs({ ...base, limits: DEFAULT_LIMITS });
    const prefix = path === "" ? `${base.rev}:` : `${base.rev}:${path}/`;
    const listed = blobs.map((blob): Blob => ({ ...blob, file: blob.file.slice(prefix.length) }));
    const moved = listed.filter(({ file, id }) => !isContent(texts.get(file), id));
    refuseTooMuch(moved, commit);
    const known = new Set(listed.map(({ file }) => file));
    const added = [...texts.keys()].filter((file) => !known.has(file));
    const contents = await readBlobs(standing, moved);
    const results = moved.map(({ file }, index) => decodeFile(file, contents[index] ?? Buffer.alloc(0)));
    return {
      changed: new Set([...moved.map(({ file }) => file), ...added]),
      before: { files: results.filter(isSourceFile), problems: results.filter(isFinding) },
    };
  } catch (thrown) {
    throw toGitProblem(thrown, `read the commit ${commit}`);
  }
}

/** What was committed is as little trusted as what is. */
function refuseTooMuch(blobs: readonly Blob[], commit: string): void {
  const total = blobs.reduce((sum, { size }) => sum + size, 0);
  if (total <= DEFAULT_LIMITS.totalBytes) return;
  const message = `what changed since the commit ${commit} was larger than ${formatBytes(DEFAULT_LIMITS.totalBytes)} then`;
  throw new GitopsError("git/unavailable", message, { hint: "Name a later revision, or plan everything." });
}

/** One file (from the repository's top) as it was in a commit; undefined where it was not there or was no text. */
export async function readFileAt({ standing, commit }: CommittedFolder, path: string): Promise<string | undefined> {
  try {
    const id = await findObject(standing, commit, path);
    if (id === undefined) return undefined;
    const size = Number((await openGit(standing).raw(["cat-file", "-s", id])).trim());
    if (size > DEFAULT_LIMITS.fileBytes) return undefined;
    const [bytes] = await readBlobs(standing, [{ file: path, id, size }]);
    const decoded = bytes === undefined ? undefined : decodeFile(path, bytes);
    return decoded !== undefined && isSourceFile(decoded) ? decoded.text : undefined;
  } catch (thrown) {
    throw toGitProblem(thrown, `read "${path}" in the commit ${commit}`);
  }
}

/** What follows the colon is a literal path. */
async function findObject(standing: GitPlace, commit: string, path: string): Promise<string | undefined> {
  const id = (await openGit(standing).raw(["rev-parse", "--verify", "--quiet", `${commit}:${path}`])).trim();
  return id === "" ? undefined : id;
}

/** Whether a text is what git keeps under an id: the digest of its length and its bytes. */
function isContent(text: string | undefined, id: string): boolean {
  if (text === undefined) return false;
  const bytes = Buffer.from(text, "utf8");
  const hash = createHash(id.length === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex") === id;
}
