import type { HeldLock } from "./lock.ts";

/** Of these signs of life all but the last may fail (a full disk, a busy machine), and the lock is still ours. */
const RENEWALS_PER_LEASE = 5;

/** Renews a lock's lease, `leaseMs` milliseconds long, until it is released: for work that may take longer than a lease. */
export function keepAlive(lock: HeldLock, leaseMs: number): HeldLock {
  let last: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    // One that fails is made up for by the next; whether the lock is still ours, isHeld says.
    last = last.then(() => lock.renew()).catch(() => undefined);
  }, leaseMs / RENEWALS_PER_LEASE);
  timer.unref();
  return {
    ...lock,
    async isHeld() {
      // In the middle of a renewal the lock on disk is not yet the one that is remembered.
      await last;
      return lock.isHeld();
    },
    async release() {
      clearInterval(timer);
      // A renewal under way would put the lock back after it was removed.
      await last;
      await lock.release();
    },
  };
}
