import { z } from "zod";
import type { TrailRecord } from "../engine/ports.ts";
import { GitopsError } from "../errors.ts";
import { sha256 } from "../model/digest.ts";
import { canonicalJson, isJsonObject, type Json, type JsonObject, objectFrom } from "../model/json.ts";

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
 * Gives a record its place in the chain and the text of its line, without newline.
 * Throws `internal` for a record that could not be read back: such a line would make the whole trail unreadable.
 */
export function sealEntry(
  record: TrailRecord,
  sequence: number,
  prevHash: string,
): { entry: TrailEntry; text: string } {
  const body = withoutHash(asJson({ ...record, formatVersion: ENTRY_FORMAT_VERSION, sequence, prevHash }));
  const text = canonicalJson({ ...body, hash: sha256(canonicalJson(body)) });
  const reading = readEntry(text);
  if (reading.state === "entry") return { entry: reading.entry, text };
  const reason = reading.state === "bad" ? reading.reason : "has a foreign format version";
  throw new GitopsError("internal", `An audit record for ${record.kind}/${record.name} ${reason}.`);
}

/**
 * Reads the text of one line, strictly. The text must be exactly the canonical JSON of its value, not merely equal to it:
 * otherwise spaces, key order or a doubled key could be changed without any hash noticing.
 */
export function readEntry(text: string): LineReading {
  const value = parseCanonical(text);
  if (value === undefined) return { state: "bad", reason: "is not an entry as the trail writes it" };
  if (sha256(canonicalJson(withoutHash(value))) !== value["hash"]) {
    return { state: "bad", reason: "does not fit its own hash" };
  }
  const version = value["formatVersion"];
  if (typeof version === "number" && version > ENTRY_FORMAT_VERSION) return { state: "newer", formatVersion: version };
  const parsed = entrySchema.safeParse(value);
  if (parsed.success) return { state: "entry", entry: parsed.data };
  const where = parsed.error.issues[0]?.path.join(".") ?? "";
  return { state: "bad", reason: `does not have the shape of an entry${where === "" ? "" : ` (at ${where})`}` };
}

function parseCanonical(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isJsonObject(value) && canonicalJson(value) === text ? value : undefined;
  } catch {
    // Not JSON, or nested too deeply for the stack: an enemy's line either way.
    return undefined;
  }
}

function withoutHash(value: JsonObject): JsonObject {
  return objectFrom(Object.entries(value).filter(([key]) => key !== "hash"));
}

function asJson(value: object): JsonObject {
  const plain: Json = JSON.parse(JSON.stringify(value));
  return isJsonObject(plain) ? plain : {};
}
