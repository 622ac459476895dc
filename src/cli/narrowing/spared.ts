import { findIdsIn } from "../../engine/named-ids.ts";
/**
 * What a narrow run does not delete, though no manifest describes it any more:
 *
 *   what                                                  because
 *   an orphan that was not selected                       nobody asked for it; it is here for what lives in the same document
 *   a selected one that an orphan which is kept names     live, that one may still send calls there
 */
import type { Resource } from "../../kinds/kind.ts";
import { refKey } from "../../model/live.ts";
import { describe, type Everything } from "./naming.ts";

/** The orphans that are kept, each with why, as a clause. */
export function findSpared(
  selected: ReadonlySet<Resource>,
  { leaving }: Pick<Everything, "leaving">,
): ReadonlyMap<Resource, string> {
  const kept = leaving.filter((one) => !selected.has(one));
  const spared = new Map(kept.map((one) => [one, "it is not selected"]));
  const isDocument = (one: Resource) => selected.has(one) && one.createsDocument;
  const goingById = new Map(leaving.filter(isDocument).map((one) => [one.target.id, one]));
  // What is kept for its caller keeps what it calls.
  for (const keeper of kept) {
    for (const id of findIdsIn(keeper)) {
      const going = goingById.get(id);
      if (going === undefined || spared.has(going) || refKey(going.target) === refKey(keeper.target)) continue;
      spared.set(going, `${describe(keeper)} still names it, which is orphaned, too, and not deleted in this run`);
      kept.push(going);
    }
  }
  return spared;
}
