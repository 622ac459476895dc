import type { DocumentRef } from "./live.ts";
import type { Action } from "./plan.ts";

/**
 * What became of one change. `done`: written and verified. `already-done`: live was found equal to desired, nothing more was
 * sent. `stale`: somebody changed the owned part after the plan. `failed`: see `error`. `skipped`: something it needs failed.
 */
export type OutcomeKind = "done" | "already-done" | "stale" | "failed" | "skipped";

export interface Outcome {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  readonly document: DocumentRef;
  readonly action: Action;
  readonly outcome: OutcomeKind;
  readonly version: string | number | null;
  /** Requests to write that were sent, 0 when a re-read settled it. */
  readonly attempts: number;
  /** How many times somebody else's write came first. */
  readonly conflicts: number;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
}
