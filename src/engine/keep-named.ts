/** What is not deleted because something that is orphaned, too, and stays live would send calls to where nothing is. Pure. */
import { findKeptFor } from "./named-ids.ts";
import { type PlannedUnit, report } from "./plan-unit.ts";
import type { Unit } from "./units.ts";

/** The same units, with a report in place of each delete of a document that a kept orphan names. */
export function keepNamed(units: readonly Unit[], planned: readonly PlannedUnit[]): readonly PlannedUnit[] {
  const leaving = new Set(units.flatMap((unit) => unit.leaving));
  const changes = planned.flatMap((unit) => unit.changes).filter(({ resource }) => leaving.has(resource));
  const resourcesWith = (action: string) =>
    changes.filter(({ change }) => change.action === action).map(({ resource }) => resource);
  const keeperOf = findKeptFor(resourcesWith("report"), resourcesWith("delete"));
  if (keeperOf.size === 0) return planned;
  return planned.map((unit) => ({
    ...unit,
    changes: unit.changes.map((one) => {
      const keeper = keeperOf.get(one.resource);
      if (keeper === undefined) return one;
      const why = `${keeper.kind} ${keeper.name} still names it, which is orphaned, too, and kept`;
      return report(one.resource, `orphaned, but kept: ${why}`, one.change.liveVersion);
    }),
  }));
}
