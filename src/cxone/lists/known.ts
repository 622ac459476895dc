/**
 * What is known of a tenant's documents before they are asked for: what earlier runs have read. It is never more than a hint. A document
 * counts as it is known only where the tenant itself says in this run that it has not moved: a list that shows the same version and time,
 * or a 304.
 */
import { type Json, type JsonObject, valueAt } from "../../model/json.ts";
import type { DocumentRef } from "../../model/live.ts";
import { EDIT_TIME_KEY } from "../last-edit.ts";

/** By what the tenant tells one state of a document from another. null for what it does not say. */
export interface Marks {
  readonly version: string | number | null;
  /** The time of the last edit, as the tenant writes it. */
  readonly edited: string | number | null;
  readonly etag: string | null;
}

/** How the tenant lists the documents of a type: so many pages, null where it has no such list, or a list that could not be read. */
export type ListSize = number | null | "unread";

/** A memory of documents. Nothing of it throws, and all of it may be gone at any time. */
export interface KnownDocuments {
  /** Fetches what earlier runs have left; before that, only what this run has read is known. */
  load(): Promise<void>;
  find(ref: DocumentRef): Marks | undefined;
  /** The document that has these marks, whole and as it was kept. undefined, and forgotten, otherwise. */
  open(ref: DocumentRef): JsonObject | undefined;
  keep(ref: DocumentRef, document: JsonObject, marks: Marks): void;
  forget(ref: DocumentRef): void;
  /** undefined when it is not known, or was learnt so long ago that it is worth another look. */
  listSize(type: string): ListSize | undefined;
  noteListSize(type: string, size: ListSize): void;
}

const LONGEST_MARK = 64;

/** A memory that keeps nothing. */
export const NOTHING_KNOWN: KnownDocuments = {
  load: () => Promise.resolve(),
  find: () => undefined,
  open: () => undefined,
  keep: () => {},
  forget: () => {},
  listSize: () => undefined,
  noteListSize: () => {},
};

/**
 * The marks of a document that was read, or of what a list says of one. Only an ETag that promises the same bytes counts: a weak one
 * promises the same meaning, and whose meaning that is nobody knows.
 */
export function marksOf(document: JsonObject, etag: string | undefined): Marks {
  const isStrong = etag !== undefined && /^"[\x21\x23-\x7e]{1,200}"$/.test(etag);
  const [version, edited] = [markOf(valueAt(document, "version")), markOf(valueAt(document, EDIT_TIME_KEY))];
  return { version, edited, etag: isStrong ? etag : null };
}

/** A mark is short, whatever a tenant sends. */
function markOf(value: Json | undefined): string | number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" && value !== "" && value.length <= LONGEST_MARK ? value : null;
}

/** True when a list can show that a document has not moved. A version alone does not: what is deleted and made anew begins at 1 again. */
export function canBeListed(marks: Marks | undefined): marks is Marks {
  return marks !== undefined && marks.version !== null && marks.edited !== null;
}

export function isSameState(listed: Marks, known: Marks): boolean {
  return canBeListed(listed) && listed.version === known.version && listed.edited === known.edited;
}

/** True when a list shows a state from before the one that is known: it lags, or is not kept up at all. */
export function isBehind(listed: Marks, known: Marks): boolean {
  const [before, after] = [toTime(listed.edited), toTime(known.edited)];
  if (before === undefined || after === undefined || before > after) return false;
  if (before < after) return true;
  return typeof listed.version === "number" && typeof known.version === "number" && listed.version < known.version;
}

function toTime(edited: string | number | null): number | undefined {
  const time = typeof edited === "string" ? Date.parse(edited) : edited;
  return time === null || !Number.isFinite(time) ? undefined : time;
}
