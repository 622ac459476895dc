import type { Outcome } from "../model/outcome.ts";
import type { Plan } from "../model/plan.ts";

/** What a run came to for one tenant, as far as anybody is told of it. */
export interface RunFacts {
  readonly tenant: string;
  readonly command: string;
  /** The run in the audit trail; null for one that wrote nothing. */
  readonly run: string | null;
  readonly actor: string | null;
  readonly commit: string | null;
  readonly pullRequest: string | null;
  /** When it began and ended: ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** One of the words for exit codes. */
  readonly result: string;
  /** What ended it early; null for nothing. */
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** undefined where it did not come so far. */
  readonly plan: Plan | undefined;
  readonly outcomes: readonly TimedOutcome[];
}

export interface TimedOutcome extends Outcome {
  /** From the intent to the outcome; null where nothing was sent. */
  readonly latency_ms: number | null;
}
