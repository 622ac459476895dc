import type { Clock, LiveStore } from "../engine/ports.ts";
import type { Secrets } from "../model/secrets.ts";
import { type ApiEvent, type RequestReport, Tally } from "./events.ts";
import { Family, type FamilyParts } from "./family.ts";
import { rememberSecret } from "./remember-secret.ts";
import { CxoneStore } from "./store.ts";
import { DEFAULT_TIMEOUTS, type TenantEndpoints } from "./tenant.ts";
import { WaitBudget } from "./wait-budget.ts";

/** Refresh margins of the two seed articles. */
const FLOWS_TOKEN_MARGIN_MS = 30_000;
const WORKFLOWS_TOKEN_MARGIN_MS = 60_000;

export interface ConnectOptions {
  readonly tenant: TenantEndpoints;
  readonly clock: Clock;
  /** Grows by the client secret and by every token as it arrives. */
  readonly secrets: Secrets;
  readonly onEvent?: ((event: ApiEvent) => void) | undefined;
  /**
   * When it fires, nothing new is sent: what waits gives up (`unknown`, or `rejected` with `api/stopped`), what is under
   * way is left to finish, because a write's answer is worth the seconds.
   */
  readonly signal?: AbortSignal | undefined;
  /** Of this product, for the `User-Agent`. */
  readonly version: string;
}

export interface CxoneConnection {
  readonly store: LiveStore;
  /** What was sent so far. */
  report(): RequestReport;
  /** Closes kept connections. To be called once everything that was asked of the store has been answered. */
  close(): Promise<void>;
}

/**
 * A tenant to read from and write to. Makes no request by itself: a token is fetched with a family's first call, and for
 * a family that is never used not at all.
 */
export function connectTenant(options: ConnectOptions): CxoneConnection {
  const { tenant, clock, secrets, signal } = options;
  rememberSecret(secrets, tenant.clientSecret);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...tenant.timeouts };
  const budget = new WaitBudget(tenant.retry.budgetMs);
  const tally = new Tally(options.onEvent);
  const shared = { tenant, clock, secrets, signal, budget, tally, tokenTimeoutMs: timeouts.tokenMs };
  const open = (own: Pick<FamilyParts, "name" | "endpoint" | "tokenMarginMs">) =>
    new Family({ ...shared, ...own, userAgent: `cxone-gitops/${options.version}` });
  const flows = open({ name: "flows", endpoint: tenant.flows, tokenMarginMs: FLOWS_TOKEN_MARGIN_MS });
  const workflows = open({ name: "workflows", endpoint: tenant.workflows, tokenMarginMs: WORKFLOWS_TOKEN_MARGIN_MS });
  return {
    store: new CxoneStore({ flows, workflows, secrets, timeouts }),
    report: () => tally.report(budget.waitedMs),
    async close() {
      flows.close();
      workflows.close();
    },
  };
}
