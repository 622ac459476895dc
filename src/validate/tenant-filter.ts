import { didYouMean } from "../model/closest.ts";
import { type Finding, locate } from "../model/finding.ts";
import { isJsonArray, type Json, valueAt } from "../model/json.ts";
import type { SourceDocument } from "../model/manifest.ts";

/** Whether a document, as yet unchecked, is for a tenant. One that does not say so properly counts, so that it gets checked. */
export function isForTenant(document: Json, tenant: string | null): boolean {
  const tenants = valueAt(valueAt(document, "metadata"), "tenants");
  return tenant === null || !isJsonArray(tenants) || tenants.length === 0 || tenants.includes(tenant);
}

/** A manifest for a tenant that does not exist would silently be for nobody. */
export function checkTenants(source: SourceDocument, known: readonly string[] | null): readonly Finding[] {
  const tenants = valueAt(valueAt(source.value, "metadata"), "tenants");
  if (known === null || !isJsonArray(tenants)) return [];
  return tenants.flatMap((tenant, index) => {
    if (typeof tenant !== "string" || known.includes(tenant)) return [];
    const message = `there is no tenant "${tenant}" in the configuration`;
    const hint = didYouMean(tenant, known) ?? `Known tenants: ${known.join(", ")}.`;
    return [locate({ rule: "manifest/unknown-tenant", path: ["metadata", "tenants", index], message, hint }, source)];
  });
}
