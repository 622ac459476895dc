import { dirname } from "node:path";
import { GitopsError } from "../errors.ts";
import { asUnwritable, makeFolder } from "./disk.ts";
import { acquireLock, type HeldLock } from "./lock.ts";

/** A run of this length is dead or stuck; on the machine that it ran on, its death is noticed at once. */
const LEASE_MS = 60 * 60 * 1000;
const TIMEOUT_MS = 60_000;

/**
 * Lets one run at a time write to a tenant, among those that share a trail. Between machines the tenant's own versions and keys
 * decide; but where it has neither (webhooks), two runs at once could each find nothing and create one.
 * Throws `apply/busy` when another run does not finish in time, `audit/unwritable` when there can be no lock.
 */
export async function holdRunLock(
  trailFile: string,
  tenant: string,
  timeoutMs: number = TIMEOUT_MS,
): Promise<HeldLock> {
  try {
    await makeFolder(dirname(trailFile));
    return await acquireLock(`${trailFile}.${tenant}.run`, { timeoutMs, pollMs: 50, leaseMs: LEASE_MS });
  } catch (thrown) {
    if (!(thrown instanceof GitopsError) || thrown.code !== "audit/locked") throw asUnwritable(trailFile, thrown);
    throw new GitopsError("apply/busy", `another run is writing to tenant "${tenant}": ${thrown.message}`, {
      hint: "Run again when it has finished. Nothing was sent.",
    });
  }
}
