import { isJsonArray, type Json, valueAt } from "../model/json.ts";

/** Whether a document, as yet unchecked, is for a tenant. One that does not say so properly counts, so that it gets checked. */
export function isForTenant(document: Json, tenant: string | null): boolean {
  const tenants = valueAt(valueAt(document, "metadata"), "tenants");
  return tenant === null || !isJsonArray(tenants) || tenants.length === 0 || tenants.includes(tenant);
}
