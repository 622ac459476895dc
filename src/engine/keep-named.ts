/** What is not deleted because something that is orphaned, too, and stays live would send calls to where nothing is. Pure. */
import { refKey } from "../model/live.ts";
import { findIdsIn } from "./named-ids.ts";
import type { PlannedUnit } from "./plan-unit.ts";
import type { PlannedChange } from "./show-change.ts";
import type { Unit } from "./units.ts";

/** The same units, with a report in place of each delete of a document that a kept orphan names; what is kept by that keeps others. */
export function keepNamed(units: readonly Unit[], planned: readonly PlannedUnit[]): readonly PlannedUnit[] {
  const leaving = new Set(units.flatMap((unit) => unit.leaving));
  const all = planned.flatMap(({ changes }) => changes).filter(({ resource }) => leaving.has(resource));
  const goingById = new Map(all.filter(isDocumentDeleted).map((one) => [one.resource.target.id, one]));
  if (goingById.size === 0) return planned;
  const kept = new Map<PlannedChange, PlannedChange>();
  const keepers = all.filter(({ change }) => change.action === "report");
  for (const keeper of keepers) {
    for (const id of findIdsIn(keeper.resource)) {
      const going = goingById.get(id);
      if (going === undefined || kept.has(going) || isOneDocument(going, keeper)) continue;
      const { kind, name } = keeper.resource;
      kept.set(going, keep(going, `${kind} ${name} still names it, which is orphaned, too, and kept`));
      keepers.push(going);
    }
  }
  if (kept.size === 0) return planned;
  return planned.map((unit) => ({ ...unit, changes: unit.changes.map((one) => kept.get(one) ?? one) }));
}

function isDocumentDeleted({ change, resource }: PlannedChange): boolean {
  return change.action === "delete" && resource.createsDocument;
}

function isOneDocument(one: PlannedChange, other: PlannedChange): boolean {
  return refKey(one.resource.target) === refKey(other.resource.target);
}

function keep({ change, resource }: PlannedChange, why: string): PlannedChange {
  const notes = [`orphaned, but kept: ${why}`];
  const quiet = { action: "report", impact: null, effects: [], patch: [], live: {}, notes, drift: null } as const;
  return { change: { ...change, ...quiet }, told: undefined, resource };
}
