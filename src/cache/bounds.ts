import type { StoredEntry } from "./format.ts";

/** What the marks of an entry take at most, besides its id and ETag. */
const MARKS_BYTES = 320;

/**
 * The entries that fit into so many bytes, in their order. Those that were used in the latest runs stay, and among equals always the
 * same: two runs that need more than there is room for must not drive out each other's.
 */
export function pickWithin(entries: readonly StoredEntry[], mostBytes: number): readonly StoredEntry[] {
  const latestFirst = entries.toSorted((left, right) => right.entry.used - left.entry.used);
  const picked = new Set<StoredEntry>();
  let size = MARKS_BYTES * 2;
  for (const one of latestFirst) {
    const bytes =
      Buffer.byteLength(one.text) + Buffer.byteLength(JSON.stringify([one.entry.id, one.entry.etag])) + MARKS_BYTES;
    if (size + bytes > mostBytes) continue;
    size += bytes;
    picked.add(one);
  }
  return entries.filter((one) => picked.has(one));
}
