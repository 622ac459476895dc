import type { Resource } from "../kinds/kind.ts";
import { compareText } from "../model/finding.ts";
import { type DocumentRef, refKey } from "../model/live.ts";

/** The resources that live in one document, which is therefore read once and written at most once. */
export interface Unit {
  readonly ref: DocumentRef;
  /** What manifests ask for, in the order in which it is composed: whoever may create the document comes first. */
  readonly resources: readonly Resource[];
  /** What the trail shows that we manage and no manifest asks for any more, in the reverse order. */
  readonly leaving: readonly Resource[];
  /** Units of a lower stage are applied before those of a higher one. */
  readonly stage: number;
}

/**
 * Groups resources by document. `kindOrder` is the order in which kinds are applied; documents that hold nothing but what is
 * leaving come after all others, in the reverse order.
 */
export function groupIntoUnits(
  resources: readonly Resource[],
  kindOrder: readonly string[],
  leaving: readonly Resource[] = [],
): readonly Unit[] {
  const rankOf = (resource: Resource) => kindOrder.indexOf(resource.kind);
  const inOrder = (left: Resource, right: Resource) =>
    rankOf(left) - rankOf(right) || compareText(left.name, right.name) || compareText(left.id, right.id);
  const leavers = new Set(leaving);
  const groups = Map.groupBy([...resources, ...leaving], (resource) => refKey(resource.target));
  const units = [...groups.values()].flatMap((group): Unit[] => {
    const staying = group.filter((resource) => !leavers.has(resource)).toSorted(inOrder);
    const gone = group
      .filter((resource) => leavers.has(resource))
      .toSorted(inOrder)
      .reverse();
    const first = staying[0] ?? gone.at(-1);
    if (first === undefined) return [];
    const rank = rankOf(first);
    const stage = staying.length > 0 ? rank : 2 * kindOrder.length - rank;
    return [{ ref: first.target, resources: staying, leaving: gone, stage }];
  });
  return units.sort(
    (left, right) =>
      left.stage - right.stage ||
      compareText(firstName(left), firstName(right)) ||
      compareText(refKey(left.ref), refKey(right.ref)),
  );
}

/** Everything of a unit, in the order in which a plan lists it. */
export function membersOf(unit: Unit): readonly Resource[] {
  return [...unit.resources, ...unit.leaving];
}

/** Who shares the document with a resource. What is leaving still has its part of it. */
export function siblingsOf(unit: Unit, resource: Resource): readonly Resource[] {
  return membersOf(unit).filter((other) => other !== resource);
}

function firstName(unit: Unit): string {
  return membersOf(unit)[0]?.name ?? "";
}
