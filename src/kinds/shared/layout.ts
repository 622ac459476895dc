import { isJsonObject, type Json, type JsonObject, objectFrom } from "../../model/json.ts";

/** Node properties that say how a graph looks in an editor, not what it does (assumption: no source lists properties). */
const LAYOUT = new Set([
  "x",
  "y",
  "position",
  "layout",
  "color",
  "colour",
  "icon",
  "label",
  "comment",
  "description",
  "notes",
]);

/** A node's properties but for those; empty where it has none. */
export function withoutLayout(properties: Json | undefined): JsonObject {
  const all = isJsonObject(properties) ? properties : {};
  return objectFrom(Object.entries(all).filter(([name]) => !LAYOUT.has(name)));
}
