/** What manifests describe that an import did not find, and what it found that they describe no more. */
import { siblingsOf, type Unit } from "../../engine/units.ts";
import { refKey } from "../../model/live.ts";
import type { Draft } from "./drafts.ts";
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

/**
 * One sentence for each resource that the trail shows as ours, that is live and that no manifest describes any more. The manifests of its
 * document's others leave it out, for they do not own it; a new manifest may hold it, as `drafts` show.
 */
export function describeLeaving(units: readonly Unit[], live: FoundLive, drafts: readonly Draft[]): readonly string[] {
  const documentByKey = new Map(live.documents.map(({ ref, document }) => [refKey(ref), document]));
  const made = drafts.filter(({ edits }) => edits === undefined);
  return units.flatMap((unit) => {
    const document = documentByKey.get(refKey(unit.ref));
    if (document === undefined) return [];
    const ofDocument = made.filter((draft) => refKey(draft.document.ref) === refKey(unit.ref));
    const isWhole = ofDocument.some(({ id }) => id === unit.ref.id);
    const left = unit.leaving.filter((resource) => {
      const isAgain = ofDocument.some(({ kind, id }) => kind === resource.kind && id === resource.id);
      return !isAgain && resource.live(document, siblingsOf(unit, resource)) !== undefined;
    });
    return left.map(({ kind, name, id }) => {
      const what = `${kind} ${name} (${id}) was applied from a manifest that is gone`;
      return isWhole
        ? `${what}; the new manifest of the whole document holds what is live of it`
        : `${what}; it is live still, and in no manifest now: bring its manifest back to keep it, or let --prune delete it`;
    });
  });
}
