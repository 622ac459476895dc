import type { Clock, LiveStore } from "../engine/ports.ts";
import type { Secrets } from "../model/secrets.ts";
import { rememberSecret } from "./attempts/remember-secret.ts";
import { WaitBudget } from "./attempts/wait-budget.ts";
import { type ApiEvent, type RequestReport, Tally } from "./events.ts";
import { Family, type FamilyParts } from "./family.ts";
import { type KnownDocuments, NOTHING_KNOWN } from "./lists/known.ts";
import { Quotas, type Sharing } from "./quota/quotas.ts";
import { SteadyClock } from "./steady-clock.ts";
import { CxoneStore } from "./store.ts";
import { DEFAULT_TIMEOUTS, type TenantEndpoints } from "./tenant.ts";
import { Transport } from "./wire/transport.ts";

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
  /** What earlier runs have read; without it every document is asked for. */
  readonly known?: KnownDocuments | undefined;
  /** How the quota is shared with other runs on this machine; without it the run has it to itself. */
  readonly sharing?: Sharing | undefined;
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
  const { tenant, secrets, signal, sharing, known = NOTHING_KNOWN } = options;
  const clock = new SteadyClock(options.clock);
  rememberSecret(secrets, tenant.clientSecret);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...tenant.timeouts };
  const budget = new WaitBudget(tenant.retry.budgetMs);
  const startedAt = clock.now();
  const cpuBefore = process.cpuUsage();
  const tally = new Tally(() => clock.now(), options.onEvent);
  const transport = new Transport(`cxone-gitops/${options.version}`, tally.network);
  const shared = { tenant, clock, secrets, signal, budget, tally, transport, tokenTimeoutMs: timeouts.tokenMs };
  const note = (event: ApiEvent) => tally.note(event);
  const quotas = new Quotas({ tenant, clock, signal, budget, note, sharing, waiting: tally.quota });
  const open = (own: Pick<FamilyParts, "name" | "endpoint" | "tokenMarginMs">) =>
    new Family({ ...shared, ...own, quota: quotas.of(own.endpoint) });
  const flows = open({ name: "flows", endpoint: tenant.flows, tokenMarginMs: FLOWS_TOKEN_MARGIN_MS });
  const workflows = open({ name: "workflows", endpoint: tenant.workflows, tokenMarginMs: WORKFLOWS_TOKEN_MARGIN_MS });
  return {
    store: new CxoneStore({ flows, workflows, secrets, timeouts, known, random: () => clock.random(), note }),
    report() {
      const totalMs = clock.now() - startedAt;
      return tally.report({ waitedMs: budget.waitedMs, totalMs, cpuMs: cpuSince(cpuBefore) });
    },
    async close() {
      quotas.close();
      transport.close();
    },
  };
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1000);
}
