import type { Json, JsonPath } from "./json.ts";

export const API_VERSION = "cxone-gitops/v1";

/** Where a value stands in its file. Lines and columns start at 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * One YAML (or JSON) document as it was read: data, and the way back to where each value stands.
 */
export interface SourceDocument {
  /** The file as a reader may open it: relative to the working directory, or `REV:path` for a git revision. */
  readonly file: string;
  /** Which document of the file, from 0. */
  readonly index: number;
  readonly value: Json;
  /** Where the value at a path stands; for a path that does not exist, its nearest ancestor. `key` asks for the key's place. */
  positionOf(path: JsonPath, part?: "key" | "value"): Position;
}

export interface Metadata {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The tenants this manifest is for; undefined means every tenant. */
  readonly tenants?: readonly string[] | undefined;
}

/** A manifest whose envelope is known to be right and whose spec has passed its kind's schema. */
export interface Manifest<Spec = unknown> {
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: Spec;
  readonly source: SourceDocument;
  /** The document as it may be kept: references to the environment as they are written, everything else resolved. */
  readonly kept?: () => Json;
}
