import { dirname } from "node:path";
import { makeFolder } from "../disk.ts";
import { keepAlive } from "../keep-alive.ts";
import { acquireLock, type HeldLock } from "../lock.ts";
import { lockAwaited, type WarnAboutTrail } from "../warnings.ts";

/** It is renewed for as long as the work goes on; the death of a holder on this machine is noticed at once. */
const LEASE_MS = 2 * 60 * 1000;
const TIMEOUT_MS = 3 * 60 * 1000;
const POLL_MS = 50;

export interface BranchLockOptions {
  /** Where the copy's trail stands. */
  readonly file: string;
  /** Ends the waiting. */
  readonly stop?: AbortSignal | undefined;
  readonly onWarning: WarnAboutTrail;
}

/**
 * Does work while no other process of this machine touches the copy of a branch's trail. Between machines the remote decides. Throws
 * `audit/locked`.
 */
export async function withBranchLock<T>(
  { file, stop, onWarning }: BranchLockOptions,
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  await makeFolder(dirname(file));
  const onWait = (who: string) => onWarning(lockAwaited(who));
  const waiting = { leaseMs: LEASE_MS, timeoutMs: TIMEOUT_MS, pollMs: POLL_MS, stop, onWait };
  const lock = keepAlive(await acquireLock(`${file}.branch`, waiting), LEASE_MS);
  try {
    return await work(lock);
  } finally {
    // One that cannot be removed ends with this process, or with its lease.
    await lock.release().catch(() => undefined);
  }
}
