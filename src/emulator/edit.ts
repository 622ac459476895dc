import { isList, isObject, type Json, type JsonObject, textAt, valueAt } from "./json.ts";

/**
 * A change to a document, as a person in the vendor's editor would make it: a function from document to document, or a
 * merge patch (RFC 7396: objects merge, null removes a key, anything else replaces) with one addition: where a live list and the patch's list
 * hold only objects with an `id`, they merge by `id`; new ids are appended, and `{id, $remove: true}` takes one out.
 */
export type DocumentEdit = JsonObject | ((document: JsonObject) => JsonObject);

export function applyEdit(document: JsonObject, edit: DocumentEdit): JsonObject {
  return typeof edit === "function" ? edit(document) : mergeObject(document, edit);
}

function mergeObject(live: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(live));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergeValue(valueAt(live, key), value));
  }
  return Object.fromEntries(merged);
}

function mergeValue(live: Json | undefined, patch: Json): Json {
  if (isObject(patch)) return mergeObject(isObject(live) ? live : {}, patch);
  if (isIdentified(live) && isIdentified(patch)) return mergeById(live, patch);
  return patch;
}

function mergeById(live: readonly JsonObject[], patch: readonly JsonObject[]): Json {
  const itemsById = new Map(live.map((item) => [textAt(item, "id"), item]));
  for (const change of patch) {
    const id = textAt(change, "id");
    if (valueAt(change, "$remove") === true) itemsById.delete(id);
    else itemsById.set(id, mergeObject(itemsById.get(id) ?? {}, change));
  }
  return [...itemsById.values()];
}

function isIdentified(value: Json | undefined): value is readonly JsonObject[] {
  return isList(value) && value.every((item) => isObject(item) && textAt(item, "id") !== undefined);
}
