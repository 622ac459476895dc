import type { Resource } from "../kinds/kind.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { MASK, type Secrets } from "../model/secrets.ts";
import { diffOwned, valueAtPointer } from "./diff.ts";
import { holdsSecret } from "./mask.ts";

/**
 * What stands live where desired has a secret is the secret of yesterday: from now on it is masked as well, in every output, also
 * where a tenant quotes it or a kept document holds it. A resource of a kept manifest has masks in the secrets' places.
 */
export function learnReplacedSecrets(
  resource: Resource,
  siblings: readonly Resource[],
  document: JsonObject,
  secrets: Secrets,
): void {
  const live = resource.live(document, siblings);
  if (live === undefined) return;
  for (const operation of diffOwned(live, resource.desired(siblings)).patch) {
    if (operation.op !== "replace" || !isSecretPlace(operation.value, secrets)) continue;
    const replaced = valueAtPointer(live, operation.path);
    if (typeof replaced === "string") secrets.add(replaced);
  }
}

function isSecretPlace(desired: Json, secrets: Secrets): boolean {
  return holdsSecret(desired, secrets) || (typeof desired === "string" && desired.includes(MASK));
}
