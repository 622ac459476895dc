import type { ApiEvent } from "../../cxone/events.ts";
import type { TrailRecord } from "../../engine/ports.ts";
import { isSuccess } from "../../errors.ts";
import type { Outcome } from "../../model/outcome.ts";
import { type Change, isHeld, type Plan } from "../../model/plan.ts";
import { readVersion } from "../package-files.ts";
import { createInstruments, type Instruments } from "./instruments.ts";
import { type EndedRun, resultOf, type SuccessBefore } from "./metrics.ts";

/** `held`: what a policy leaves to a person. */
const ACTIONS = ["create", "update", "delete", "held"] as const;
const DIRECTIONS = ["sent", "received"] as const;
const ORIGINS = ["edited-live", "not-deployed", "both", "unknown"] as const;

/** Puts what happens into metrics. A tenant's gauges are always all there, so that none keeps what is no longer so. */
export class MetricRecorder {
  readonly #made: Instruments = createInstruments();
  readonly #kinds = new Set<string>();

  constructor() {
    this.#made.buildInfo.set({ version: readVersion(), node: process.versions.node }, 1);
  }

  request(tenant: string, event: ApiEvent): void {
    const { family } = event;
    // What was known is told by the requests that were not sent.
    if (event.type === "known" || event.type === "slowed") return;
    if (event.type === "paused") {
      this.#made.pauses.inc({ tenant, family });
      this.#made.pauseSeconds.inc({ tenant, family }, event.waitMs / 1000);
      return;
    }
    const where = { tenant, family, method: event.method, endpoint: event.endpoint };
    if (event.type === "retry") {
      this.#made.retries.inc({ ...where, reason: event.reason });
      return;
    }
    this.#made.requests.inc({ ...where, status: statusClass(event.status) });
    this.#made.requestSeconds.observe(where, event.latencyMs / 1000);
    for (const direction of DIRECTIONS) this.#made.bytes.inc({ tenant, family, direction }, event.bytes[direction]);
  }

  waited(tenant: string, quotaMs: number): void {
    this.#made.quotaSeconds.inc({ tenant }, quotaMs / 1000);
  }

  outcome(tenant: string, { kind, action, outcome, conflicts }: Outcome): void {
    this.#made.outcomes.inc({ tenant, kind, action, outcome });
    this.#made.conflicts.inc({ tenant, kind }, conflicts);
  }

  write(tenant: string, { kind, action, outcome, latency_ms }: TrailRecord): void {
    if (outcome === null || latency_ms === null) return;
    this.#made.writeSeconds.observe({ tenant, kind, action, outcome }, latency_ms / 1000);
  }

  /** What is left to do. Takes the place of what an earlier plan of the tenant said. */
  plan({ tenant, changes, summary, narrowed }: Plan): void {
    // What is left to do on a tenant is known to who has looked at all of it.
    if (narrowed !== undefined) return;
    for (const { kind } of changes) this.#kinds.add(kind);
    for (const kind of this.#kinds) {
      for (const action of ACTIONS) {
        const count = changes.filter((change) => change.kind === kind && actionOf(change) === action).length;
        this.#made.pending.set({ tenant, kind, action }, count);
      }
    }
    for (const origin of ORIGINS) {
      this.#made.drift.set({ tenant, origin }, changes.filter(({ drift }) => drift?.origin === origin).length);
    }
    this.#made.unknown.set({ tenant }, summary.unknown);
  }

  run({ tenant, command, code, startedAt, endedAt }: EndedRun): void {
    const which = { tenant, command };
    this.#made.runs.inc({ ...which, result: resultOf(code) });
    this.#made.runSeconds.set(which, (endedAt - startedAt) / 1000);
    this.#made.lastRun.set(which, endedAt / 1000);
    if (isSuccess(code)) this.#made.lastSuccess.set(which, endedAt / 1000);
  }

  notification(tenant: string, type: string, result: "sent" | "failed"): void {
    this.#made.notifications.inc({ tenant, type, result });
  }

  succeededBefore({ tenant, command, at }: SuccessBefore): void {
    this.#made.lastSuccess.set({ tenant, command }, at);
  }

  text(): Promise<string> {
    return this.#made.registry.metrics();
  }
}

function actionOf(change: Change): string {
  return isHeld(change) ? "held" : change.action;
}

/** The first digit is enough to see whether requests succeed, and four series are fewer than forty. */
function statusClass(status: number | null): string {
  return status === null ? "none" : `${Math.floor(status / 100)}xx`;
}
