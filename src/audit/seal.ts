/** Making entries of records: what does not hang on the place in the chain first, so that a record is checked before it waits for its place. */
import type { TrailRecord } from "../engine/ports.ts";
import { GitopsError } from "../errors.ts";
import { sha256 } from "../model/digest.ts";
import { canonicalJson, isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { describeShape, ENTRY_FORMAT_VERSION, entrySchema, type TrailEntry } from "./entry.ts";

/** A record that can be read back, written out but for what its place in the chain gives it. */
export interface PreparedRecord {
  /** With a place that is none; so long that no other place makes a longer line. */
  readonly placeless: TrailEntry;
  /** The text of each member but the hash, by key, in the order of the line. */
  readonly members: readonly (readonly [key: string, text: string])[];
  /** The most bytes that its line can have. */
  readonly maxBytes: number;
}

const NO_HASH = "0".repeat(64);
const NO_PLACE = { sequence: Number.MAX_SAFE_INTEGER, prevHash: NO_HASH, hash: NO_HASH } as const;

/**
 * Checks a record and writes out what does not hang on its place. Throws `internal` for one that could not be read back: such a line would
 * make the whole trail unreadable.
 */
export function prepareRecord(record: TrailRecord): PreparedRecord {
  const value = asJson({ ...record, formatVersion: ENTRY_FORMAT_VERSION, ...NO_PLACE });
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    throw new GitopsError(
      "internal",
      `An audit record for ${record.kind}/${record.name} ${describeShape(parsed.error)}.`,
    );
  }
  const keys = Object.keys(value).sort();
  const texts = keys.map((key) => [key, `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`] as const);
  const maxBytes = texts.reduce((sum, [, text]) => sum + Buffer.byteLength(text) + 1, 1);
  return { placeless: parsed.data, members: texts.filter(([key]) => key !== "hash"), maxBytes };
}

/** Gives a record its place in the chain and the text of its line, without newline. Throws as `prepareRecord` does. */
export function sealEntry(
  record: TrailRecord,
  sequence: number,
  prevHash: string,
): { entry: TrailEntry; text: string } {
  return sealPrepared(prepareRecord(record), sequence, prevHash);
}

/** As `sealEntry`, of a record that was prepared. The text is the canonical JSON of the entry. */
export function sealPrepared(
  { placeless, members }: PreparedRecord,
  sequence: number,
  prevHash: string,
): { entry: TrailEntry; text: string } {
  const place: Readonly<Record<string, string>> = {
    sequence: `"sequence":${sequence}`,
    prevHash: `"prevHash":"${prevHash}"`,
  };
  const placed = members.map(([key, text]) => place[key] ?? text);
  const hash = sha256(`{${placed.join(",")}}`);
  placed.splice(
    members.findIndex(([key]) => key > "hash"),
    0,
    `"hash":"${hash}"`,
  );
  return { entry: { ...placeless, sequence, prevHash, hash }, text: `{${placed.join(",")}}` };
}

function asJson(value: object): JsonObject {
  const plain: Json = JSON.parse(JSON.stringify(value));
  return isJsonObject(plain) ? plain : {};
}
