import { dirname } from "node:path";
import { GitopsError } from "../errors.ts";
import { asUnwritable, makeFolder } from "./disk.ts";
import { keepAlive } from "./keep-alive.ts";
import { acquireLock, type HeldLock } from "./lock.ts";

export interface RunLockOptions {
  /** How long to wait for another run, milliseconds. */
  readonly timeoutMs?: number;
  /** How long a run that gives no sign of life keeps the lock, milliseconds. On its own machine its death is noticed at once. */
  readonly leaseMs?: number;
}

const TIMEOUT_MS = 60_000;
const LEASE_MS = 15 * 60 * 1000;
/** How often a waiting run looks whether it is asked to stop, milliseconds. */
const LOOK_MS = 250;

/**
 * Lets one run at a time write to a tenant, among those that share a trail, for as long as it lives. Between machines the tenant's own
 * versions and keys decide; but where it has neither (webhooks), two runs at once could each find nothing and create one.
 * Throws `apply/busy` when another run does not finish in time or this one is asked to stop, `audit/unwritable` when there can
 * be no lock.
 */
export async function holdRunLock(
  trailFile: string,
  tenant: string,
  stop: AbortSignal,
  options: RunLockOptions = {},
): Promise<HeldLock> {
  const { timeoutMs = TIMEOUT_MS, leaseMs = LEASE_MS } = options;
  const path = `${trailFile}.${tenant}.run`;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      await makeFolder(dirname(trailFile));
      return keepAlive(await acquireLock(path, { timeoutMs: LOOK_MS, pollMs: 50, leaseMs }), leaseMs);
    } catch (thrown) {
      if (!(thrown instanceof GitopsError) || thrown.code !== "audit/locked") throw asUnwritable(trailFile, thrown);
      if (!stop.aborted && performance.now() < deadline) continue;
      throw new GitopsError("apply/busy", `tenant "${tenant}" is held by another run (${path})`, {
        hint: "Run again when it has finished. If no cxone-gitops is at work there, delete that file.",
      });
    }
  }
}
