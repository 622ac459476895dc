/** What is live, as far as it can be had. */
import { readOf } from "../../engine/observe.ts";
import { learnReplacedSecrets } from "../../engine/replaced-secrets.ts";
import { siblingsOf, type Unit } from "../../engine/units.ts";
import { compareText } from "../../model/finding.ts";
import type { JsonObject } from "../../model/json.ts";
import { type DocumentRef, refKey } from "../../model/live.ts";
import { refersToEnvironment } from "../../source/references.ts";
import { observeUnits } from "../planning.ts";
import { type Session, whileStoppable } from "../session.ts";
import type { Memory } from "../trail/memory.ts";
import type { ImportScope } from "./scope.ts";

export interface FoundDocument {
  readonly ref: DocumentRef;
  readonly document: JsonObject;
}

/** What could not be had: `flow/ivr_main` or, when there is no list, `flow`. */
export interface Unread {
  readonly document: string;
  readonly reason: string;
}

export interface FoundLive {
  /** By type and id. */
  readonly documents: readonly FoundDocument[];
  readonly unread: readonly Unread[];
}

/**
 * Reads what the scope is about. `units` are what manifests describe already: what stands live in their secrets' places
 * is masked from then on.
 */
export async function findLive(
  session: Session,
  scope: ImportScope,
  { memory, units }: { readonly memory: Memory; readonly units: readonly Unit[] },
): Promise<FoundLive> {
  const wanted = await whileStoppable(session, () => listWanted(session, scope));
  const bare = wanted.refs.map((ref): Unit => ({ ref, resources: [], leaving: [], stage: 0 }));
  const observation = await observeUnits(session, bare, { memory });
  const documents: FoundDocument[] = [];
  const unread = [...wanted.unread];
  for (const ref of wanted.refs) {
    const read = readOf(observation, ref);
    if (read.state === "present") documents.push({ ref, document: read.document });
    else if (read.state === "unknown") unread.push({ document: refKey(ref), reason: read.reason });
    else unread.push({ document: refKey(ref), reason: `${ref.type} "${ref.id}" does not exist on the tenant` });
  }
  learnSecrets(session, documents, units);
  return { documents, unread };
}

async function listWanted({ connection }: Session, { named, documentTypes }: ImportScope) {
  if (named !== undefined) return { refs: inOrder(named), unread: [] };
  const lists = await Promise.all(
    documentTypes.map(async (type) => ({ type, list: await connection.store.list(type) })),
  );
  const refs = lists.flatMap(({ list }) => (list.state === "listed" ? list.documents.map(({ ref }) => ref) : []));
  const unread = lists.flatMap(({ type, list }): readonly Unread[] =>
    list.state === "listed" ? [] : [{ document: type, reason: list.reason }],
  );
  return { refs: inOrder([...new Map(refs.map((ref) => [refKey(ref), ref])).values()]), unread };
}

function inOrder(refs: readonly DocumentRef[]): readonly DocumentRef[] {
  return refs.toSorted((left, right) => compareText(left.type, right.type) || compareText(left.id, right.id));
}

function learnSecrets({ io }: Session, documents: readonly FoundDocument[], units: readonly Unit[]): void {
  const unitByKey = new Map(units.map((unit) => [refKey(unit.ref), unit]));
  for (const { ref, document } of documents) {
    const unit = unitByKey.get(refKey(ref));
    for (const resource of unit?.resources ?? []) {
      if (unit === undefined || !refersToEnvironment(resource.source.value)) continue;
      learnReplacedSecrets(resource, siblingsOf(unit, resource), document, io.secrets);
    }
  }
}
