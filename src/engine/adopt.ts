import type { Resource } from "../kinds/kind.ts";
import type { Json } from "../model/json.ts";
import { type LiveRead, refKey } from "../model/live.ts";
import { type Change, isHeld, type Plan } from "../model/plan.ts";
import { keptFormOf } from "./kept-form.ts";
import { type Observation, readOf } from "./observe.ts";
import type { Known } from "./recorder.ts";
import { changesByIdentity, identityOf } from "./resource-identity.ts";
import { isSameThing } from "./same-thing.ts";
import { membersOf, siblingsOf, type Unit } from "./units.ts";

export interface AdoptInput {
  readonly plan: Plan;
  readonly units: readonly Unit[];
  readonly observation: Observation;
  /** Digests of the kept manifests of what we manage, by identity. */
  readonly manifestByIdentity: ReadonlyMap<string, string>;
  /** Whether what is as desired, but not ours by the trail, becomes ours. */
  readonly adopt: boolean;
  /** The documents (by `refKey`) as they were kept last. */
  readonly keptByDocument: ReadonlyMap<string, Json>;
}

/**
 * What the trail has yet to learn though nothing is to be written: resources that are adopted, managed ones whose manifest says
 * something else than the one that is kept (an annotation, a label), and those that somebody has deleted. While something of a document is
 * held back, the manifests that it was applied with stay known: one may have given away what the other one takes and may not yet. Pure.
 */
export function findUnrecorded(input: AdoptInput): readonly Known[] {
  const changes = changesByIdentity(input.plan.changes);
  return input.units.flatMap((unit): readonly Known[] => {
    const read = readOf(input.observation, unit.ref);
    if (read.state === "unknown") return [];
    const gone = unit.leaving.filter((resource) => isGone(unit, resource, read, input));
    const forgotten = gone.map((resource) => ({ resource, siblings: siblingsOf(unit, resource), live: undefined }));
    const waits = membersOf(unit).some((resource) => isHeldBack(changes, resource));
    if (read.state === "absent" || waits) return forgotten;
    const known = unit.resources
      .filter((resource) => isUnchanged(changes, resource) && isUnrecorded(resource, input))
      .map((resource) => ({ resource, siblings: siblingsOf(unit, resource), live: read }));
    return [...forgotten, ...known];
  });
}

/** What somebody else has deleted is ours no longer; whatever is made under its name later is theirs. */
function isGone(
  unit: Unit,
  resource: Resource,
  read: Exclude<LiveRead, { state: "unknown" }>,
  { keptByDocument }: AdoptInput,
): boolean {
  if (read.state === "absent" || resource.live(read.document, siblingsOf(unit, resource)) === undefined) return true;
  return !isSameThing(keptByDocument.get(refKey(unit.ref)), read.document);
}

function isHeldBack(changes: ReadonlyMap<string, Change>, resource: Resource): boolean {
  const change = changes.get(identityOf(resource));
  return change !== undefined && isHeld(change);
}

function isUnchanged(changes: ReadonlyMap<string, Change>, resource: Resource): boolean {
  return changes.get(identityOf(resource))?.action === "unchanged";
}

/** Whether the trail has yet to learn of a resource that is as desired. Pure. */
export function isUnrecorded(
  resource: Resource,
  { manifestByIdentity, adopt }: Pick<AdoptInput, "manifestByIdentity" | "adopt">,
): boolean {
  const kept = manifestByIdentity.get(identityOf(resource));
  if (kept === undefined) return adopt;
  return kept !== keptFormOf(resource).digest;
}
