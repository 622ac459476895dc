/**
 * What a narrow run does not delete, though no manifest describes it any more:
 *
 *   what                                                  because
 *   an orphan that was not selected                       nobody asked for it; it is here for what lives in the same document
 *   a selected one that an orphan which is kept names     live, that one may still send calls there
 */
import { findKeptFor } from "../../engine/named-ids.ts";
import type { Resource } from "../../kinds/kind.ts";
import { describe, type Everything } from "./naming.ts";

/** The orphans that are kept, each with why, as a clause. Not all of them are documents that the run reads. */
export function findSpared(
  selected: ReadonlySet<Resource>,
  { leaving }: Pick<Everything, "leaving">,
): ReadonlyMap<Resource, string> {
  const kept = leaving.filter((one) => !selected.has(one));
  const going = leaving.filter((one) => selected.has(one));
  const why = (keeper: Resource) =>
    `${describe(keeper)} still names it, which is orphaned, too, and not deleted in this run`;
  return new Map([
    ...kept.map((one) => [one, "it is not selected"] as const),
    ...[...findKeptFor(kept, going)].map(([one, keeper]) => [one, why(keeper)] as const),
  ]);
}
