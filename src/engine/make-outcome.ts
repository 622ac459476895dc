import { GitopsError, messageOf } from "../errors.ts";
import type { LiveDocument } from "../model/live.ts";
import type { Outcome, OutcomeKind } from "../model/outcome.ts";
import type { Part } from "./part.ts";

export type Failure = Pick<GitopsError, "code" | "message" | "hint">;

/** How a part ended, and what it took. */
export interface Ending {
  readonly outcome: OutcomeKind;
  /** The document as it was last seen. */
  readonly live: LiveDocument | undefined;
  readonly failure: Failure | undefined;
  readonly attempts: number;
  readonly conflicts: number;
}

export function makeOutcome({ resource, change }: Part, ending: Ending): Outcome {
  const { outcome, live, failure, attempts, conflicts } = ending;
  return {
    kind: resource.kind,
    name: resource.name,
    id: resource.id,
    document: resource.target,
    action: change.action,
    outcome,
    version: live?.version ?? null,
    attempts,
    conflicts,
    error: failure === undefined ? null : { code: failure.code, message: failure.message, hint: failure.hint ?? null },
  };
}

/** Why the trail could not announce a write: its own words where it has some, and whether an earlier one had been sent. */
export function describeTrailFailure(thrown: unknown, attempts: number): Failure {
  const reassurance =
    attempts === 0
      ? "Nothing was sent for it."
      : "An earlier write was sent for it: run plan to see whether it arrived.";
  if (!(thrown instanceof GitopsError)) {
    const hint = `${reassurance} Make the trail writable and run again.`;
    return { code: "audit/unwritable", message: messageOf(thrown), hint };
  }
  return { code: thrown.code, message: thrown.message, hint: `${reassurance} ${thrown.hint ?? ""}`.trim() };
}
