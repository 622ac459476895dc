import type { Resource } from "../kinds/kind.ts";
import { refKey } from "../model/live.ts";
import { identityOf } from "./resource-identity.ts";

/**
 * What we manage and no manifest asks for any more. A manifest under another name still asks for it, and so does one of another
 * kind that has taken over what it mainly claims (a workflow's manifest that now lists an e-mail node itself).
 */
export function findOrphans(managed: readonly Resource[], desired: readonly Resource[]): readonly Resource[] {
  const identities = new Set(desired.map(identityOf));
  const claimed = new Set(
    desired.flatMap(({ target, claims }) => claims.map(({ what }) => `${refKey(target)} ${what}`)),
  );
  return managed.filter((resource) => {
    const [main] = resource.claims;
    const isTakenOver = main !== undefined && claimed.has(`${refKey(resource.target)} ${main.what}`);
    return !identities.has(identityOf(resource)) && !isTakenOver;
  });
}
