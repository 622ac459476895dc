import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { GitopsError, messageOf, systemCodeOf } from "../errors.ts";
import { makeFolders } from "../make-folders.ts";

/** Only the owner may read what holds live data (product specification, section 12). */
export const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Some systems cannot open or sync a folder; there the file system itself orders renames. */
const NO_FOLDER_SYNC: readonly (string | undefined)[] = ["EISDIR", "EPERM", "EINVAL", "ENOTSUP"];

/** Makes a folder with those above it that are missing, so that they outlive a power cut. */
export async function makeFolder(folder: string): Promise<void> {
  const highest = await makeFolders(folder, { mode: FOLDER_MODE });
  if (highest === undefined) return;
  for (let made = resolve(folder); ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === highest || made === dirname(made)) return;
  }
}

/** Makes the names in a folder (created, renamed) outlive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!NO_FOLDER_SYNC.includes(systemCodeOf(error))) throw error;
  }
}

/** Writes every byte at the handle's place, in one call where the system lets it. */
export async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, null);
    written += bytesWritten;
  }
}

/** Puts a whole new file in a file's place: readers see the old text or the new, never a part. One writer at a time. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.tmp`;
  // Never through what is there already, be it a killed run's or somebody's link: it may be open to others.
  await unlink(draft).catch(() => undefined);
  const handle = await open(draft, "wx", FILE_MODE);
  try {
    await writeAll(handle, Buffer.from(text));
    await handle.sync();
    await handle.close();
    await rename(draft, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: "Free space on that disk, then run again.",
  EDQUOT: "The disk quota of this user is used up: free space, then run again.",
  EACCES: "Give the user who runs cxone-gitops the right to write there.",
  EPERM: "Give the user who runs cxone-gitops the right to write there.",
  EROFS: "That disk is mounted read-only: mount it for writing, or set audit.file to another place.",
  ENOTDIR: "A part of that path is a file, not a folder: set audit.file to another place.",
  EEXIST: "A part of that path is a file, not a folder: set audit.file to another place.",
  EISDIR: "A folder stands where the file belongs: set audit.file to another place.",
};

/** What the system said while the trail was written, as our error; our own errors pass through, any other is a defect. */
export function asUnwritable(file: string, thrown: unknown): GitopsError {
  if (thrown instanceof GitopsError) return thrown;
  const code = systemCodeOf(thrown);
  if (code === undefined) return new GitopsError("internal", messageOf(thrown), { place: { file }, cause: thrown });
  const hint = HINTS[code] ?? "See what the system said, and whether the disk is sound.";
  const message = `The audit trail ${file} could not be written: ${messageOf(thrown)}.`;
  return new GitopsError("audit/unwritable", message, { hint, place: { file }, cause: thrown });
}
