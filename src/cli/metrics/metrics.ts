import type { ApiEvent } from "../../cxone/events.ts";
import type { TrailRecord } from "../../engine/ports.ts";
import { EXIT, type ExitCode } from "../../errors.ts";
import type { Outcome } from "../../model/outcome.ts";
import type { Plan } from "../../model/plan.ts";
import type { MetricRecorder } from "./recorder.ts";

/**
 * Counts what happens, for Prometheus. Nothing throws and nothing waits: what is noted before `start` is kept (the first 10,000
 * notes); what is never asked for costs next to nothing. Labels hold tenants, kinds and endpoint patterns, never an id.
 */
export interface Metrics {
  /** From here on the text will be asked for. Loads what it takes to make it. */
  start(): Promise<void>;
  /** The event must hold no secret. */
  request(tenant: string, event: ApiEvent): void;
  /** For how many milliseconds a run's requests waited for their quota. */
  waited(tenant: string, quotaMs: number): void;
  outcome(tenant: string, outcome: Outcome): void;
  /** How long a write took, as the trail has it. */
  write(tenant: string, record: TrailRecord): void;
  /** What is left to do, and where it comes from. Takes the place of what an earlier plan of the tenant said. */
  plan(plan: Plan): void;
  run(run: EndedRun): void;
  notification(tenant: string, type: string, result: "sent" | "failed"): void;
  /** A run that succeeded before this process began, for a file that must not forget it. */
  succeededBefore(success: SuccessBefore): void;
  /** How many runs have ended. */
  runs(): number;
  /** Is called after each run. */
  afterRun(listener: () => void): void;
  /** The metrics in Prometheus' text format. */
  text(): Promise<string>;
}

/** Times are milliseconds since the epoch. */
export interface EndedRun {
  /** Empty where the run ended before it had one. */
  readonly tenant: string;
  readonly command: string;
  readonly code: ExitCode;
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface SuccessBefore {
  readonly tenant: string;
  readonly command: string;
  /** Seconds since 1970. */
  readonly at: number;
}

const MOST_NOTES = 10_000;

type Note = (recorder: MetricRecorder) => void;

/** What an exit code means, in the words that the metric has for it. */
export function resultOf(code: ExitCode): keyof typeof EXIT {
  if (code === EXIT.ok) return "ok";
  if (code === EXIT.pending) return "pending";
  if (code === EXIT.refused) return "refused";
  return code === EXIT.partial ? "partial" : "error";
}

export function openMetrics(): Metrics {
  const notes: Note[] = [];
  let recorder: MetricRecorder | undefined;
  let loading: Promise<MetricRecorder> | undefined;
  let runs = 0;
  const listeners: (() => void)[] = [];
  const note = (take: Note) => {
    if (recorder !== undefined) take(recorder);
    else if (notes.length < MOST_NOTES) notes.push(take);
  };
  const load = async () => {
    const made = new (await import("./recorder.ts")).MetricRecorder();
    recorder = made;
    for (const take of notes.splice(0)) take(made);
    return made;
  };
  const loaded = () => {
    loading ??= load();
    return loading;
  };
  return {
    start: async () => void (await loaded()),
    request: (tenant, event) => note((made) => made.request(tenant, event)),
    waited: (tenant, quotaMs) => note((made) => made.waited(tenant, quotaMs)),
    outcome: (tenant, outcome) => note((made) => made.outcome(tenant, outcome)),
    write: (tenant, record) => note((made) => made.write(tenant, record)),
    plan: (plan) => note((made) => made.plan(plan)),
    run(run) {
      runs += 1;
      note((made) => made.run(run));
      for (const listener of listeners) listener();
    },
    notification: (tenant, type, result) => note((made) => made.notification(tenant, type, result)),
    succeededBefore: (success) => note((made) => made.succeededBefore(success)),
    runs: () => runs,
    afterRun: (listener) => void listeners.push(listener),
    text: async () => (await loaded()).text(),
  };
}
