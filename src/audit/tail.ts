import { GitopsError } from "../errors.ts";
import { EMPTY_HEAD, type Head, headAt } from "./chain.ts";
import { MAX_LINE_BYTES, readEntry, type TrailEntry } from "./entry.ts";
import { decodeText } from "./lines.ts";

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** A file as the tail check needs it, so that what it reads can be counted. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `position`. */
  read(position: number, length: number): Promise<Buffer>;
}

export interface Tail {
  /** The last whole entry. */
  readonly head: Head;
  /** Whole entries after the one that the head file remembers. */
  readonly beyond: number;
  /** What a killed or failed append left after the last newline; empty when there is nothing. */
  readonly torn: Buffer;
  /** Where the torn bytes begin, which is where the trail should end. */
  readonly end: number;
}

/**
 * Reads a trail backwards from its end to the entry before the one that the head file remembers, and no further: the cost
 * follows what the head file missed (as a rule two lines), not the length of the trail. Without a head file it goes to the
 * start. Throws `audit/broken` when these entries do not chain, or when the head file remembers more than is there.
 */
export async function checkTail(source: ByteSource, remembered: Head | null, file: string): Promise<Tail> {
  const known = remembered ?? EMPTY_HEAD;
  const segments = readSegmentsBackwards(source, file);
  const torn = (await segments.next()).value ?? Buffer.alloc(0);
  const end = source.size - torn.length;
  const head = end === 0 ? EMPTY_HEAD : await walkBack(segments, known, file);
  if (head.sequence < known.sequence) {
    throw brokenTail(file, `it ends after entry ${head.sequence}, but entry ${known.sequence} was written`);
  }
  return { head, beyond: head.sequence - known.sequence, torn, end };
}

/** The head that the last line gives, when the entries from there to before the known one chain. */
async function walkBack(segments: AsyncIterable<Buffer>, known: Head, file: string): Promise<Head> {
  let head: Head | undefined;
  let wanted: Head | undefined;
  for await (const segment of segments) {
    const entry = readTailEntry(segment, file);
    const found = headAt(entry);
    head ??= found;
    const isWrong = wanted !== undefined && !isSameHead(wanted, found);
    if (isWrong || (found.sequence === known.sequence && found.hash !== known.hash)) {
      throw brokenTail(file, `entry ${wanted?.sequence ?? found.sequence} is not the one that was written`);
    }
    if (found.sequence < known.sequence) return head;
    wanted = { sequence: found.sequence - 1, hash: entry.prevHash };
  }
  if (wanted !== undefined && !isSameHead(wanted, EMPTY_HEAD)) {
    throw brokenTail(file, `entry ${wanted.sequence} is gone`);
  }
  return head ?? EMPTY_HEAD;
}

function isSameHead(left: Head, right: Head): boolean {
  return left.sequence === right.sequence && left.hash === right.hash;
}

/** First what follows the last newline, then each whole line, last first. */
async function* readSegmentsBackwards(source: ByteSource, file: string): AsyncGenerator<Buffer, undefined> {
  let pieces: Buffer[] = [];
  let pending = 0;
  for (let position = source.size; position > 0; ) {
    const from = Math.max(0, position - CHUNK_BYTES);
    let chunk = await source.read(from, position - from);
    for (let at = chunk.lastIndexOf(NEWLINE); at !== -1; at = chunk.lastIndexOf(NEWLINE)) {
      if (pending + chunk.length - at - 1 > MAX_LINE_BYTES) throw endlessLine(file);
      yield Buffer.concat([chunk.subarray(at + 1), ...pieces.reverse()]);
      pieces = [];
      pending = 0;
      chunk = chunk.subarray(0, at);
    }
    pieces.push(chunk);
    pending += chunk.length;
    if (pending > MAX_LINE_BYTES) throw endlessLine(file);
    position = from;
  }
  yield Buffer.concat(pieces.reverse());
}

function readTailEntry(bytes: Buffer, file: string): TrailEntry {
  const text = decodeText(bytes);
  const reading = text === null ? undefined : readEntry(text);
  if (reading?.state === "entry") return reading.entry;
  if (reading?.state !== "newer") throw brokenTail(file, "a line at its end is not what was written");
  throw new GitopsError("audit/unwritable", `A later version of cxone-gitops writes the audit trail ${file}.`, {
    hint: "Use that version, or give this one another audit.file.",
  });
}

function endlessLine(file: string): GitopsError {
  return brokenTail(file, "a line at its end is longer than any that the trail writes");
}

function brokenTail(file: string, reason: string): GitopsError {
  return new GitopsError(
    "audit/broken",
    `The audit trail ${file} was tampered with: ${reason}. Nothing was appended.`,
    {
      place: { file },
      hint: "Run `cxone-gitops audit verify`, and restore the trail from a backup. If nothing can be restored, keep the trail and its .head file as evidence under other names; the next run begins a new trail.",
    },
  );
}
