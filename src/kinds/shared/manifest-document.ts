import { isJsonArray, isJsonObject, type Json, type JsonObject, objectFrom, valueAt } from "../../model/json.ts";
import { API_VERSION, type Manifest } from "../../model/manifest.ts";

/** What a schema yields: JSON, but that a field which was left out may also be there as undefined. */
type Parsed = null | boolean | number | string | undefined | readonly Parsed[] | ParsedObject;
interface ParsedObject {
  readonly [key: string]: Parsed;
}

/**
 * `{apiVersion, kind, metadata, spec}` of a manifest as it may be kept: with the defaults that its schema has filled in, so that loading it
 * gives the same again, and with references to the environment as they are written.
 */
export function manifestDocument({ kind, metadata, spec, kept }: Manifest<ParsedObject>): JsonObject {
  const { name, labels, annotations, tenants } = metadata;
  const document = {
    apiVersion: API_VERSION,
    kind,
    metadata: { name, labels, annotations, ...(tenants && { tenants }) },
    spec: toJson(spec),
  };
  const referring = putTexts(document, kept?.());
  return isJsonObject(referring) ? referring : document;
}

/** The value with the texts of another where they are otherwise: those refer to something, and were resolved in it. */
function putTexts(value: Json, other: Json | undefined): Json {
  if (typeof value === "string") return typeof other === "string" ? other : value;
  if (isJsonArray(value))
    return value.map((item, index) => putTexts(item, isJsonArray(other) ? other[index] : undefined));
  if (!isJsonObject(value)) return value;
  return objectFrom(Object.entries(value).map(([key, item]) => [key, putTexts(item, valueAt(other, key))]));
}

function toJson(value: Parsed): Json {
  if (typeof value !== "object" || value === null) return value ?? null;
  if (isList(value)) return value.map(toJson);
  const named = Object.entries(value).filter(([, item]) => item !== undefined);
  return objectFrom(named.map(([key, item]) => [key, toJson(item)]));
}

function isList(value: readonly Parsed[] | ParsedObject): value is readonly Parsed[] {
  return Array.isArray(value);
}
