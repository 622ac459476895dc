import pLimit from "p-limit";
import type { Resource } from "../kinds/kind.ts";
import type { LiveRead } from "../model/live.ts";
import type { Outcome } from "../model/outcome.ts";
import { type Change, isBlocked, isHeld, isRefused, type Plan } from "../model/plan.ts";
import { type Observation, readOf } from "./observe.ts";
import { partsOf } from "./part.ts";
import { changesByIdentity, identityOf, subjectOf } from "./resource-identity.ts";
import { membersOf, type Unit } from "./units.ts";
import type { WriteContext } from "./write-context.ts";
import { writeUnit } from "./write-unit.ts";

export interface ApplyInput extends WriteContext {
  readonly plan: Plan;
  readonly units: readonly Unit[];
  readonly observation: Observation;
  /** How many documents are written at the same time. */
  readonly concurrency: number;
  /** When it aborts, writes in flight are finished and the rest is skipped. */
  readonly stop?: AbortSignal;
  readonly onOutcome?: (outcome: Outcome) => void;
}

/**
 * Carries a plan out: stage by stage, the documents of a stage side by side. One document's failure stops nothing but its own
 * parts. Returns one outcome for each change that the plan makes, in the plan's order. A blocked or refused plan writes nothing.
 */
export async function applyPlan(input: ApplyInput): Promise<readonly Outcome[]> {
  if (isBlocked(input.plan) || isRefused(input.plan)) return [];
  const limit = pLimit(input.concurrency);
  const halt: Halt = { reason: undefined };
  const changes = changesByIdentity(input.plan.changes);
  const outcomes: Outcome[] = [];
  for (const units of Map.groupBy(input.units, (unit) => unit.stage).values()) {
    const stage = await Promise.all(units.map((unit) => limit(() => applyUnit(unit, changes, input, halt))));
    outcomes.push(...stage.flat());
  }
  return inPlanOrder(input.plan.changes, outcomes);
}

/** Why nothing more is sent in this run; the documents under way are finished. */
interface Halt {
  reason: string | undefined;
}

async function applyUnit(
  unit: Unit,
  changes: ReadonlyMap<string, Change>,
  input: ApplyInput,
  halt: Halt,
): Promise<readonly Outcome[]> {
  const read = readOf(input.observation, unit.ref);
  const parts = partsOf(unit, changes, presentOf(read));
  if (input.stop?.aborted) halt.reason ??= "the run was stopped before it was sent";
  const { reason } = halt;
  const outcomes =
    reason === undefined
      ? await writeUnit({ unit, parts, base: presentOf(read), bystanders: bystandersOf(unit, changes) }, input)
      : parts.map((part) => skipped(part.change, reason));
  // A trail that failed once would fail every document in turn, each after its own wait.
  if (outcomes.some(({ error }) => error?.code.startsWith("audit/")))
    halt.reason ??= "the audit trail could not be written";
  for (const outcome of outcomes) input.onOutcome?.(outcome);
  return outcomes;
}

function bystandersOf(unit: Unit, changes: ReadonlyMap<string, Change>): readonly Resource[] {
  return membersOf(unit).filter((resource) => {
    const change = changes.get(identityOf(resource));
    return change !== undefined && (change.action === "unchanged" || isHeld(change));
  });
}

function presentOf(read: LiveRead) {
  return read.state === "present" ? read : undefined;
}

function skipped({ kind, name, id, document, action }: Change, message: string): Outcome {
  const error = { code: "apply/stopped", message, hint: "Run again." };
  return { kind, name, id, document, action, outcome: "skipped", version: null, attempts: 0, conflicts: 0, error };
}

function inPlanOrder(changes: readonly Change[], outcomes: readonly Outcome[]): readonly Outcome[] {
  const byIdentity = new Map(outcomes.map((outcome) => [subjectOf(outcome), outcome]));
  return changes.flatMap((change) => byIdentity.get(subjectOf(change)) ?? []);
}
