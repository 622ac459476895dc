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
  return own === undefined || documentOf(resource, known).givenAway.has(own) ? undefined : own;
}

/** Who else was applied to the document, in the order in which they are composed. */
export function findSharers(resource: Resource, known: LastAppliedByIdentity): readonly LastApplied[] {
  const own = known.get(identityOf(resource));
  const { sharers } = documentOf(resource, known);
  return own === undefined ? sharers : sharers.filter((one) => one !== own);
}

/** The document as it would be had nobody edited what they applied. */
export function putBack(document: JsonObject, sharers: readonly LastApplied[]): JsonObject {
  const asLeft = AS_LEFT.get(document) ?? new Map<LastApplied, boolean>();
  AS_LEFT.set(document, asLeft);
  const isStillAsLeft = (one: LastApplied) => {
    const known = asLeft.get(one) ?? isAsLeft(one, document);
    asLeft.set(one, known);
    return known;
  };
  return sharers
    .filter((one) => !isStillAsLeft(one))
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
  const given = known.get(identityOf(giver));
  if (own === undefined || given === undefined || own === given) return false;
  const sharers = findSharers(taker, known);
  const see = (applied: readonly LastApplied[]) => {
    const document = composeAll([...applied, own]);
    return digestOf((document && taker.live(document, siblings)) ?? null);
  };
  const isSeen = (among: readonly LastApplied[]) => see(among) !== see(among.filter((one) => one !== given));
  // Of a hundred e-mail nodes in one workflow hardly two have to do with each other, and those two alone show that soon enough.
  return sharers.includes(given) && isSeen([given]) && isSeen(sharers);
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

/** Who was applied to one document. */
interface AppliedDocument {
  /** Those who gave their part to a later one. */
  readonly givenAway: ReadonlySet<LastApplied>;
  /** All others, in the order in which they are composed. */
  readonly sharers: readonly LastApplied[];
}

function makeAppliedDocument(all: readonly LastApplied[]): AppliedDocument {
  const latest = new Map<string, number>();
  for (const { resource, sequence } of all) {
    for (const { what } of resource.claims) latest.set(what, Math.max(latest.get(what) ?? sequence, sequence));
  }
  const isGivenAway = ({ resource: { claims }, sequence }: LastApplied) => {
    const [main] = claims;
    return main !== undefined && (latest.get(main.what) ?? sequence) > sequence;
  };
  const stay = all.filter((one) => !isGivenAway(one));
  const isWhole = ({ resource: { createsDocument } }: LastApplied) => createsDocument;
  const sharers = [...stay.filter(isWhole), ...stay.filter((one) => !isWhole(one))];
  return { givenAway: new Set(all.filter(isGivenAway)), sharers };
}

/** By document (`refKey`). Formed once for each trail that was read, which may know of thousands. */
const INDEXES = new WeakMap<LastAppliedByIdentity, ReadonlyMap<string, AppliedDocument>>();

/** Whether what was applied is still as it was left, by the live document. Everybody in it asks that of everybody else. */
const AS_LEFT = new WeakMap<JsonObject, Map<LastApplied, boolean>>();

const NOBODY: AppliedDocument = { givenAway: new Set(), sharers: [] };

function documentOf({ target }: Resource, known: LastAppliedByIdentity): AppliedDocument {
  const index = INDEXES.get(known) ?? makeIndex(known);
  INDEXES.set(known, index);
  return index.get(refKey(target)) ?? NOBODY;
}

function makeIndex(known: LastAppliedByIdentity): ReadonlyMap<string, AppliedDocument> {
  const groups = Map.groupBy(known.values(), ({ resource }) => refKey(resource.target));
  return new Map([...groups].map(([key, all]) => [key, makeAppliedDocument(all)]));
}
