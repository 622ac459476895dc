import type { KeyObject } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Trail } from "../engine/ports.ts";
import { GitopsError, messageOf, systemCodeOf } from "../errors.ts";
import { chainOnto, EMPTY_HEAD, type Head, prepareRecords } from "./chain.ts";
import { asUnwritable, FILE_MODE, makeFolder, syncFolder, writeAll } from "./disk.ts";
import { groupCalls } from "./group-calls.ts";
import { readHead, writeHead } from "./head-file.ts";
import { Keeper } from "./keeper.ts";
import { acquireLock, type HeldLock } from "./lock.ts";
import type { PreparedRecord } from "./seal.ts";
import { checkSuccession } from "./signature.ts";
import { type ByteSource, checkTail } from "./tail.ts";
import { setTornAside } from "./torn.ts";
import {
  headBehind,
  headMissing,
  lockNotReleased,
  lockTakenOver,
  tornLine,
  type WarnAboutTrail,
  warnProcess,
} from "./warnings.ts";

export interface TrailOptions {
  readonly file: string;
  /** A private Ed25519 key; with it every head is signed. */
  readonly signingKey?: KeyObject | undefined;
  /** How long an append waits for other writers, milliseconds. */
  readonly lockTimeoutMs?: number;
  /** Without it warnings go out as process warnings. */
  readonly onWarning?: WarnAboutTrail;
}

/** A trail in one JSON Lines file. Holds nothing open between two appends. */
export interface FileTrail extends Trail {
  /** Absolute. */
  readonly file: string;
  /** Brings the file to what other machines have written, where they share the trail; to be called before it is read. */
  sync(): Promise<void>;
}

/**
 * The audit trail of a file, which need not be there yet. Appends are safe side by side in this process and beside other
 * processes of this machine. Those of this process that come while one is under way go together in the next *commit*: one lock, one write,
 * one sync of the file and one of the head file for all of them. Each commit checks that the tail is the one that was written before it
 * (`audit/broken` otherwise); when an append returns, its entries and then the head file are on disk. Entries stand in the order in which
 * their appends were called.
 *
 * A commit that fails takes back what it wrote, and every append that went with it throws. What it cannot take back stays as a torn line, which the next append
 * sets aside and reports; and when only the head file could not be written, the entries stay and the next append
 * catches up with them. In no case may the caller go on as if they were recorded.
 */
export function openTrail(options: TrailOptions): FileTrail {
  const file = resolve(options.file);
  const store: Store = { ...options, file, warn: options.onWarning ?? warnProcess };
  const commit = groupCalls<readonly PreparedRecord[]>((batch) => appendRecords(store, batch.flat()), 0);
  const keeper = new Keeper(file);
  return {
    file,
    keep: (document) => keeper.keep(document),
    // A file is its own truth.
    sync: () => Promise.resolve(),
    async append(records) {
      if (records.length === 0) return;
      // What cannot be recorded must not fail those that it would go with.
      await commit(prepareRecords(records));
    },
  };
}

interface Store extends TrailOptions {
  readonly warn: WarnAboutTrail;
}

async function appendRecords(store: Store, records: readonly PreparedRecord[]): Promise<void> {
  const { file, warn, lockTimeoutMs } = store;
  try {
    await makeFolder(dirname(file));
    const lock = await acquireLock(`${file}.lock`, lockTimeoutMs === undefined ? {} : { timeoutMs: lockTimeoutMs });
    try {
      if (lock.tookOverFrom !== null) warn(lockTakenOver(lock.tookOverFrom));
      await appendUnderLock(store, records, lock);
    } finally {
      await lock.release().catch((error: unknown) => warn(lockNotReleased(messageOf(error))));
    }
  } catch (error) {
    throw asUnwritable(file, error);
  }
}

async function appendUnderLock(store: Store, records: readonly PreparedRecord[], lock: HeldLock): Promise<void> {
  const { file, warn, signingKey } = store;
  const remembered = await readHead(file);
  const handle = await openForAppend(store, remembered);
  try {
    const tail = await checkTail(await sourceOf(handle, file), remembered, file);
    const chained = chainOnto(tail.head, records);
    checkSuccession(file, remembered, signingKey, warn);
    if (!(await lock.isHeld())) throw lostLock(file);
    if (tail.torn.length > 0) warn(tornLine(tail, await setTornAside(handle, file, tail)));
    if (remembered === null && tail.head.sequence > 0) warn(headMissing(file, tail));
    if (remembered !== null && tail.beyond > 0) warn(headBehind(file, tail));
    await writeOrTakeBack(handle, Buffer.from(chained.text), tail.end);
    await writeHead(file, chained.head, signingKey);
  } finally {
    await handle.close();
  }
}

/** Never makes a file where the head file remembers one: an empty trail in its place would hide that it was deleted. */
async function openForAppend({ file, signingKey }: Store, remembered: Head | null): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_APPEND;
  try {
    return await open(file, flags);
  } catch (error) {
    if (systemCodeOf(error) !== "ENOENT") throw error;
    if (remembered !== null && remembered.sequence > 0) throw deletedTrail(file, remembered);
  }
  // From the first entry on there is a head file, so that its absence always means something.
  if (remembered === null) await writeHead(file, EMPTY_HEAD, signingKey);
  const handle = await open(file, flags | constants.O_CREAT, FILE_MODE);
  await syncFolder(dirname(file));
  return handle;
}

async function sourceOf(handle: FileHandle, file: string): Promise<ByteSource> {
  const stats = await handle.stat();
  if (!stats.isFile()) {
    const hint = "Set audit.file to a place where an ordinary file can stand.";
    throw new GitopsError("audit/unwritable", `The audit trail ${file} is not an ordinary file.`, { hint });
  }
  return {
    size: stats.size,
    async read(position, length) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    },
  };
}

async function writeOrTakeBack(handle: FileHandle, bytes: Buffer, end: number): Promise<void> {
  try {
    await writeAll(handle, bytes);
    await handle.sync();
  } catch (error) {
    // Where even this fails, a torn line stays for the next append to report.
    await takeBack(handle, end).catch(() => undefined);
    throw error;
  }
}

async function takeBack(handle: FileHandle, end: number): Promise<void> {
  await handle.truncate(end);
  await handle.sync();
}

function deletedTrail(file: string, remembered: Head): GitopsError {
  const message = `The audit trail ${file} is gone, though its head file remembers ${remembered.sequence} entries. Nothing was appended.`;
  return new GitopsError("audit/broken", message, {
    place: { file },
    hint: "Restore the trail from a backup. If there is none, keep the .head file as evidence under another name; the next run begins a new trail.",
  });
}

function lostLock(file: string): GitopsError {
  return new GitopsError("audit/locked", `The lock of the audit trail ${file} was lost before anything was appended.`, {
    hint: "This process was stopped for longer than its lock lasts. Run again.",
  });
}
