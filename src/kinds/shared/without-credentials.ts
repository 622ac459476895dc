/** Credentials in free-form fields of live documents. */
import { isJsonArray, isJsonObject, type Json, type JsonPath, objectFrom } from "../../model/json.ts";
import { isCredentialAs, isCredentialText, isFiller, nameBeside } from "./credentials.ts";

/** Where a value holds credentials. A key that is one has the place of its object, for it must not be shown either. */
export function findCredentials(value: Json, name: string = ""): readonly JsonPath[] {
  if (isJsonArray(value)) {
    return value.flatMap((item, index) => findCredentials(item, name).map((path) => [index, ...path]));
  }
  if (!isJsonObject(value)) return isCredentialAs(name, value) ? [[]] : [];
  if (Object.keys(value).some(isCredentialText)) return [[]];
  const beside = nameBeside(value);
  return Object.entries(value).flatMap(([key, item]) => {
    const called = isFiller(key) ? (beside ?? name) : key;
    return findCredentials(item, called).map((path) => [key, ...path]);
  });
}

export interface WithoutCredentials {
  readonly said: Json;
  /** What is not in `said`: each property by its place. Empty when `said` is the value itself. */
  readonly left: readonly JsonPath[];
}

/**
 * The value without the properties that hold a credential. What a manifest does not name stays with the tenant; a list is said whole or
 * not at all, so one with a credential goes whole.
 */
export function withoutCredentials(value: Json): WithoutCredentials {
  const places = findCredentials(value).map(outsideLists);
  const left = [...new Map(places.map((path) => [JSON.stringify(path), path])).values()];
  if (left.length === 0) return { said: value, left };
  const said = drop(value, new Set(left.map((path) => JSON.stringify(path))), []);
  return { said: said ?? {}, left };
}

function outsideLists(path: JsonPath): JsonPath {
  const index = path.findIndex((part) => typeof part === "number");
  return index === -1 ? path : path.slice(0, index);
}

/** undefined for what goes; an object that holds nothing any more goes as well. */
function drop(value: Json, dropped: ReadonlySet<string>, path: JsonPath): Json | undefined {
  if (dropped.has(JSON.stringify(path))) return undefined;
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).flatMap(([key, item]) => {
    const rest = drop(item, dropped, [...path, key]);
    return rest === undefined ? [] : [[key, rest] as const];
  });
  return kept.length === 0 && Object.keys(value).length > 0 ? undefined : objectFrom(kept);
}
