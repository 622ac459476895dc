/** Any value that JSON can carry, read-only as all our data is. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The way from a value's root to a part of it: keys of objects and indexes of arrays. */
export type JsonPath = readonly (string | number)[];

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isJsonArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** The own property of an object; never one of its prototype, so `constructor` in a document is just a key. */
export function valueAt(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function stringAt(value: Json | undefined, key: string): string | undefined {
  const found = valueAt(value, key);
  return typeof found === "string" ? found : undefined;
}

/** The object at a key; an empty one where there is none. */
export function objectAt(value: Json | undefined, key: string): JsonObject {
  const found = valueAt(value, key);
  return isJsonObject(found) ? found : {};
}

/** The objects of the array under a key. Anything else that stands there is left out. */
export function objectsAt(value: Json | undefined, key: string): readonly JsonObject[] {
  const found = valueAt(value, key);
  return isJsonArray(found) ? found.filter(isJsonObject) : [];
}

/**
 * An object from entries whose keys came from outside: `__proto__` becomes an ordinary own key, never a prototype.
 * Keys keep the order given; a later entry of the same key wins.
 */
export function objectFrom(entries: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(entries);
}

/** The same value with every object's keys in code-unit order, so that equal values print equal. */
export function sortKeys(value: Json): Json {
  if (isJsonArray(value)) return value.map(sortKeys);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort();
  return objectFrom(keys.map((key) => [key, sortKeys(value[key] ?? null)]));
}

/** JSON text that is the same for equal values, whatever the order of their keys. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(sortKeys(value));
}

/** Deep equality; the order of an object's keys does not count, the order of arrays does. */
export function isSameJson(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (isJsonArray(left)) {
    if (!isJsonArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => isSameJson(item, right[index] ?? null));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isSameJson(left[key] ?? null, right[key] ?? null));
}

/** As `isSameJson`, where either may be nothing at all, which only nothing equals. */
export function isSameOrAbsent(left: Json | undefined, right: Json | undefined): boolean {
  return left === undefined || right === undefined ? left === right : isSameJson(left, right);
}
