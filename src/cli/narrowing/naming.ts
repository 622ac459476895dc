/** Who names what. A text that only looks like an id costs a read, and nothing more. */
import { findIdsIn } from "../../engine/named-ids.ts";
import { identityOf } from "../../engine/resource-identity.ts";
import type { Resource } from "../../kinds/kind.ts";
import { refKey } from "../../model/live.ts";

export interface Everything {
  /** What manifests ask for. */
  readonly resources: readonly Resource[];
  /** What is managed, and no manifest asks for any more. */
  readonly leaving: readonly Resource[];
  /** Everything that is managed, as it was applied last. */
  readonly managed: readonly Resource[];
}

/** Who names one of these, as git asks for it or as it was applied last. */
export function* findNamers(
  followed: readonly Resource[],
  { resources, managed }: Everything,
): Iterable<{ readonly resource: Resource; readonly named: Resource }> {
  if (followed.length === 0) return;
  const byId = new Map(followed.map((one) => [one.target.id, one]));
  const appliedByIdentity = new Map(managed.map((one) => [identityOf(one), one]));
  for (const resource of resources) {
    const applied = appliedByIdentity.get(identityOf(resource));
    const named = findNamed(resource, byId) ?? (applied && findNamed(applied, byId));
    if (named !== undefined) yield { resource, named };
  }
}

function findNamed(resource: Resource, byId: ReadonlyMap<string, Resource>): Resource | undefined {
  for (const text of findIdsIn(resource)) {
    const named = byId.get(text);
    if (named !== undefined && refKey(named.target) !== refKey(resource.target)) return named;
  }
  return undefined;
}

/** Documents that the trail does not know, and that a manifest would create, by their ids. */
export function findUnknown({ resources, managed }: Everything): ReadonlyMap<string, readonly Resource[]> {
  const known = new Set(managed.map(identityOf));
  const unknown = resources.filter((resource) => resource.createsDocument && !known.has(identityOf(resource)));
  return Map.groupBy(unknown, ({ target }) => target.id);
}

/** What of that some resources name, and who does. */
export function findNeeded(
  members: readonly Resource[],
  unknownById: ReadonlyMap<string, readonly Resource[]>,
  isOfInterest: (resource: Resource) => boolean,
): ReadonlyMap<Resource, string> {
  const namers = new Map<Resource, string>();
  if (unknownById.size === 0) return namers;
  for (const member of members) {
    for (const text of findIdsIn(member)) {
      for (const one of (unknownById.get(text) ?? []).filter(isOfInterest)) namers.set(one, describe(member));
    }
  }
  return namers;
}

export function describe({ kind, name }: Resource): string {
  return `${kind} ${name}`;
}
