import type { Resource } from "../kinds/kind.ts";
import { digestOf } from "../model/digest.ts";
import type { Plan } from "../model/plan.ts";
import type { Secrets } from "../model/secrets.ts";
import { type Observation, readOf } from "./observe.ts";
import { isAbout } from "./part.ts";
import { type Known, keptManifest } from "./recorder.ts";
import { identityOf } from "./resource-identity.ts";
import { siblingsOf, type Unit } from "./units.ts";

export interface AdoptInput {
  readonly plan: Plan;
  readonly units: readonly Unit[];
  readonly observation: Observation;
  /** Digests of the kept manifests of what we manage, by identity. */
  readonly manifestByIdentity: ReadonlyMap<string, string>;
  /** Whether what is as desired, but not ours by the trail, becomes ours. */
  readonly adopt: boolean;
  readonly secrets: Secrets;
}

/**
 * What the trail has yet to learn though nothing is to be written: resources that are adopted, and managed ones whose manifest says
 * something else than the one that is kept (an annotation, a label). Pure.
 */
export function findUnrecorded(input: AdoptInput): readonly Known[] {
  return input.units.flatMap((unit) => {
    const read = readOf(input.observation, unit.ref);
    if (read.state !== "present") return [];
    return unit.resources
      .filter((resource) => isUnchanged(input.plan, resource) && isUnrecorded(resource, input))
      .map((resource) => ({ resource, siblings: siblingsOf(unit, resource), live: read }));
  });
}

function isUnchanged({ changes }: Plan, resource: Resource): boolean {
  return changes.some((change) => change.action === "unchanged" && isAbout(change, resource));
}

function isUnrecorded(resource: Resource, { manifestByIdentity, adopt, secrets }: AdoptInput): boolean {
  const kept = manifestByIdentity.get(identityOf(resource));
  if (kept === undefined) return adopt;
  return kept !== digestOf(keptManifest(resource, secrets));
}
