import { dirname } from "node:path";
import { GitopsError } from "../errors.ts";
import { asUnwritable, makeFolder } from "./disk.ts";
import { acquireLock, type HeldLock } from "./lock.ts";

/** A run of this length is dead or stuck. On the machine that it ran on, its death is noticed at once. */
const LEASE_MS = 15 * 60 * 1000;
const TIMEOUT_MS = 60_000;
/** How often a waiting run looks whether it is asked to stop, milliseconds. */
const LOOK_MS = 250;

/**
 * Lets one run at a time write to a tenant, among those that share a trail. Between machines the tenant's own versions and keys
 * decide; but where it has neither (webhooks), two runs at once could each find nothing and create one.
 * Throws `apply/busy` when another run does not finish in time or this one is asked to stop, `audit/unwritable` when there can
 * be no lock.
 */
export async function holdRunLock(trailFile: string, tenant: string, stop: AbortSignal): Promise<HeldLock> {
  const path = `${trailFile}.${tenant}.run`;
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    try {
      await makeFolder(dirname(trailFile));
      return await acquireLock(path, { timeoutMs: LOOK_MS, pollMs: 50, leaseMs: LEASE_MS });
    } catch (thrown) {
      if (!(thrown instanceof GitopsError) || thrown.code !== "audit/locked") throw asUnwritable(trailFile, thrown);
      if (!stop.aborted && performance.now() < deadline) continue;
      throw new GitopsError("apply/busy", `tenant "${tenant}" is held by another run (${path})`, {
        hint: "Run again when it has finished. If no cxone-gitops is at work there, delete that file.",
      });
    }
  }
}
