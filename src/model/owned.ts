/**
 * The owned part of a live value. A manifest names some fields of a thing; what it does not name belongs to the tenant.
 *
 *   desired says          live has            compared as      written as
 *   a: 1                  a: 1, b: 2          equal            a: 1, b: 2      (b is the tenant's)
 *   a: 1                  a: 3                a: 3 → 1         a: 1
 *   a: null               a: 1                a is removed     (no a)          null asks for absence
 *   a: {x: 1}             a: {x: 1, y: 2}     equal            as it came      the rule holds at any depth
 *   a: [{x: 1}]           a: [{x: 1, y: 2}]   equal            as it came      lists of one length: item by item
 *   a: [1]                a: [1, 2]           [1, 2] → [1]     [1]             otherwise as a whole
 *
 * When a list is written, an item keeps the tenant's fields of the live item that it *is*: the one in its place when that says
 * all that it says, else the one with the same `id`, `key` or `name`, or another one that says all. An item that is none of these
 * begins without them, because fields that belong to another item are worse than none.
 *
 * The law between the three functions, held by a property test:
 * `projectOwned(mergeOwned(live, desired), desired)` equals `stripAbsent(desired)`.
 */
import { isJsonArray, isJsonObject, isSameJson, type Json, objectFrom, valueAt } from "./json.ts";

/** The part of a live value that desired names; what desired wants absent stays in while live has it, so that it shows. */
export function projectOwned(live: Json, desired: Json): Json {
  if (isJsonArray(desired)) {
    if (!isJsonArray(live) || live.length !== desired.length) return live;
    return live.map((item, index) => projectOwned(item, desired[index] ?? null));
  }
  if (!isJsonObject(desired) || !isJsonObject(live)) return live;
  const named = Object.keys(desired).filter((key) => Object.hasOwn(live, key));
  return objectFrom(named.map((key) => [key, projectOwned(live[key] ?? null, desired[key] ?? null)]));
}

/** The live value with everything that desired names put in, and everything that it wants absent taken out. */
export function mergeOwned(live: Json | undefined, desired: Json): Json {
  if (isJsonArray(desired)) {
    return mergeList(isJsonArray(live) ? live : [], desired);
  }
  if (!isJsonObject(desired)) return desired;
  const base = isJsonObject(live) ? live : {};
  const kept = Object.entries(base).filter(([key]) => valueAt(desired, key) !== null);
  const named = Object.entries(desired).filter(([, value]) => value !== null);
  return objectFrom([...kept, ...named.map(([key, value]) => [key, mergeOwned(valueAt(base, key), value)] as const)]);
}

function mergeList(live: readonly Json[], desired: readonly Json[]): Json {
  if (isFulfilledBy(desired)(live)) return desired.map((item, index) => mergeOwned(live[index], item));
  const named = new Set(desired.map(identityOf));
  const isSpokenFor = (item: Json) => identityOf(item) !== undefined && named.has(identityOf(item));
  const stays = desired.map((item, index) => {
    const inPlace = live[index];
    if (inPlace === undefined || (identityOf(item) === undefined && isSpokenFor(inPlace))) return false;
    return isFulfilledBy(item)(inPlace);
  });
  const free = new Set([...live.keys()].filter((index) => stays[index] !== true));
  const take = (fits: (item: Json) => boolean): Json | undefined => {
    const index = [...free].find((at) => fits(live[at] ?? null));
    if (index === undefined) return undefined;
    free.delete(index);
    return live[index];
  };
  return desired.map((item, at) => {
    if (stays[at]) return mergeOwned(live[at], item);
    const identity = identityOf(item);
    const isFulfilled = isFulfilledBy(item);
    const same =
      identity === undefined
        ? (other: Json) => !isSpokenFor(other) && isFulfilled(other)
        : (other: Json) => identityOf(other) === identity;
    return mergeOwned(take(same), item);
  });
}

/** What an item of a list is called, where it has a name at all. */
function identityOf(item: Json): string | undefined {
  for (const key of ["id", "key", "name"]) {
    const value = valueAt(item, key);
    if (typeof value === "string" || typeof value === "number") return JSON.stringify([key, value]);
  }
  return undefined;
}

function isFulfilledBy(desired: Json): (live: Json) => boolean {
  const wanted = stripAbsent(desired);
  return (live) => isSameJson(projectOwned(live, desired), wanted);
}

/** Desired as it looks when it is fulfilled: without the keys that are asked to be absent. */
export function stripAbsent(desired: Json): Json {
  if (isJsonArray(desired)) return desired.map(stripAbsent);
  if (!isJsonObject(desired)) return desired;
  const named = Object.entries(desired).filter(([, value]) => value !== null);
  return objectFrom(named.map(([key, value]) => [key, stripAbsent(value)]));
}
