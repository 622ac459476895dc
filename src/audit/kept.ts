/**
 * Kept documents: manifests and before-images, as files beside the trail that are named by what is in them.
 *
 *   audit.jsonl.objects/<64 hex>.json     canonical JSON; <64 hex> is the SHA-256 of exactly these bytes
 *
 * An entry names a document by digest, and its hash covers the digest, so the chain holds the documents too. A document is on disk
 * before the entry that names it. One that no entry names is left by a run that was killed in between, and is no fault.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { join, resolve } from "node:path";
import { GitopsError, messageOf, systemCodeOf } from "../errors.ts";
import type { Json } from "../model/json.ts";
import { digestSchema, MAX_LINE_BYTES } from "./entry.ts";

/** The longest document that is kept or read back, in bytes. */
export const MAX_KEPT_BYTES = MAX_LINE_BYTES;

/** The folder that holds a trail's kept documents. Absolute. */
export function keptFolderOf(file: string): string {
  return `${resolve(file)}.objects`;
}

/**
 * The document that an entry names by digest. Throws `audit/broken` when it is gone, changed or larger than any that is kept,
 * `audit/unreadable` when the system refuses.
 */
export async function readKept(file: string, digest: string): Promise<Json> {
  if (!digestSchema.safeParse(digest).success) throw brokenKept(keptFolderOf(file), "was asked for what is no digest");
  const path = pathOf(file, digest);
  const found = readOrRefuse(path);
  if (found.state === "missing") throw brokenKept(path, "is gone, though the trail names it");
  const value = found.state === "read" && digestOfBytes(found.bytes) === digest ? parseJson(found.bytes) : undefined;
  if (value === undefined) throw brokenKept(path, "is not what was kept there");
  return value;
}

/** Whether a text (plain letters) stands in a kept document, as far as can be told: one that is gone or no file may hold anything. Throws `audit/unreadable`. */
export function mayHold(file: string, digest: string, text: string): boolean {
  const found = readOrRefuse(pathOf(file, digest));
  return found.state !== "read" || found.bytes.includes(text);
}

export type KeptState = "sound" | "missing" | "changed";

/** What has become of a kept document. Throws `audit/unreadable` when the system refuses. The digest must be one. */
export async function examineKept(file: string, digest: string): Promise<KeptState> {
  const found = readOrRefuse(pathOf(file, digest));
  if (found.state !== "read") return found.state;
  return digestOfBytes(found.bytes) === digest ? "sound" : "changed";
}

export function pathOf(file: string, digest: string): string {
  return join(keptFolderOf(file), `${digest.slice("sha256:".length)}.json`);
}

export function digestOfBytes(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

type FoundBytes =
  | { readonly state: "read"; readonly bytes: Buffer }
  | { readonly state: "missing" }
  /** No ordinary file, or too large to be ours. */
  | { readonly state: "changed" };

/**
 * What stands at a place. Throws the system's errors. Reads while everything else waits: a run may need thousands of these small files, and
 * to have each of them read in the background takes five times as long.
 */
export function readBytes(path: string): FoundBytes {
  let descriptor: number;
  try {
    // Something else than a file may stand there, and opening a pipe must not wait for its writer.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { state: "missing" };
    throw error;
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > MAX_KEPT_BYTES) return { state: "changed" };
    // One byte more than there should be, so that a file that grows while it is read shows.
    const buffer = Buffer.allocUnsafe(stats.size + 1);
    return { state: "read", bytes: buffer.subarray(0, readSync(descriptor, buffer, 0, stats.size + 1, 0)) };
  } finally {
    closeSync(descriptor);
  }
}

function readOrRefuse(path: string): FoundBytes {
  try {
    return readBytes(path);
  } catch (error) {
    const message = `The kept document ${path} cannot be read: ${messageOf(error)}.`;
    const hint = "Let this user read the folder of kept documents beside the audit trail.";
    throw new GitopsError("audit/unreadable", message, { hint, place: { file: path }, cause: error });
  }
}

function parseJson(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

export function brokenKept(path: string, reason: string): GitopsError {
  return new GitopsError("audit/broken", `The kept document ${path} ${reason}.`, {
    place: { file: path },
    hint: "Run `cxone-gitops audit verify` for the entries that need it, and restore the file from a backup.",
  });
}
