/**
 * Documents that are no part of a narrow run and are read for it all the same, because something of them must not be shown, and may stand in
 * what the run is about as well: somebody copied it. Nothing of them is planned.
 *
 *   a document teaches when                                   because what stands live there
 *   a manifest has a value from the environment in it,         may be the value of yesterday, which no environment has any more
 *   now or as it was applied last
 *   it has masks as it was kept last                           was a secret then
 */
import { setImmediate as turn } from "node:timers/promises";
import { keptFormOf } from "../../engine/kept-form.ts";
import { holdsSecretPlace } from "../../engine/replaced-secrets.ts";
import { groupIntoUnits, membersOf, siblingsOf, type Unit } from "../../engine/units.ts";
import type { Resource } from "../../kinds/kind.ts";
import { KIND_ORDER } from "../../kinds/registry.ts";
import { refKey } from "../../model/live.ts";
import type { Secrets } from "../../model/secrets.ts";
import type { Session } from "../session.ts";
import type { Memory } from "../trail/memory.ts";
import type { Everything } from "./naming.ts";

/** So many kept documents are looked at before others get a turn. */
const LOOKED_AT_IN_A_ROW = 100;

/** Looks at every manifest, and at the kept form of every document that is left out: files of ours, nothing of the tenant's. */
export async function findTeachers(
  { io }: Session,
  { resources, leaving, managed }: Everything,
  { documents }: Memory,
  isIn: (resource: Resource) => boolean,
): Promise<readonly Unit[]> {
  const isOut = (resource: Resource) => !isIn(resource);
  const units = groupIntoUnits(resources.filter(isOut), KIND_ORDER, leaving.filter(isOut));
  const remembered = new Map(groupIntoUnits(managed, KIND_ORDER).map((unit) => [refKey(unit.ref), unit]));
  const teachers: Unit[] = [];
  for (const [index, unit] of units.entries()) {
    const then = remembered.get(refKey(unit.ref));
    const isTeacher =
      hasSecretPlaces(unit, io.secrets) ||
      (then !== undefined && hasSecretPlaces(then, io.secrets)) ||
      documents.hadMasks(unit.ref);
    if (isTeacher) teachers.push(unit);
    if (index % LOOKED_AT_IN_A_ROW === 0) await turn();
  }
  return teachers;
}

/** A manifest that is kept as it is written has none; of the others, what is asked of live counts: a webhook's secret is never read. */
function hasSecretPlaces(unit: Unit, secrets: Secrets): boolean {
  return membersOf(unit).some(
    (resource) =>
      !keptFormOf(resource).isPlain && holdsSecretPlace(resource.desired(siblingsOf(unit, resource)), secrets),
  );
}

export function describeTeachers(teachers: readonly Unit[]): readonly string[] {
  if (teachers.length === 0) return [];
  return [`${teachers.length} more ${teachers.length === 1 ? "was" : "were"} read to know what to mask`];
}
