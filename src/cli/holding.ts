import { readTrail } from "../audit/read.ts";
import { listRepairs, type RecordedRepair } from "../audit/repairs.ts";
import type { ResolvedConfig, ResolvedTenant } from "../config/resolved.ts";
import { type Hold, policyFor } from "../engine/policy.ts";
import { subjectOf } from "../engine/resource-identity.ts";
import type { WriteContext } from "../engine/write-context.ts";
import type { ReconcilePolicy } from "../model/policy.ts";

/** Where a policy may be configured. */
export interface PolicySource {
  readonly config: Pick<ResolvedConfig, "reconcile">;
  readonly tenant: Pick<ResolvedTenant, "reconcilePolicy">;
}

/** The policy of a scheduled run: the flag's, else the tenant's, else the configuration's. A manifest's own counts more than any. */
export function policyOfRun({ config, tenant }: PolicySource, flag: ReconcilePolicy | undefined): ReconcilePolicy {
  return flag ?? tenant.reconcilePolicy ?? config.reconcile.policy;
}

/** What tells which repairs count. */
export interface HoldSource {
  readonly config: {
    readonly reconcile: Pick<ResolvedConfig["reconcile"], "flipFlop">;
    readonly audit: Pick<ResolvedConfig["audit"], "file">;
  };
  readonly tenant: Pick<ResolvedTenant, "name">;
  readonly clock: { now(): number };
}

/** What a run with this policy leaves to a person, by what the trail shows of the runs before. Throws as `readTrail` does. */
export async function readHold({ config, tenant, clock }: HoldSource, policy: ReconcilePolicy): Promise<Hold> {
  const { flipFlop } = config.reconcile;
  const now = clock.now();
  // The last repair is at most the window old, and the first of those that count with it another window.
  const since = now - 2 * flipFlop.withinMinutes * 60_000;
  const repairs = await listRepairs(readTrail(config.audit.file), { tenant: tenant.name, since });
  const byIdentity: ReadonlyMap<string, readonly RecordedRepair[]> = Map.groupBy(repairs, subjectOf);
  return { policy, flipFlop, repairs: byIdentity, now };
}

/** An edit that comes while the run writes is treated as one that was there before it. */
export function onOwnedEditUnder(policy: ReconcilePolicy): WriteContext["onOwnedEdit"] {
  return (resource) => (policyFor(resource, policy) === "repair" ? "overwrite" : "stop");
}
