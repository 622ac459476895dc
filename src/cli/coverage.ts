/** Coverage is a promise about each tenant: its own callers go through its own flows. */
import { addCoverage, percentTaken } from "../callpaths/coverage.ts";
import type { Resource } from "../kinds/kind.ts";
import { type Finding, locate } from "../model/finding.ts";
import type { CoverageTotal, FlowCoverage } from "../model/test-result.ts";
import { plural } from "../render/findings.ts";
import { nameTenants, type OfTenants } from "../render/test-results.ts";
import { mergeByTenant } from "./tenants/each-tenant.ts";
import type { TenantView } from "./workspace.ts";

/** The flows of one tenant, and how much of each some case takes. */
export interface TenantCoverage {
  readonly tenant: TenantView | null;
  readonly covered: readonly FlowCoverage[];
  readonly resources: readonly Resource[];
}

/** One for each tenant, or for several whose numbers are the same. */
export function totalsOf(runs: readonly TenantCoverage[]): readonly OfTenants<CoverageTotal>[] {
  return mergeByTenant(runs.map(({ tenant, covered }) => ({ tenant, items: [addCoverage(covered)] })));
}

/** Where the cases take less than `minimum` percent of a tenant's connections: an error, at the flow that lacks the most. */
export function checkCoverage(runs: readonly TenantCoverage[], minimum: number): readonly Finding[] {
  const totals = totalsOf(runs);
  return totals.flatMap((total): readonly Finding[] => {
    const percent = percentTaken(total);
    const run = runs.find(({ tenant }) => tenant === null || total.tenants.includes(tenant.name));
    if (percent >= minimum || run === undefined) return [];
    const [worst] = run.covered.toSorted((left, right) => right.missed.length - left.missed.length);
    const flow = run.resources.find(({ name, callFlow }) => callFlow() !== undefined && name === worst?.flow);
    if (worst === undefined || flow === undefined) return [];
    const whose = totals.length === 1 ? "" : nameTenants(total);
    const message = `the cases take ${Math.floor(percent)} % of the connections${whose}, and --min-coverage asks for ${minimum} %`;
    const missed = `${worst.missed.length} of ${plural(worst.connections, "connection")}`;
    const hint = `Write cases for the ways that nobody looks at: the most are in Flow ${worst.flow}, ${missed}.`;
    return [locate({ rule: "test/coverage", path: ["metadata", "name"], message, hint }, flow.source)];
  });
}
