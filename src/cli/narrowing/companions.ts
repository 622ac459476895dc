/**
 * What comes along with what was selected, because a plan without it would not be whole or would break something:
 *
 *   what comes along                                       because
 *   everything of the same live document                   it is read once and written as one
 *   what something of the plan names, and is not live; and  a call would be sent nowhere. The tenant is asked only where the trail
 *   what that names, and so on                              does not know of it
 *   what names something that is leaving                   live, it may still send calls there; it has to be rid of that first
 *   what names something that changed (`--changed-since`)  its calls go on there
 */
import type { Resource } from "../../kinds/kind.ts";
import { refKey } from "../../model/live.ts";
import type { CameAlong } from "../../model/narrowing.ts";
import type { Missing } from "./missing.ts";
import { describe, type Everything, findNamers, findNeeded, findUnknown } from "./naming.ts";

/** How company is found. */
export interface Companions {
  /** Whether those who name a selected resource come along although it stays. */
  readonly isFollowed: (resource: Resource) => boolean;
  /** Those of some resources that are not live, as far as can be told. Each is asked about once. */
  readonly findMissing: (resources: readonly Resource[]) => Promise<readonly Missing[]>;
}

/** In time that grows with the manifests. Asks in as many rounds as there are links in a chain of what is missing. */
export async function findCompany(
  selected: ReadonlySet<Resource>,
  all: Everything,
  { isFollowed, findMissing }: Companions,
): Promise<Company> {
  const leaving = new Set(all.leaving);
  const company = new Company(selected);
  const followed = [...selected].filter((resource) => leaving.has(resource) || isFollowed(resource));
  for (const { resource, named } of findNamers(followed, all)) {
    const what = leaving.has(named) ? "which no manifest describes any more" : "which changed";
    company.join(resource, `it names ${describe(named)}, ${what}`);
  }
  const byDocument = Map.groupBy([...all.resources, ...all.leaving], ({ target }) => refKey(target));
  const unknown = findUnknown(all);
  const asked = new Set<Resource>();
  for (let round = company.takeNew(); round.length > 0; round = company.takeNew()) {
    for (const member of round) {
      const where = `it is in ${member.target.type} ${member.target.id}, as is ${describe(member)}`;
      for (const mate of byDocument.get(refKey(member.target)) ?? []) company.join(mate, where);
    }
    const staying = round.filter((member) => !leaving.has(member));
    const namers = findNeeded(staying, unknown, (one) => !asked.has(one) && !company.has(one));
    for (const needed of namers.keys()) asked.add(needed);
    for (const { resource, why } of await findMissing([...namers.keys()])) {
      company.join(resource, `${namers.get(resource) ?? "something"} names it, and ${why}`);
    }
  }
  return company;
}

/** What was selected and what came along, in the order in which it came. */
export class Company {
  readonly #along: CameAlong[] = [];
  readonly #joined: Set<Resource>;
  #new: Resource[];

  constructor(selected: Iterable<Resource>) {
    this.#joined = new Set(selected);
    this.#new = [...selected];
  }

  /** Who joined since this was asked before. */
  takeNew(): readonly Resource[] {
    const taken = this.#new;
    this.#new = [];
    return taken;
  }

  get along(): readonly CameAlong[] {
    return this.#along;
  }

  has(resource: Resource): boolean {
    return this.#joined.has(resource);
  }

  /** The first reason counts. */
  join(resource: Resource, why: string): void {
    if (this.has(resource)) return;
    const { kind, name, id } = resource;
    this.#joined.add(resource);
    this.#new.push(resource);
    this.#along.push({ kind, name, id, why });
  }
}
