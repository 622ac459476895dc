import { GitopsError } from "../../errors.ts";
import { compareText, type Finding } from "../../model/finding.ts";
import { formatBytes, type SourceLimits } from "../limits.ts";
import { isHidden, isManifestName, makeFileFinding } from "../source-file.ts";
import { type GitPlace, openGit } from "./git-client.ts";

/** A file's content in the object store. */
export interface Blob {
  readonly file: string;
  readonly id: string;
  readonly size: number;
}

export interface ListOptions {
  readonly standing: GitPlace;
  readonly commit: string;
  /** As the user wrote it, for names. */
  readonly rev: string;
  /** From the repository's top; empty for the top itself. */
  readonly path: string;
  readonly limits: SourceLimits;
}

interface TreeEntry {
  readonly mode: string;
  readonly id: string;
  readonly size: number;
  readonly path: string;
}

const SYMBOLIC_LINK = "120000";
const SUBMODULE = "160000";

/** The manifest files of a folder in a commit, sorted by name, and what had to be left out. */
export async function listManifestBlobs(
  options: ListOptions,
): Promise<{ readonly blobs: readonly Blob[]; readonly problems: readonly Finding[] }> {
  const { limits, rev, path } = options;
  const blobs: Blob[] = [];
  const problems: Finding[] = [];
  for (const entry of await listTree(options)) {
    if (entry.path.split("/").some(isHidden)) continue;
    const file = `${rev}:${path === "" ? "" : `${path}/`}${entry.path}`;
    const problem = findEntryProblem(entry, file, limits);
    if (problem !== null) problems.push(problem);
    else if (isRegular(entry) && isManifestName(entry.path)) blobs.push({ file, id: entry.id, size: entry.size });
  }
  if (blobs.length > limits.files) {
    const message = `the folder holds more than ${limits.files} manifest files`;
    const hint = "Point to a smaller folder, or split it.";
    return { blobs: [], problems: [...problems, makeFileFinding("source/too-many", `${rev}:${path}`, message, hint)] };
  }
  return { blobs: blobs.sort((left, right) => compareText(left.file, right.file)), problems };
}

function isRegular(entry: TreeEntry): boolean {
  return entry.mode !== SYMBOLIC_LINK && entry.mode !== SUBMODULE;
}

function findEntryProblem(entry: TreeEntry, file: string, limits: SourceLimits): Finding | null {
  const name = entry.path.slice(entry.path.lastIndexOf("/") + 1);
  // A link with another ending is a README or the like; one without an ending may be a folder of manifests.
  if (entry.mode === SYMBOLIC_LINK && (isManifestName(name) || !name.includes("."))) {
    const message = "symbolic links are not followed in a git revision";
    return makeFileFinding("source/link", file, message, "Commit the file itself in place of the link.");
  }
  if (entry.mode === SUBMODULE) {
    const message = "submodules are not read in a git revision";
    return makeFileFinding("source/submodule", file, message, "Keep the manifests in this repository.");
  }
  if (!isRegular(entry) || !isManifestName(name) || entry.size <= limits.fileBytes) return null;
  const message = `the file has ${formatBytes(entry.size)}; at most ${formatBytes(limits.fileBytes)} are read`;
  return makeFileFinding("source/too-large", file, message, "Split it into several files.");
}

async function listTree(options: ListOptions): Promise<readonly TreeEntry[]> {
  const { standing, commit, rev, path } = options;
  const git = openGit(standing);
  // What follows the colon is a literal path, so no character in it can be read as a pattern or an option.
  const tree = `${commit}:${path}`;
  const kind = await git.raw(["rev-parse", "--verify", "--quiet", tree]);
  if (kind === "") {
    const hint = "The folder's place in the repository may have been another one then.";
    throw new GitopsError("git/unavailable", `there is no folder "${path}" in the revision "${rev}"`, { hint });
  }
  const listing = await git.raw(["ls-tree", "-r", "-z", "--long", "--full-tree", tree]);
  return listing
    .split("\0")
    .filter((line) => line !== "")
    .map(readEntry);
}

/** One entry of `ls-tree --long`: mode, type, id, size (`-` for a submodule), a tab, the path. */
function readEntry(line: string): TreeEntry {
  const tab = line.indexOf("\t");
  const [mode = "", , id = "", size = "0"] = line.slice(0, tab).split(/ +/);
  return { mode, id, size: size === "-" ? 0 : Number(size), path: line.slice(tab + 1) };
}
