import type { TrailRecord } from "../engine/ports.ts";
import { GitopsError } from "../errors.ts";
import { type LineReading, MAX_LINE_BYTES, readEntry, type TrailEntry } from "./entry.ts";
import { type Clues, continuesChain, gatherClues, type Misfit, NO_CLUES, nameMisfit } from "./misfit.ts";
import { type PreparedRecord, prepareRecord, sealPrepared } from "./seal.ts";
import type { BrokenTrail, SoundChain } from "./verdict.ts";

/** The end of a chain: the last entry's sequence and hash. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

/** The head of a trail without entries; its hash is the first entry's `prevHash`. */
export const EMPTY_HEAD: Head = { sequence: 0, hash: "0".repeat(64) };

/** One line of a trail file. */
export interface TrailLine {
  /** From 1. */
  readonly number: number;
  /** Without its newline; null when the bytes are not UTF-8 or were too many to keep. */
  readonly text: string | null;
  /** `missing`: the file ends inside this line. `too-long`: it passes `MAX_LINE_BYTES`; nothing after it was read. */
  readonly ending: "newline" | "missing" | "too-long";
}

export interface AppendedChain {
  readonly entries: readonly TrailEntry[];
  /** The bytes to append: every entry's line, each with its newline. */
  readonly text: string;
  readonly head: Head;
}

/** Makes records ready to be chained. Throws `audit/unwritable` for one that is too large to be read back, `internal` for one that cannot be. */
export function prepareRecords(records: readonly TrailRecord[]): readonly PreparedRecord[] {
  return records.map((record) => {
    const prepared = prepareRecord(record);
    if (prepared.maxBytes > MAX_LINE_BYTES) throw tooLarge(record);
    return prepared;
  });
}

/** Chains records onto a head, in order. Throws as `prepareRecords` does. */
export function appendToChain(head: Head, records: readonly TrailRecord[]): AppendedChain {
  return chainOnto(head, prepareRecords(records));
}

/** As `appendToChain`, of records that were prepared; never throws. */
export function chainOnto(head: Head, records: readonly PreparedRecord[]): AppendedChain {
  const entries: TrailEntry[] = [];
  const lines: string[] = [];
  let end = head;
  for (const record of records) {
    const sealed = sealPrepared(record, end.sequence + 1, end.hash);
    entries.push(sealed.entry);
    lines.push(`${sealed.text}\n`);
    end = headAt(sealed.entry);
  }
  return { entries, text: lines.join(""), head: end };
}

export function headAt(entry: TrailEntry): Head {
  return { sequence: entry.sequence, hash: entry.hash };
}

/** Judges one line by itself. */
export function readLine(line: TrailLine): LineReading {
  if (line.text === null) return { state: "bad", reason: "is not UTF-8 text" };
  return readEntry(line.text);
}

/**
 * Walks a trail from its first line and names the first entry that was changed, removed, reordered, inserted or cut.
 * `remembered` is what the head file says, null when there is none; then a cut tail cannot be seen.
 * `onEntry` is called for every entry up to the first that does not fit. Holds one line in memory. Rules and their limits: see
 * misfit.ts.
 */
export async function verifyChain(
  lines: AsyncIterable<TrailLine> | Iterable<TrailLine>,
  remembered: Head | null,
  onEntry?: (entry: TrailEntry, line: number) => Promise<void>,
): Promise<SoundChain | BrokenTrail> {
  let head = EMPTY_HEAD;
  let previous: TrailEntry | undefined;
  let misfit: Misfit | undefined;
  let clues: Clues = NO_CLUES;
  for await (const line of lines) {
    const reading = readLine(line);
    if (misfit !== undefined) {
      clues = gatherClues(clues, misfit, line, reading);
    } else if (
      reading.state !== "entry" ||
      line.ending !== "newline" ||
      !continuesChain(reading.entry, head, remembered)
    ) {
      misfit = { line, reading, head, previous, remembered };
    } else {
      previous = reading.entry;
      head = headAt(previous);
      await onEntry?.(previous, line.number);
    }
  }
  if (misfit !== undefined) return nameMisfit(misfit, clues);
  if (remembered !== null && remembered.sequence > head.sequence) return cutTail(head, remembered);
  return { ok: true, entries: head.sequence, head: head.hash, warnings: warningsAbout(head, remembered) };
}

function cutTail(head: Head, remembered: Head): BrokenTrail {
  const sequence = head.sequence + 1;
  const missing = remembered.sequence - head.sequence;
  const message = `The trail ends after entry ${head.sequence}, but the head file remembers entry ${remembered.sequence}: ${missing} cut off.`;
  return { ok: false, line: sequence, sequence, problem: "cut", message, isTorn: false };
}

function warningsAbout(head: Head, remembered: Head | null): readonly string[] {
  if (remembered === null) {
    if (head.sequence === 0) return [];
    return ["The head file is missing: whether entries were cut off the end cannot be told."];
  }
  const beyond = head.sequence - remembered.sequence;
  if (beyond === 0) return [];
  return [
    `The last ${beyond} of the entries are not yet in the head file: a run was killed while it appended, or they are not ours.`,
  ];
}

function tooLarge(record: TrailRecord): GitopsError {
  return new GitopsError(
    "audit/unwritable",
    `The audit record for ${record.kind}/${record.name} is larger than ${MAX_LINE_BYTES} bytes.`,
    { hint: "Split the resource: a change of this size cannot be recorded, so it is not sent." },
  );
}
