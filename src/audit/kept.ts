/**
 * Kept documents: manifests and before-images, as files beside the trail that are named by what is in them.
 *
 *   audit.jsonl.objects/<64 hex>.json     canonical JSON; <64 hex> is the SHA-256 of exactly these bytes
 *
 * An entry names a document by digest, and its hash covers the digest, so the chain holds the documents too. A document is on disk
 * before the entry that names it. One that no entry names is left by a run that was killed in between, and is no fault.
 */
import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import pLimit from "p-limit";
import { GitopsError, messageOf, systemCodeOf } from "../errors.ts";
import { canonicalJson, type Json } from "../model/json.ts";
import { asUnwritable, FILE_MODE, makeFolder, syncFolder, writeAll } from "./disk.ts";
import { digestSchema, MAX_LINE_BYTES } from "./entry.ts";

/** The longest document that is kept or read back, in bytes. */
export const MAX_KEPT_BYTES = MAX_LINE_BYTES;

/** A run may keep or read a document for each of thousands of resources at once, and a process may only open so many files. */
const fileWork = pLimit(16);

/** The folder that holds a trail's kept documents. Absolute. */
export function keptFolderOf(file: string): string {
  return `${resolve(file)}.objects`;
}

/**
 * Keeps a document and returns its digest when file and name are on disk. Processes that keep the same at once do not disturb each
 * other. Throws `audit/unwritable` when it cannot be kept, `audit/broken` when other content stands in its place.
 */
export function keepDocument(file: string, document: Json): Promise<string> {
  return fileWork(() => keepNow(file, document));
}

async function keepNow(file: string, document: Json): Promise<string> {
  const bytes = Buffer.from(canonicalJson(document));
  if (bytes.length > MAX_KEPT_BYTES) throw tooLarge(bytes.length);
  const digest = digestOfBytes(bytes);
  const folder = keptFolderOf(file);
  const path = pathOf(file, digest);
  try {
    await makeFolder(folder);
    const found = await readBytes(path);
    if (found.state === "changed" || (found.state === "read" && !found.bytes.equals(bytes))) {
      throw brokenKept(path, "holds something else than what was kept there");
    }
    if (found.state === "missing") await putInPlace(path, bytes);
    // Also when another process put it there: its name may not be on disk yet.
    await syncFolder(folder);
  } catch (error) {
    throw asUnwritable(folder, error);
  }
  return digest;
}

/**
 * The document that an entry names by digest. Throws `audit/broken` when it is gone, changed or larger than any that is kept,
 * `audit/unreadable` when the system refuses.
 */
export async function readKept(file: string, digest: string): Promise<Json> {
  if (!digestSchema.safeParse(digest).success) throw brokenKept(keptFolderOf(file), "was asked for what is no digest");
  const path = pathOf(file, digest);
  const found = await readOrRefuse(path);
  if (found.state === "missing") throw brokenKept(path, "is gone, though the trail names it");
  const value = found.state === "read" && digestOfBytes(found.bytes) === digest ? parseJson(found.bytes) : undefined;
  if (value === undefined) throw brokenKept(path, "is not what was kept there");
  return value;
}

export type KeptState = "sound" | "missing" | "changed";

/** What has become of a kept document. Throws `audit/unreadable` when the system refuses. The digest must be one. */
export async function examineKept(file: string, digest: string): Promise<KeptState> {
  const found = await readOrRefuse(pathOf(file, digest));
  if (found.state !== "read") return found.state;
  return digestOfBytes(found.bytes) === digest ? "sound" : "changed";
}

function pathOf(file: string, digest: string): string {
  return join(keptFolderOf(file), `${digest.slice("sha256:".length)}.json`);
}

function digestOfBytes(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

type FoundBytes =
  | { readonly state: "read"; readonly bytes: Buffer }
  | { readonly state: "missing" }
  /** No ordinary file, or too large to be ours. */
  | { readonly state: "changed" };

/** Throws the system's errors. */
async function readBytes(path: string): Promise<FoundBytes> {
  let handle: FileHandle;
  try {
    // Something else than a file may stand there, and opening a pipe must not wait for its writer.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { state: "missing" };
    throw error;
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > MAX_KEPT_BYTES) return { state: "changed" };
    // One byte more than there should be, so that a file that grows while it is read shows.
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(stats.size + 1), 0, stats.size + 1, 0);
    return { state: "read", bytes: buffer.subarray(0, bytesRead) };
  } finally {
    await handle.close();
  }
}

async function readOrRefuse(path: string): Promise<FoundBytes> {
  try {
    return await fileWork(() => readBytes(path));
  } catch (error) {
    const message = `The kept document ${path} cannot be read: ${messageOf(error)}.`;
    const hint = "Let this user read the folder of kept documents beside the audit trail.";
    throw new GitopsError("audit/unreadable", message, { hint, place: { file: path }, cause: error });
  }
}

/** Under a name of its own first: nobody ever sees a part of it, and two writers of the same content cannot mix. */
async function putInPlace(path: string, bytes: Buffer): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  const handle = await open(draft, "wx", FILE_MODE);
  try {
    try {
      await writeAll(handle, bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

function parseJson(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

function brokenKept(path: string, reason: string): GitopsError {
  return new GitopsError("audit/broken", `The kept document ${path} ${reason}.`, {
    place: { file: path },
    hint: "Run `cxone-gitops audit verify` for the entries that need it, and restore the file from a backup.",
  });
}

function tooLarge(bytes: number): GitopsError {
  return new GitopsError(
    "audit/unwritable",
    `A document of ${bytes} bytes cannot be kept beside the audit trail; the limit is ${MAX_KEPT_BYTES}.`,
    { hint: "Split the resource: what cannot be kept cannot be put back, so it is not sent." },
  );
}
