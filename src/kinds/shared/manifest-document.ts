import { type Json, type JsonObject, objectFrom } from "../../model/json.ts";
import { API_VERSION, type Manifest } from "../../model/manifest.ts";

/** What a schema yields: JSON, but that a field which was left out may also be there as undefined. */
type Parsed = null | boolean | number | string | undefined | readonly Parsed[] | ParsedObject;
interface ParsedObject {
  readonly [key: string]: Parsed;
}

/** `{apiVersion, kind, metadata, spec}` of a manifest whose schema has filled in its defaults; loading it gives the same again. */
export function manifestDocument({ kind, metadata, spec }: Manifest<ParsedObject>): JsonObject {
  const { name, labels, annotations, tenants } = metadata;
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: { name, labels, annotations, ...(tenants && { tenants }) },
    spec: toJson(spec),
  };
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
