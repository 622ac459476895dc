/** The trail's files as a branch has them, and the same files beside each other on disk. */
import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import pLimit from "p-limit";
import { GitopsError, systemCodeOf } from "../../errors.ts";
import { makeFolders } from "../../make-folders.ts";
import { FILE_MODE } from "../disk.ts";
import type { BranchFile, TrailBranch } from "./trail-branch.ts";

/** The trail's own file in a branch; what belongs to it is named after it. */
export const BRANCH_TRAIL = "audit.jsonl";

const SIDE_FILE = /^audit\.jsonl(\.head|\.torn-\d+(-\d+)?)?$/;
const KEPT_FILE = /^audit\.jsonl\.objects\/[0-9a-f]{64}\.json$/;

/** The longest file that is taken from a branch, in bytes. Hosts refuse shorter ones. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
/** So much is held in memory at once. */
const SLICE_BYTES = 8 * 1024 * 1024;

const diskWork = pLimit(16);

/** Whether a file of the branch is the trail's: whatever else stands there is left alone, and never gets a place on disk. */
export function isTrailFile(path: string): boolean {
  return SIDE_FILE.test(path) || KEPT_FILE.test(path);
}

/** True for what changes under its name; a kept document is named by its content. */
export function isSideFile(path: string): boolean {
  return SIDE_FILE.test(path);
}

/** The path in a branch of the kept document with a digest. */
export function keptPathOf(digest: string): string {
  return `${BRANCH_TRAIL}.objects/${digest.slice("sha256:".length)}.json`;
}

/**
 * Brings the trail's files in a folder to what a commit has. Kept documents first and the head file last, so that whoever reads beside it
 * finds what every entry names, and a head that at most lags behind. A kept document that the commit does not have stays: another process
 * may have put it there for its next entry.
 */
export async function placeFiles(branch: TrailBranch, folder: string, files: readonly BranchFile[]): Promise<void> {
  const differs = await Promise.all(files.map((file) => diskWork(async () => !(await isInPlace(folder, file)))));
  const missing = files.filter((_, index) => differs[index] === true).toSorted(byReaders);
  for (const slice of cutIntoSlices(missing)) {
    const contents = await branch.read(slice);
    const writes = slice.map((file, index) => () => place(join(folder, file.path), contents[index] ?? Buffer.alloc(0)));
    if (slice.every(({ path }) => !isSideFile(path))) await Promise.all(writes.map((write) => diskWork(write)));
    else for (const write of writes) await write();
  }
  await removeOthers(folder, files);
}

/** Whether a file on disk has the content that a commit has. Of a kept document only the size is looked at: reading it checks the rest. */
export async function isInPlace(folder: string, { path, id, size }: BranchFile): Promise<boolean> {
  try {
    const file = join(folder, path);
    const stats = await stat(file);
    if (!stats.isFile() || stats.size !== size) return false;
    return !isSideFile(path) || objectIdOf(await readFile(file), id.length) === id;
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}

/** Git's id of a content: SHA-1, or SHA-256 where the repository was made so. */
function objectIdOf(bytes: Buffer, digits: number): string {
  const hash = createHash(digits === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** Kept documents, then the trail, then its head. */
function byReaders(left: BranchFile, right: BranchFile): number {
  const rank = ({ path }: BranchFile) => (isSideFile(path) ? (path.endsWith(".head") ? 2 : 1) : 0);
  return rank(left) - rank(right);
}

/** Reads files of a branch that are needed as a whole. Throws `audit/unreadable` for one that is longer than any of ours. */
export async function readWhole(branch: TrailBranch, files: readonly BranchFile[]): Promise<readonly Buffer[]> {
  for (const file of files) if (file.size > MAX_FILE_BYTES) throw tooLarge(file);
  return files.length === 0 ? [] : branch.read(files);
}

function cutIntoSlices(files: readonly BranchFile[]): readonly (readonly BranchFile[])[] {
  const slices: BranchFile[][] = [];
  let room = 0;
  for (const file of files) {
    if (file.size > MAX_FILE_BYTES) throw tooLarge(file);
    if (slices.length === 0 || room < file.size) {
      slices.push([]);
      room = SLICE_BYTES;
    }
    slices.at(-1)?.push(file);
    room -= file.size;
  }
  return slices;
}

/** Under a name of its own first, so that a reader sees the old file or the new one. */
async function place(path: string, bytes: Buffer): Promise<void> {
  await makeFolders(dirname(path), { mode: 0o700 });
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, bytes, { flag: "wx", mode: FILE_MODE });
    await rename(draft, path);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

async function removeOthers(folder: string, files: readonly BranchFile[]): Promise<void> {
  for (const name of [BRANCH_TRAIL, `${BRANCH_TRAIL}.head`]) {
    if (!files.some(({ path }) => path === name)) await rm(join(folder, name), { force: true });
  }
}

function tooLarge({ path, size }: BranchFile): GitopsError {
  const message = `"${path}" on the audit trail's branch has ${size} bytes; at most ${MAX_FILE_BYTES} are read`;
  return new GitopsError("audit/unreadable", message, { hint: "See what it is: the trail does not write such files." });
}
