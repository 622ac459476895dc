import * as z from "zod";
import type { TrailRecord } from "../engine/ports.ts";
import { sha256 } from "../model/digest.ts";
import { canonicalJson, isJsonArray, isJsonObject, type Json, type JsonObject, objectFrom } from "../model/json.ts";

export const ENTRY_FORMAT_VERSION = 1;

/** The longest line that is written or read, in bytes without its newline. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** One line of the trail: what the engine recorded, and what ties it to the line before. */
export interface TrailEntry extends TrailRecord {
  readonly formatVersion: typeof ENTRY_FORMAT_VERSION;
  /** 1 for the first entry, one more for each further one. */
  readonly sequence: number;
  /** `hash` of the entry before; 64 zeros on the first. */
  readonly prevHash: string;
  /** SHA-256, lower-case hex, of the canonical JSON of this entry without `hash`. */
  readonly hash: string;
}

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
/** Names a kept document and becomes a part of its path, so nothing else is let in. */
export const digestSchema: z.ZodType<string> = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const countSchema = z.int().min(0);
const stateSchema = z.strictObject({ version: z.union([z.string(), z.number(), z.null()]), digest: z.string() });
/** Everything that JSON.parse yields is Json; zod must not copy it, so that no key (`__proto__`) is lost. */
const jsonSchema = z.custom<Json>((value) => value !== undefined);
const valuesByPathSchema = z.custom<TrailRecord["live"]>(isJsonObject);
const operationSchema = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("add"), path: z.string(), value: jsonSchema }),
  z.strictObject({ op: z.literal("remove"), path: z.string() }),
  z.strictObject({ op: z.literal("replace"), path: z.string(), value: jsonSchema }),
]);

/** The stored shape, strict: an unknown key means that the line is not ours. */
export const entrySchema: z.ZodType<TrailEntry> = z.strictObject({
  formatVersion: z.literal(ENTRY_FORMAT_VERSION),
  sequence: z.int().min(1),
  prevHash: hashSchema,
  hash: hashSchema,
  type: z.enum(["intent", "outcome"]),
  time: z.iso.datetime({ precision: 3 }),
  run: z.string(),
  tenant: z.string(),
  actor: z.string(),
  commit: z.string().nullable(),
  pullRequest: z.string().nullable(),
  kind: z.string(),
  name: z.string(),
  id: z.string(),
  document: z.strictObject({ type: z.string(), id: z.string() }),
  action: z.enum(["create", "update", "delete", "unchanged", "report"]),
  manifest: digestSchema,
  image: digestSchema.nullable(),
  restores: z.string().nullable(),
  before: stateSchema.nullable(),
  after: stateSchema.nullable(),
  patch: z.array(operationSchema),
  live: valuesByPathSchema,
  idempotencyKey: z.string(),
  attempts: countSchema,
  conflicts: countSchema,
  latency_ms: z.number().min(0).nullable(),
  outcome: z.enum(["done", "already-done", "stale", "failed", "skipped"]).nullable(),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
});

/** What stands on one line of a trail, judged by that line alone. */
export type LineReading =
  | { readonly state: "entry"; readonly entry: TrailEntry }
  /** Its own hash fits, but a later version of the product wrote it. */
  | { readonly state: "newer"; readonly formatVersion: number }
  /** Not an entry, or one whose hash does not fit. `reason` continues "line N …". */
  | { readonly state: "bad"; readonly reason: string };

/**
 * Reads the text of one line, strictly. The text must be exactly the canonical JSON of its value, not merely equal to it:
 * otherwise spaces, key order or a doubled key could be changed without any hash noticing.
 */
export function readEntry(text: string): LineReading {
  const value = parseCanonical(text);
  if (value === undefined) return { state: "bad", reason: "is not an entry as the trail writes it" };
  if (!fitsOwnHash(value, text)) return { state: "bad", reason: "does not fit its own hash" };
  const version = value["formatVersion"];
  if (typeof version === "number" && version > ENTRY_FORMAT_VERSION) return { state: "newer", formatVersion: version };
  const parsed = entrySchema.safeParse(value);
  if (parsed.success) return { state: "entry", entry: parsed.data };
  return { state: "bad", reason: describeShape(parsed.error) };
}

/** Why something is no entry, as the rest of a sentence about it. */
export function describeShape({ issues }: z.ZodError): string {
  const where = issues[0]?.path.join(".") ?? "";
  return `does not have the shape of an entry${where === "" ? "" : ` (at ${where})`}`;
}

function parseCanonical(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text);
    const again = hasKeysInOrder(value) ? JSON.stringify(value) : canonicalJson(value);
    return isJsonObject(value) && again === text ? value : undefined;
  } catch {
    // Not JSON, or nested too deeply for the stack: an enemy's line either way.
    return undefined;
  }
}

/** Spares what is in order already, as every line of ours is, from being sorted. */
function hasKeysInOrder(value: Json): boolean {
  if (isJsonArray(value)) return value.every(hasKeysInOrder);
  if (!isJsonObject(value)) return true;
  let last = "";
  for (const key of Object.keys(value)) {
    if (key < last || !hasKeysInOrder(value[key] ?? null)) return false;
    last = key;
  }
  return true;
}

/**
 * Whether the hash is that of the canonical text without it. In a line of ours that is the text with the member taken out; nobody can make
 * another text of which that is so, for it would still hold the hash that it has to have.
 */
function fitsOwnHash(value: JsonObject, text: string): boolean {
  const member = `"hash":${JSON.stringify(value["hash"])},`;
  const at = text.indexOf(member);
  if (at !== -1 && sha256(text.slice(0, at) + text.slice(at + member.length)) === value["hash"]) return true;
  return sha256(canonicalJson(withoutHash(value))) === value["hash"];
}

function withoutHash(value: JsonObject): JsonObject {
  return objectFrom(Object.entries(value).filter(([key]) => key !== "hash"));
}
