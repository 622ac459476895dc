import type { Resource } from "../kinds/kind.ts";
import { compareText } from "../model/finding.ts";
import { type DocumentRef, refKey } from "../model/live.ts";

/** The resources that live in one document, which is therefore read once and written at most once. */
export interface Unit {
  readonly ref: DocumentRef;
  /** In the order in which they are composed: whoever may create the document comes first. */
  readonly resources: readonly Resource[];
  /** Units of a lower stage are applied before those of a higher one. */
  readonly stage: number;
}

/** Groups resources by document. `kindOrder` is the order in which kinds are applied. */
export function groupIntoUnits(resources: readonly Resource[], kindOrder: readonly string[]): readonly Unit[] {
  const rankOf = (resource: Resource) => kindOrder.indexOf(resource.kind);
  const groups = Map.groupBy(resources, (resource) => refKey(resource.target));
  const units = [...groups.values()].flatMap((group): Unit[] => {
    const sorted = group.toSorted((left, right) => rankOf(left) - rankOf(right) || compareText(left.name, right.name));
    const first = sorted[0];
    return first === undefined ? [] : [{ ref: first.target, resources: sorted, stage: rankOf(first) }];
  });
  const nameOf = ({ resources: [first] }: Unit) => first?.name ?? "";
  return units.sort(
    (left, right) =>
      left.stage - right.stage ||
      compareText(nameOf(left), nameOf(right)) ||
      compareText(refKey(left.ref), refKey(right.ref)),
  );
}

export function siblingsOf(unit: Unit, resource: Resource): readonly Resource[] {
  return unit.resources.filter((other) => other !== resource);
}
