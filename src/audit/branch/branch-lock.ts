import { dirname } from "node:path";
import { makeFolder } from "../disk.ts";
import { acquireLock } from "../lock.ts";

/** Longer than an append may take with all its repetitions; the death of a holder on this machine is noticed at once. */
const LEASE_MS = 10 * 60 * 1000;
const TIMEOUT_MS = 3 * 60 * 1000;

/**
 * Does work while no other process of this machine touches the copy of a branch's trail. Between machines the remote decides. Throws
 * `audit/locked`.
 */
export async function withBranchLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await makeFolder(dirname(file));
  const lock = await acquireLock(`${file}.branch`, { leaseMs: LEASE_MS, timeoutMs: TIMEOUT_MS });
  try {
    return await work();
  } finally {
    // One that cannot be removed ends with this process, or with its lease.
    await lock.release().catch(() => undefined);
  }
}
