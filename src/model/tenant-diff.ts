import type { Json } from "./json.ts";
import type { Impact } from "./plan.ts";

/** One place where two tenants are not alike. A side that has nothing there is undefined. Secrets are masked. */
export interface TenantDifference {
  /** In the owned part, in its canonical shape; empty for the whole. */
  readonly path: string;
  /** As it stands on the first tenant. */
  readonly first?: Json;
  /** What that would be on the second; only where it is something else. */
  readonly mapped?: Json;
  /** As it stands on the second tenant. */
  readonly second?: Json;
}

/** A resource that manifests describe for both tenants. */
export interface ComparedResource {
  readonly kind: string;
  readonly name: string;
  /** The ids on the tenants. */
  readonly ids: { readonly first: string; readonly second: string };
  readonly state: "same" | "different" | "unknown";
  /** Who notices when the first one's becomes the second one's, and what. */
  readonly impact: Impact | null;
  readonly effects: readonly string[];
  readonly differences: readonly TenantDifference[];
  /** Why it is unknown; null when it is not. */
  readonly reason: string | null;
}

/** A resource that manifests describe for one of the tenants only. */
export interface LoneResource {
  readonly tenant: string;
  readonly kind: string;
  readonly name: string;
  readonly id: string;
}

export interface TenantComparison {
  readonly resources: readonly ComparedResource[];
  readonly only: readonly LoneResource[];
}
