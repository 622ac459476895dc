/**
 * What others that share a document applied last, for what changes hands between manifests: a node that an EmailNode described and the
 * Workflow describes by now was applied all the same, and whether somebody edited it can be told. Pure.
 *
 *   of the others, as they were applied last           because
 *   one whose part is as it was left is passed over    nobody edited it, and a variable may have another value by now
 *   one whose main claim a later one claims, too       it gave it away then, and says nothing of it any more
 */
import type { Resource } from "../kinds/kind.ts";
import { digestOf } from "../model/digest.ts";
import type { JsonObject } from "../model/json.ts";
import { refKey } from "../model/live.ts";
import type { LastApplied, LastAppliedByIdentity } from "./last-applied.ts";
import { identityOf } from "./resource-identity.ts";

/** The resource as it was applied last itself; undefined when that was never, or when another manifest has taken it over since. */
export function findOwn(resource: Resource, known: LastAppliedByIdentity): LastApplied | undefined {
  const own = known.get(identityOf(resource));
  return own === undefined || isGivenAway(own, listOfDocument(resource, known)) ? undefined : own;
}

/** Who else was applied to the document, in the order in which they are composed. */
export function findSharers(resource: Resource, known: LastAppliedByIdentity): readonly LastApplied[] {
  const identity = identityOf(resource);
  const all = listOfDocument(resource, known);
  const sharers = all.filter((one) => identityOf(one.resource) !== identity && !isGivenAway(one, all));
  const isWhole = ({ resource: { createsDocument } }: LastApplied) => createsDocument;
  return [...sharers.filter(isWhole), ...sharers.filter((one) => !isWhole(one))];
}

/** The document as it would be had nobody edited what they applied. */
export function putBack(document: JsonObject, sharers: readonly LastApplied[]): JsonObject {
  return sharers
    .filter((one) => !isAsLeft(one, document))
    .reduce((base, { resource, siblings }) => resource.compose(base, siblings), document);
}

/** A document that holds what they applied and nothing else; undefined when there are none. */
export function composeAll(sharers: readonly LastApplied[]): JsonObject | undefined {
  return sharers.reduce<JsonObject | undefined>(
    (base, { resource, siblings }) => resource.compose(base, siblings),
    undefined,
  );
}

/**
 * Whether something that the giver applied last is to be the taker's from now on: what the taker applied itself is composed last, and so does
 * not count. Until the taker is applied, only the manifest that the giver was applied with tells whether somebody has edited it.
 */
export function isHandedOver({ giver, taker, siblings }: HandOver, known: LastAppliedByIdentity): boolean {
  const own = findOwn(taker, known);
  if (own === undefined) return false;
  const all = [...findSharers(taker, known), own];
  const [withIt, without] = [all, all.filter(({ resource }) => identityOf(resource) !== identityOf(giver))].map(
    composeAll,
  );
  const [seenWith, seenWithout] = [withIt, without].map((document) => document && taker.live(document, siblings));
  return digestOf(seenWith ?? null) !== digestOf(seenWithout ?? null);
}

export interface HandOver {
  readonly giver: Resource;
  readonly taker: Resource;
  /** Who shares the document with the taker. */
  readonly siblings: readonly Resource[];
}

function isAsLeft({ resource, siblings, digest }: LastApplied, document: JsonObject): boolean {
  const part = resource.live(document, siblings);
  return part !== undefined && digest !== null && digestOf(part) === digest;
}

function isGivenAway({ resource, sequence }: LastApplied, ofDocument: readonly LastApplied[]): boolean {
  const [main] = resource.claims;
  if (main === undefined) return false;
  const isTaker = (other: LastApplied) =>
    other.sequence > sequence && other.resource.claims.some(({ what }) => what === main.what);
  return ofDocument.some(isTaker);
}

/** By document (`refKey`). Formed once for each trail that was read, which may know of thousands. */
const INDEXES = new WeakMap<LastAppliedByIdentity, ReadonlyMap<string, readonly LastApplied[]>>();

function listOfDocument({ target }: Resource, known: LastAppliedByIdentity): readonly LastApplied[] {
  const index = INDEXES.get(known) ?? Map.groupBy(known.values(), ({ resource }) => refKey(resource.target));
  INDEXES.set(known, index);
  return index.get(refKey(target)) ?? [];
}
