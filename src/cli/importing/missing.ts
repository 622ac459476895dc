/** What manifests describe that an import did not find. */
import type { Unit } from "../../engine/units.ts";
import { refKey } from "../../model/live.ts";
import type { FoundLive } from "./live.ts";
import type { ImportScope } from "./scope.ts";

/**
 * One sentence for each manifest within the scope that describes nothing live. It is left: whether it is wanted, only
 * git can say.
 */
export function describeMissing(units: readonly Unit[], live: FoundLive, scope: ImportScope): readonly string[] {
  const documentByKey = new Map(live.documents.map(({ ref, document }) => [refKey(ref), document]));
  const unread = new Set(live.unread.map(({ document }) => document));
  return units.flatMap(({ ref, resources }) => {
    // What was not asked for, or could not be read, may well be there.
    const isAsked = scope.named === undefined && scope.documentTypes.includes(ref.type) && !unread.has(ref.type);
    const document = documentByKey.get(refKey(ref));
    if (document === undefined && (!isAsked || unread.has(refKey(ref)))) return [];
    const missing = resources.filter((resource) => {
      return scope.editedKinds.has(resource.kind) && (document === undefined || !resource.restate(document, []));
    });
    return missing.map(({ kind, name, source }) => {
      return `${kind} ${name} (${source.file}) is not live; its manifest is left, and the plan creates it`;
    });
  });
}
