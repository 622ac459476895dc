import type { Resource } from "../kinds/kind.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { refKey } from "../model/live.ts";
import { MASK, type Secrets, splitAtSecrets, standsForSecret } from "../model/secrets.ts";
import { type Difference, diffOwned } from "./diff.ts";
import { holdsSecret, maskJson } from "./mask.ts";
import { keyBy } from "./merge-three-way.ts";

/**
 * What stands live where desired has something else. Whether that is a secret's place is asked when all secrets are known (`learnReplaced`),
 * so that a document may be forgotten before that.
 */
export interface Replaced {
  /** JSON pointer within the owned part. */
  readonly path: string;
  readonly live: Json;
  readonly desired: Json;
}

/** Everything that a difference replaces, in its order. */
export function replacedBy({ patch, live }: Difference): readonly Replaced[] {
  return patch.flatMap((operation): readonly Replaced[] => {
    const { op, path } = operation;
    return op === "replace" ? [{ path, live: live[path] ?? null, desired: operation.value }] : [];
  });
}

/** The same of a resource in a live document. */
export function findReplaced(
  resource: Resource,
  siblings: readonly Resource[],
  document: JsonObject,
): readonly Replaced[] {
  const live = resource.live(document, siblings);
  return live === undefined ? [] : replacedBy(diffOwned(live, resource.desired(siblings)));
}

/**
 * What stands live where desired has a secret is the secret of yesterday: from now on it is masked as well, in every output, also
 * where a tenant quotes it or a kept document holds it, as far as `Secrets` says. A resource of a kept manifest has masks in the secrets' places.
 */
export function learnReplaced(places: readonly Replaced[], learning: Learning): void {
  const { secrets } = learning;
  for (const { path, live, desired } of places) {
    if (!isSecretPlace(desired, secrets)) continue;
    const shown = maskJson(desired, secrets);
    if (typeof live === "string") learnText(typeof shown === "string" ? shown : MASK, live, learning);
    else learnWhole(live, path.slice(path.lastIndexOf("/") + 1), learning);
  }
}

/** Finds what a document has in the places of a resource's secrets, and learns it at once. */
export function learnReplacedSecrets(
  resource: Resource,
  siblings: readonly Resource[],
  document: JsonObject,
  secrets: Secrets,
): void {
  learnReplaced(findReplaced(resource, siblings, document), { secrets, document: refKey(resource.target) });
}

/** Every text and number in what a secret stands for, or has replaced. `key` is what the value is called. */
function learnWhole(value: Json | undefined, key: string, learning: Learning): void {
  const { secrets, document } = learning;
  if (typeof value === "string") secrets.addReplaced(value, document);
  else if (typeof value === "number") secrets.addReplacedNumber(value, key, document);
  else if (isJsonArray(value)) for (const item of value) learnWhole(item, key, learning);
  else if (isJsonObject(value)) for (const [name, item] of Object.entries(value)) learnWhole(item, name, learning);
}

/** Who learns, and of which document (by `refKey`). */
export interface Learning {
  readonly secrets: Secrets;
  readonly document: string;
}

/** A place where a kept document has a mask, and what stands there live. */
export interface MaskedPlace {
  readonly shown: string;
  readonly live: Json | undefined;
  /** What the value is called: its key. */
  readonly called: string;
}

export function findMaskedPlaces(
  kept: Json | undefined,
  live: Json | undefined,
  called: string = "",
): readonly MaskedPlace[] {
  if (typeof kept === "string") return kept.includes(MASK) ? [{ shown: kept, live, called }] : [];
  if (kept === undefined || live === undefined) return [];
  const inLive = childrenOf(live);
  return [...childrenOf(kept)].flatMap(([key, value]) => findMaskedPlaces(value, inLive.get(key), key));
}

/**
 * What stands live where a kept document has a mask was a secret when that was kept, and still is, whatever manifests say now.
 */
export function learnMaskedPlaces(places: readonly MaskedPlace[], learning: Learning): void {
  for (const { shown, live, called } of places) {
    if (typeof live === "string") learnText(shown, live, learning);
    else learnWhole(live, called, learning);
  }
}

/**
 * The live text is a secret where the shown one stands for one. When it is only a part of the text, and the rest is as shown, that part is
 * known to be one, and may come back in another text: a condition that is spelt otherwise.
 */
function learnText(shown: string, live: string, { secrets, document }: Learning): void {
  secrets.addReplaced(live, document);
  const around = splitAtSecrets(shown);
  if (around.every((text) => text === "") || around.length > MOST_PARTS || live.length > LONGEST_TEXT) return;
  const pattern = around.map((text) => text.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&")).join("(.+?)");
  for (const part of new RegExp(`^${pattern}$`, "s").exec(live)?.slice(1) ?? [])
    secrets.addReplacedPart(part, document);
}

/** Finding the places of many secrets in a long text takes time that grows with a power of its length. */
const MOST_PARTS = 3;
const LONGEST_TEXT = 4_000;

/** List items by their ids where they have any, so that another order is no other place. */
function childrenOf(value: Json): ReadonlyMap<string, Json> {
  const items = keyBy("id", value) ?? keyBy("fileId", value);
  if (items !== undefined) return items;
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

/** Whether live may have a secret anywhere where desired has this. */
export function holdsSecretPlace(desired: Json, secrets: Secrets): boolean {
  return holdsSecret(desired, secrets) || holdsStandIn(desired);
}

function holdsStandIn(desired: Json): boolean {
  if (typeof desired === "string") return standsForSecret(desired);
  return typeof desired === "object" && desired !== null && Object.values(desired).some(holdsStandIn);
}

function isSecretPlace(desired: Json, secrets: Secrets): boolean {
  return holdsSecret(desired, secrets) || (typeof desired === "string" && standsForSecret(desired));
}
