import { createHash } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import * as z from "zod";
import { systemCodeOf } from "../errors.ts";
import { isProcessAlive } from "../process-alive.ts";
import { FILE_MODE } from "./disk.ts";

/** Who holds a lock. Times are ISO 8601, UTC. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: string;
  /** From then on the lock may be taken over even when the owner seems alive. */
  readonly expires: string;
}

/** A lock file as it was found. */
export interface FoundLock {
  /** Null when the file does not name one: its maker was killed, or has not come to write it. */
  readonly owner: LockOwner | null;
  readonly text: string;
  /** Tells this lock from every other that ever stood at its place. */
  readonly token: string;
  /** When it was last written, milliseconds since the epoch. */
  readonly writtenAt: number;
}

/** A maker needs far less than this between creating the file and writing its name into it. */
const NAMELESS_GRACE_MS = 5_000;
const LONGEST_OWNER_BYTES = 4_096;

const ownerSchema: z.ZodType<LockOwner> = z.object({
  pid: z.int().min(1),
  host: z.string(),
  startedAt: z.iso.datetime(),
  expires: z.iso.datetime(),
});

/** Creates the file with the text; false when something stands there already. */
export async function createLockFile(path: string, text: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(path, "wx", FILE_MODE);
  } catch (error) {
    if (systemCodeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    await handle.writeFile(text);
  } catch (error) {
    await removeIfThere(path);
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}

/** The lock at a place; undefined when there is none. */
export async function readLockFile(path: string): Promise<FoundLock | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST_OWNER_BYTES), 0, LONGEST_OWNER_BYTES, 0);
    const { ino, mtimeNs } = await handle.stat({ bigint: true });
    const text = buffer.toString("utf8", 0, bytesRead);
    const token = createHash("sha256").update(`${ino} ${mtimeNs} ${text}`).digest("hex").slice(0, 16);
    return { owner: parseOwner(text), text, token, writtenAt: Number(mtimeNs / 1_000_000n) };
  } finally {
    await handle.close();
  }
}

export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error;
  }
}

/**
 * Whether nobody stands behind a lock any more: its owner's process on this host is gone, its time is up, or it names
 * nobody and had the time to. A process on another host cannot be looked at, so there only the time counts.
 */
export function isAbandoned(lock: FoundLock): boolean {
  const { owner } = lock;
  const now = Date.now();
  if (owner === null) return Math.abs(now - lock.writtenAt) > NAMELESS_GRACE_MS;
  if (Date.parse(owner.expires) <= now) return true;
  if (owner.host !== hostname()) return false;
  // In a container every run may have the same process id as the one that was killed before it.
  if (owner.pid === process.pid) return Date.parse(owner.startedAt) < now - process.uptime() * 1_000 - 1_000;
  return !isProcessAlive(owner.pid);
}

function parseOwner(text: string): LockOwner | null {
  try {
    const parsed = ownerSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
