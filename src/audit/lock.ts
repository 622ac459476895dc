import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { GitopsError } from "../errors.ts";
import {
  createLockFile,
  type FoundLock,
  isAbandoned,
  type LockOwner,
  readLockFile,
  removeIfThere,
} from "./lock-file.ts";
import { replaceOwn, takeOver } from "./takeover.ts";

export interface LockOptions {
  /** How long to wait for another holder, milliseconds. */
  readonly timeoutMs?: number;
  /** Time between two looks, milliseconds. */
  readonly pollMs?: number;
  /** How long the lock is ours without being renewed, milliseconds; an append needs a small part of it. */
  readonly leaseMs?: number;
  /** Ends the waiting as if the time were up. */
  readonly stop?: AbortSignal | undefined;
  /** Is told once who is waited for, when that takes longer than a few seconds. */
  readonly onWait?: (who: string) => void;
  /** How long a wait needs no explanation, milliseconds. */
  readonly silentMs?: number;
}

export interface HeldLock {
  /** The abandoned lock's owner when this one was taken over; null when it was free or its owner unknown. */
  readonly tookOverFrom: LockOwner | null;
  /** Looks whether the lock is still ours with time to spare. To be asked right before a write. */
  isHeld(): Promise<boolean>;
  /**
   * Begins the lease anew. False when the lock is no longer ours, and nothing is done then. Throws the system's errors; the lease
   * goes on as it was. Not to be called beside itself or `release`.
   */
  renew(): Promise<boolean>;
  /** Gives it back. A lock that is no longer ours is left alone. */
  release(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const POLL_MS = 15;
const LEASE_MS = 30_000;
const SILENT_MS = 3_000;

/**
 * Takes a lock file, waiting for its holder and taking over from one that is gone. Holds between processes of one machine;
 * over a network share only as far as its exclusive create does. Throws `audit/locked`, naming the holder, when the time
 * is up or the stop comes, and the system's own errors when the file cannot be made.
 */
export async function acquireLock(path: string, options: LockOptions = {}): Promise<HeldLock> {
  const { timeoutMs = TIMEOUT_MS, pollMs = POLL_MS, leaseMs = LEASE_MS, silentMs = SILENT_MS } = options;
  const { stop, onWait } = options;
  const startedAt = performance.now();
  const deadline = startedAt + timeoutMs;
  let isSilent = onWait !== undefined;
  for (;;) {
    const lease = beginLease(leaseMs);
    if (await createLockFile(path, lease.text)) return hold(path, lease, leaseMs, null);
    let holder = await readLockFile(path);
    if (holder !== undefined && isAbandoned(holder)) {
      const takeover = await takeOver(path, holder, lease.text);
      if (takeover.result === "taken") return hold(path, lease, leaseMs, holder.owner);
      holder = takeover.result === "waiting" ? takeover.lock : undefined;
    }
    if (stop?.aborted || performance.now() >= deadline) throw lockedError(path, holder);
    if (isSilent && performance.now() >= startedAt + silentMs) {
      isSilent = false;
      onWait?.(describeHolder(holder));
    }
    await sleep(pollMs);
  }
}

/** Whether somebody alive holds the lock right now. */
export async function isLocked(path: string): Promise<boolean> {
  const lock = await readLockFile(path);
  return lock !== undefined && !isAbandoned(lock);
}

function hold(path: string, first: Lease, leaseMs: number, tookOverFrom: LockOwner | null): HeldLock {
  let lease = first;
  const isHeld = async () => Date.now() < lease.goodUntil && (await readLockFile(path))?.text === lease.text;
  return {
    tookOverFrom,
    isHeld,
    async renew() {
      const next = beginLease(leaseMs, lease.startedAt);
      if (!(await replaceOwn(path, lease.text, next.text))) return false;
      lease = next;
      return true;
    },
    async release() {
      if (await isHeld()) await removeIfThere(path);
    },
  };
}

interface Lease {
  /** What the lock file holds. */
  readonly text: string;
  /** Of the first lease, ISO 8601. */
  readonly startedAt: string;
  /** Until then, milliseconds since the epoch, a write may be begun: some time before others may take the lock over. */
  readonly goodUntil: number;
}

/** `nonce` makes each lock's text its own, so that two of one process are told apart. */
function beginLease(leaseMs: number, startedAt = new Date().toISOString()): Lease {
  const expires = Date.now() + leaseMs;
  const text = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    startedAt,
    expires: new Date(expires).toISOString(),
    nonce: randomUUID(),
  });
  return { text, startedAt, goodUntil: expires - leaseMs / 4 };
}

function lockedError(path: string, holder: FoundLock | undefined): GitopsError {
  const owner = holder?.owner;
  return new GitopsError("audit/locked", `The audit trail is held by ${describeHolder(holder)} (${path}).`, {
    place: { file: path },
    hint: "Run again when that process has finished. If no cxone-gitops runs there, delete the lock file.",
    ...(owner ? { context: { pid: owner.pid, host: owner.host } } : {}),
  });
}

function describeHolder(holder: FoundLock | undefined): string {
  const owner = holder?.owner;
  return owner ? `process ${owner.pid} on ${owner.host} since ${owner.startedAt}` : "another process";
}
