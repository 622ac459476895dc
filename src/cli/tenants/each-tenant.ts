/** Offline commands look at every tenant in turn, and say once what is the same for several. */
import { selectTenant } from "../../config/tenant.ts";
import { findTenantNames, namesSeveral } from "../../config/tenant-names.ts";
import { maskFinding } from "../../engine/mask.ts";
import { compareFindings, type Finding } from "../../model/finding.ts";
import type { Secrets } from "../../model/secrets.ts";
import type { OfTenants } from "../../render/test-results.ts";
import type { TenantView, Workspace } from "../workspace.ts";

/** The tenants that were named, or all of them; null alone where there is no configuration to know any from. Needs no credentials. */
export async function tenantsToCheck({ config, options }: Workspace): Promise<readonly (TenantView | null)[]> {
  const needCredentials = false;
  if (namesSeveral(options.tenant)) {
    const names = findTenantNames(config.tenantNames, options.tenant);
    return Promise.all(names.map((name) => config.resolveTenant(name, { needCredentials })));
  }
  if (options.tenant !== undefined) return [await selectTenant(config, options.tenant, { needCredentials })];
  if (config.tenantNames.length === 0) return [null];
  return Promise.all(config.tenantNames.map((name) => config.resolveTenant(name, { needCredentials })));
}

/** Most findings are the same for every tenant; each is said once. They are masked here, before any report escapes what is in them. */
export function mergeFindings(lists: readonly (readonly Finding[])[], secrets: Secrets): readonly Finding[] {
  const masked = lists.flat().map((finding) => maskFinding(finding, secrets));
  const byContent = new Map(masked.map((finding) => [JSON.stringify(finding), finding]));
  return [...byContent.values()].sort(compareFindings);
}

/** Equal items of several tenants as one, in the order in which they came first. */
export function mergeByTenant<T extends object>(
  lists: readonly { readonly tenant: TenantView | null; readonly items: readonly T[] }[],
): readonly OfTenants<T>[] {
  const byContent = new Map<string, { readonly item: T; readonly tenants: string[] }>();
  for (const { tenant, items } of lists) {
    for (const item of items) {
      const key = JSON.stringify(item);
      const merged = byContent.get(key) ?? { item, tenants: [] };
      byContent.set(key, merged);
      if (tenant !== null) merged.tenants.push(tenant.name);
    }
  }
  return [...byContent.values()].map(({ item, tenants }) => ({ ...item, tenants }));
}
