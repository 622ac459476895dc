/**
 * The owned part of a live value. A manifest names some fields of a thing; what it does not name belongs to the tenant.
 *
 *   desired says          live has            compared as      written as
 *   a: 1                  a: 1, b: 2          equal            a: 1, b: 2      (b is the tenant's)
 *   a: 1                  a: 3                a: 3 → 1         a: 1
 *   a: null               a: 1                a is removed     (no a)          null asks for absence
 *   a: {x: 1}             a: {x: 1, y: 2}     equal            as it came      the rule holds at any depth
 *   a: [{x: 1}]           a: [{x: 1, y: 2}]   equal            as it came      arrays of one length: item by item
 *   a: [1]                a: [1, 2]           [1, 2] → [1]     [1]             otherwise as a whole
 *
 * The law between the three functions, held by a property test:
 * `projectOwned(mergeOwned(live, desired), desired)` equals `stripAbsent(desired)`.
 */
import { isJsonArray, isJsonObject, type Json, objectFrom, valueAt } from "./json.ts";

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
    const items = isJsonArray(live) && live.length === desired.length ? live : [];
    return desired.map((item, index) => mergeOwned(items[index], item));
  }
  if (!isJsonObject(desired)) return desired;
  const base = isJsonObject(live) ? live : {};
  const kept = Object.entries(base).filter(([key]) => valueAt(desired, key) !== null);
  const named = Object.entries(desired).filter(([, value]) => value !== null);
  return objectFrom([...kept, ...named.map(([key, value]) => [key, mergeOwned(valueAt(base, key), value)] as const)]);
}

/** Desired as it looks when it is fulfilled: without the keys that are asked to be absent. */
export function stripAbsent(desired: Json): Json {
  if (isJsonArray(desired)) return desired.map(stripAbsent);
  if (!isJsonObject(desired)) return desired;
  const named = Object.entries(desired).filter(([, value]) => value !== null);
  return objectFrom(named.map(([key, value]) => [key, stripAbsent(value)]));
}
