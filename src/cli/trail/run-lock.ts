import type { HeldLock } from "../../audit/lock.ts";
import { holdRunLock } from "../../audit/run-lock.ts";
import { messageOf } from "../../errors.ts";
import type { WritingSession } from "../session.ts";

/**
 * Does work while this run is the only one that may write to the tenant, and returns or throws what the work does. A lock that cannot
 * be given back is warned about and hides nothing of that: it ends with this process, or with its lease. Throws as `holdRunLock` does.
 */
export async function withRunLock<T>(
  { config, tenant, stopping, log }: WritingSession,
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const lock = await holdRunLock(config.audit.file, tenant.name, stopping.soft);
  try {
    return await work(lock);
  } finally {
    await lock.release().catch((thrown: unknown) => {
      const message = `the lock of tenant "${tenant.name}" could not be given back: ${messageOf(thrown)}`;
      log.warn({ what: "lock-not-released", message }, "run lock");
    });
  }
}
