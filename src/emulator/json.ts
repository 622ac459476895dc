/** Any value that JSON can carry. The emulator has its own: it shares nothing with the client, or they would share bugs. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** The own property of an object; a document's key named `constructor` is just a key. */
export function valueAt(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function textAt(object: JsonObject, key: string): string | undefined {
  const value = valueAt(object, key);
  return typeof value === "string" ? value : undefined;
}

/** The objects of the list under a key; whatever else stands there is left out. */
export function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = valueAt(object, key);
  return isList(value) ? value.filter(isObject) : [];
}

/** JSON text that is equal for equal values, whatever the order of their keys. */
export function stableText(value: Json): string {
  if (isList(value)) return `[${value.map(stableText).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${stableText(value[key] ?? null)}`).join(",")}}`;
}
