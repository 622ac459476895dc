import type { FamilyEndpoint, TenantEndpoints } from "../tenant.ts";
import { Neighbours } from "./neighbours.ts";
import { Quota, type QuotaParts } from "./quota.ts";
import type { RunKind } from "./shares.ts";

/** How a run shares a tenant's quota with other runs on this machine. */
export interface Sharing {
  readonly kind: RunKind;
  /** Where the runs of one user of this machine find each other. */
  readonly folder: string;
  /** Is told why the other runs cannot be seen; the run then goes on as if it were alone. */
  readonly onTrouble: (why: string) => void;
}

export interface QuotasParts extends Omit<QuotaParts, "limits" | "neighbours"> {
  readonly tenant: TenantEndpoints;
  /** Without it the run has each quota to itself. */
  readonly sharing: Sharing | undefined;
}

/** The quotas of a tenant: one for each address, because what answers there counts whatever comes. */
export class Quotas {
  readonly #parts: QuotasParts;
  readonly #byAddress = new Map<string, Quota>();

  constructor(parts: QuotasParts) {
    this.#parts = parts;
  }

  /** The quota that a family keeps to. */
  of({ baseUrl: written }: FamilyEndpoint): Quota {
    const { tenant, sharing, ...parts } = this.#parts;
    const baseUrl = written.replace(/\/+$/, "");
    const found = this.#byAddress.get(baseUrl);
    if (found !== undefined) return found;
    const { clientId, limits } = tenant;
    const neighbours = sharing && new Neighbours({ ...sharing, baseUrl, clientId });
    const quota = new Quota({ ...parts, limits, neighbours });
    this.#byAddress.set(baseUrl, quota);
    return quota;
  }

  /** Leaves them to other runs. */
  close(): void {
    for (const quota of this.#byAddress.values()) quota.close();
  }
}
