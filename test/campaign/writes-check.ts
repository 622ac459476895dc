/** Check c: nothing was written twice; and the part of check d that nothing was written unannounced. */
import type { CarriedOut, Tenant } from "./tenant.ts";

/** Every write that was carried out again under its key, created something a second time, or changed nothing. */
export function findDoubled({ carriedOut, world }: Pick<Tenant, "carriedOut" | "world">): readonly string[] {
  const creations = carriedOut.flatMap(({ arrival, created }) =>
    created === null ? [] : [`POST ${arrival.path} of ${created}`],
  );
  const idle = world.log.entries().filter((entry) => entry.carriedOut && !entry.changed);
  return [
    ...repeated(creations).map((what) => `${what} was carried out twice`),
    ...findRepeatedKeys(carriedOut).map((key) => `key ${key} was carried out twice in a row`),
    ...idle.map(({ method, path }) => `${method} ${path} changed nothing`),
  ];
}

/** Every write whose key was not in the trail by the time that it arrived. */
export function findUnannounced({ carriedOut }: Pick<Tenant, "carriedOut">): readonly string[] {
  return carriedOut
    .filter(({ isAnnounced }) => !isAnnounced)
    .map(({ arrival: { method, path, key } }) => `${method} ${path} came before its intent (key ${key})`);
}

/**
 * Keys that two writes to one thing have, with no other write to it between them. After another write the same intention may come
 * up again: where a tenant keeps no versions it has the same key, and is another write.
 */
function findRepeatedKeys(carriedOut: readonly CarriedOut[]): readonly string[] {
  const lastByThing = new Map<string, string>();
  return carriedOut.flatMap(({ arrival: { path, key }, created }) => {
    const thing = `${path} ${created}`;
    const last = lastByThing.get(thing);
    lastByThing.set(thing, key ?? "");
    return key !== null && key === last ? [key] : [];
  });
}

function repeated(items: readonly string[]): readonly string[] {
  return items.filter((item, index) => items.indexOf(item) !== index);
}
