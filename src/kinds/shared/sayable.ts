/** Free-form fields of live documents as manifests can say them. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectFrom, valueAt } from "../../model/json.ts";

/** No manifest can have them (`yaml/forbidden-key`). */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * The value without what no manifest can say: null, which asks for absence there, and keys that are not allowed. Both
 * stay with the tenant, as everything does that a manifest does not name.
 */
export function sayable(value: Json): Json {
  if (isJsonArray(value)) return value.map(sayable);
  if (!isJsonObject(value)) return value;
  const said = Object.entries(value).filter(([key, item]) => item !== null && !FORBIDDEN_KEYS.has(key));
  return objectFrom(said.map(([key, item]) => [key, sayable(item)]));
}

/**
 * A live value cut to what the manifest says of it: of an object the keys that it names, at any depth; a list whole,
 * but for the keys of items while it is as long as the manifest's. Where the manifest asks for absence and has it, it
 * still does.
 */
export function sayLike(live: Json | undefined, said: Json): Json {
  if (live === undefined) return null;
  if (isJsonArray(said) && isJsonArray(live)) {
    if (live.length !== said.length) return sayable(live);
    return live.map((item, index) => sayLike(item, said[index] ?? null));
  }
  if (!isJsonObject(said) || !isJsonObject(live)) return sayable(live);
  const named = Object.entries(said).filter(([key, item]) => item === null || valueAt(live, key) !== undefined);
  return objectFrom(named.map(([key, item]) => [key, sayLike(valueAt(live, key), item)]));
}

/** An item of a list as `Restated` has it twice. */
export interface SaidItem {
  readonly full: JsonObject;
  readonly short: JsonObject;
}

/** The same item in both forms. */
export function saidAlike(item: JsonObject): SaidItem {
  return { full: item, short: item };
}

/**
 * A list whose order says nothing, in the manifest's words: what it has and is live, as it has it, then what else is
 * live.
 */
export function restateSet(live: readonly Json[], said: readonly Json[]): readonly Json[] {
  const [has, says] = [new Set(live), new Set(said)];
  return [...said.filter((item) => has.has(item)), ...[...has].filter((item) => !says.has(item))];
}
