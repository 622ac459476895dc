import { Buffer } from "node:buffer";
import { type GitPlace, openGit, toGitProblem } from "./git-client.ts";

/** A file in a commit. */
export interface TreeFile {
  /** From the folder that was listed, with forward slashes. */
  readonly path: string;
  readonly id: string;
  readonly size: number;
}

/** What a path is to hold: the bytes of a file on disk, absolute. */
export interface DraftFile {
  readonly path: string;
  readonly from: string;
}

export interface CommitOptions {
  readonly parent: string | null;
  readonly message: string;
  /** Paths start from it; empty for the top. */
  readonly folder: string;
  readonly files: readonly DraftFile[];
  /** The reference that holds the commit from then on, whatever it held. */
  readonly ref: string;
}

const ORDINARY_FILE = /^100(644|755)$/;
/** Whoever looks at the branch's history sees what wrote it; who asked for it is in the entries. */
const COMMITTER = "cxone-gitops <cxone-gitops@localhost>";

/** The ordinary files of a commit below a folder; none when there is no such folder. */
export async function listTree(place: GitPlace, commit: string, folder: string): Promise<readonly TreeFile[]> {
  const prefix = folder === "" ? "" : `${folder}/`;
  try {
    const below = prefix === "" ? [] : [prefix];
    const listing = await openGit(place).raw(["ls-tree", "-r", "-z", "--long", "--full-tree", commit, ...below]);
    return listing.split("\0").flatMap((line): TreeFile[] => {
      const tab = line.indexOf("\t");
      const [mode = "", , id = "", size = ""] = line.slice(0, tab).split(/ +/);
      return ORDINARY_FILE.test(mode) ? [{ path: line.slice(tab + 1 + prefix.length), id, size: Number(size) }] : [];
    });
  } catch (thrown) {
    throw toGitProblem(thrown, "list the files of the audit trail's branch");
  }
}

/** Commits files, and everything else as the parent has it. Two processes, however many files. */
export async function commitFiles(
  place: GitPlace,
  options: CommitOptions,
): Promise<{ readonly commit: string; readonly ids: readonly string[] }> {
  const { parent, message, folder, files, ref } = options;
  try {
    const paths = files.map(({ from }) => `${from}\n`).join("");
    const hashed = await openGit(place, { input: paths }).raw(["hash-object", "-w", "--no-filters", "--stdin-paths"]);
    const ids = hashed.trim().split("\n");
    if (ids.length !== files.length) throw new Error("it did not store every file");
    const prefix = folder === "" ? "" : `${folder}/`;
    const input = [
      `commit ${ref}`,
      "mark :1",
      `committer ${COMMITTER} ${Math.floor(Date.now() / 1000)} +0000`,
      `data ${Buffer.byteLength(message)}`,
      message,
      ...(parent === null ? [] : [`from ${parent}`]),
      ...files.map(({ path }, index) => `M 100644 ${ids[index]} ${prefix}${path}`),
      "",
      "get-mark :1",
      "done",
      "",
    ].join("\n");
    const made = await openGit(place, { input }).raw(["fast-import", "--quiet", "--force", "--done"]);
    return { commit: made.trim(), ids };
  } catch (thrown) {
    throw toGitProblem(thrown, "commit the audit trail");
  }
}
