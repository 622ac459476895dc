/**
 * Naming what was done to a trail.
 *
 * Terms. The walk stops at the first line M that does not continue the chain. Before it everything fits: the last fitting
 * entry is P, with sequence e-1 and hash h, so the line should hold entry e with prevHash h (and, where the head file
 * remembers entry e, with that hash). What follows M (the rest) is read once for clues: is the expected entry (e, h) further down, has M a twin with its sequence there, or its predecessor
 * (an entry whose hash is M's prevHash)?
 * A line is confirmed when the next line, or the head file if it is the last, names its hash.
 *
 *   M is …                              clue                                    verdict
 *   without newline                                                             cut
 *   too long, or of a later format                                              unreadable
 *   not an entry, or its hash is wrong  expected entry in the rest              inserted
 *                                       otherwise                               changed
 *   entry after e (a gap)               expected in the rest, twin in the rest  inserted (a copy)
 *                                       expected and M's predecessor in it      reordered
 *                                       expected only                           inserted (a forgery)
 *                                       not expected, but M names h             changed (its number)
 *                                       otherwise                               removed
 *   entry e, but not chained to h or    expected in the rest                    inserted
 *   not the one the head file knows
 *                                       M is confirmed                          changed: P, with a new hash
 *                                       otherwise                               changed
 *   entry before e (a number again)     rivals P for its place, confirmed       inserted: P
 *                                       e missing though e+1 or the head know it  changed (overwritten by a copy)
 *                                       otherwise                               inserted
 *
 * Where the verdict would be changed or removed, but the head file ends at P, the line was never ours: inserted.
 *
 * Limits. The chain has no key. Who may write the folder can rewrite every entry from some point on and the head file
 * with them, delete all of it, or append entries that chain correctly (no different from a run killed before it wrote the
 * head file; that is a warning). A signed head (signature.ts) shows the first; against all of it only the head's hash, kept where
 * the writer cannot reach, helps.
 */
import type { Head, TrailLine } from "./chain.ts";
import type { LineReading, TrailEntry } from "./entry.ts";
import type { BrokenTrail, TrailProblem } from "./verdict.ts";

/** The first line that does not continue the chain, and what stands before it. */
export interface Misfit {
  readonly line: TrailLine;
  readonly reading: LineReading;
  readonly head: Head;
  readonly previous: TrailEntry | undefined;
  /** What the head file says; null when there is none. */
  readonly remembered: Head | null;
}

/** What the lines after the misfit tell. */
export interface Clues {
  /** The line right after the misfit. */
  readonly next: LineReading | undefined;
  /** The line on which the expected entry stands. */
  readonly expectedAt: number | undefined;
  readonly hasTwin: boolean;
  readonly hasPredecessor: boolean;
  readonly hasSuccessor: boolean;
}

export const NO_CLUES: Clues = {
  next: undefined,
  expectedAt: undefined,
  hasTwin: false,
  hasPredecessor: false,
  hasSuccessor: false,
};

/** Whether an entry is the one that belongs after a head, as far as the chain and the head file know. */
export function continuesChain(entry: TrailEntry, head: Head, remembered: Head | null): boolean {
  if (entry.sequence !== head.sequence + 1 || entry.prevHash !== head.hash) return false;
  return remembered?.sequence !== entry.sequence || remembered.hash === entry.hash;
}

/** Adds what one line after the misfit tells. */
export function gatherClues(clues: Clues, misfit: Misfit, line: TrailLine, reading: LineReading): Clues {
  const next = clues.next ?? reading;
  if (reading.state !== "entry" || line.ending !== "newline") return { ...clues, next };
  const { entry } = reading;
  const { head } = misfit;
  const suspect = misfit.reading.state === "entry" ? misfit.reading.entry : undefined;
  const isExpected = continuesChain(entry, head, misfit.remembered);
  return {
    next,
    expectedAt: clues.expectedAt ?? (isExpected ? line.number : undefined),
    hasTwin: clues.hasTwin || entry.sequence === suspect?.sequence,
    hasPredecessor: clues.hasPredecessor || entry.hash === suspect?.prevHash,
    hasSuccessor: clues.hasSuccessor || entry.sequence === head.sequence + 2,
  };
}

/** Names what was done, by the table above. */
export function nameMisfit(misfit: Misfit, clues: Clues): BrokenTrail {
  const { line, reading, head, remembered } = misfit;
  if (line.ending === "missing") return nameTornLine(misfit);
  if (line.ending === "too-long") return broken(misfit, "unreadable", "is longer than any line that the trail writes");
  if (reading.state === "newer") {
    const version = reading.formatVersion;
    return broken(misfit, "unreadable", `has format version ${version}: a later version of cxone-gitops wrote it`);
  }
  const isBeyondHead = remembered !== null && remembered.sequence === head.sequence;
  if (reading.state === "bad") {
    const problem = clues.expectedAt !== undefined || isBeyondHead ? "inserted" : "changed";
    return broken(misfit, problem, reading.reason);
  }
  const { entry } = reading;
  const expected = head.sequence + 1;
  if (entry.sequence > expected) return nameGap(misfit, entry, clues, isBeyondHead);
  if (entry.sequence < expected) return nameRepetition(misfit, entry, clues);
  return nameUnchained(misfit, entry, clues, isBeyondHead);
}

/** The entry has the right number, but not the right place in the chain. */
function nameUnchained(misfit: Misfit, entry: TrailEntry, clues: Clues, isBeyondHead: boolean): BrokenTrail {
  const { head, previous, remembered } = misfit;
  const isExpectedLater = clues.expectedAt !== undefined;
  const isChained = entry.prevHash === head.hash;
  if (!isChained && !isExpectedLater && previous !== undefined && isConfirmed(entry, clues, remembered)) {
    return brokenBefore(misfit, "changed", `is not the one that entry ${entry.sequence} was chained to`);
  }
  const problem = isExpectedLater || isBeyondHead ? "inserted" : "changed";
  const reason = isChained ? "is not the one that the head file remembers" : `is not chained to entry ${head.sequence}`;
  return broken(misfit, problem, reason);
}

function nameTornLine(misfit: Misfit): BrokenTrail {
  const { head, remembered } = misfit;
  const known = remembered !== null && remembered.sequence > head.sequence;
  const reason = known
    ? "is incomplete, though the head file remembers it whole"
    : "is incomplete: a run was killed while it appended; the next append sets the torn line aside and says so";
  return { ...broken(misfit, "cut", reason), isTorn: !known };
}

function nameGap(misfit: Misfit, entry: TrailEntry, clues: Clues, isBeyondHead: boolean): BrokenTrail {
  const expected = misfit.head.sequence + 1;
  const holds = `holds entry ${entry.sequence} where entry ${expected} belongs`;
  if (clues.expectedAt !== undefined) {
    const isMoved = clues.hasPredecessor && !clues.hasTwin;
    return broken(misfit, isMoved ? "reordered" : "inserted", `${holds}, which stands on line ${clues.expectedAt}`);
  }
  if (isBeyondHead) return broken(misfit, "inserted", `${holds}, and the head file ends before it`);
  const isRenumbered = entry.prevHash === misfit.head.hash;
  if (isRenumbered) return broken(misfit, "changed", `${holds}, but is chained to the one before`);
  const last = entry.sequence - 1;
  const gone = last === expected ? `entry ${expected} is gone` : `entries ${expected} to ${last} are gone`;
  return broken(misfit, "removed", `${holds}: ${gone}`);
}

function nameRepetition(misfit: Misfit, entry: TrailEntry, clues: Clues): BrokenTrail {
  const { previous, head, remembered } = misfit;
  const expected = head.sequence + 1;
  const isRival = previous?.prevHash === entry.prevHash && previous.hash !== entry.hash;
  if (isRival && isConfirmed(entry, clues, remembered)) {
    return brokenBefore(
      misfit,
      "inserted",
      `has the place of the entry on line ${misfit.line.number}, which the chain continues`,
    );
  }
  const isKnown = clues.hasSuccessor || (remembered !== null && remembered.sequence >= expected);
  const isOverwritten = clues.expectedAt === undefined && isKnown;
  const reason = `holds entry ${entry.sequence} again where entry ${expected} belongs`;
  return broken(misfit, isOverwritten ? "changed" : "inserted", reason);
}

function isConfirmed(entry: TrailEntry, clues: Clues, remembered: Head | null): boolean {
  if (clues.next === undefined) return remembered?.hash === entry.hash;
  return clues.next.state === "entry" && clues.next.entry.prevHash === entry.hash;
}

function broken(misfit: Misfit, problem: TrailProblem, reason: string): BrokenTrail {
  const line = misfit.line.number;
  return {
    ok: false,
    line,
    sequence: misfit.head.sequence + 1,
    problem,
    message: `Line ${line} ${reason}.`,
    isTorn: false,
  };
}

function brokenBefore(misfit: Misfit, problem: TrailProblem, reason: string): BrokenTrail {
  const line = misfit.line.number - 1;
  return {
    ok: false,
    line,
    sequence: misfit.head.sequence,
    problem,
    message: `Line ${line} ${reason}.`,
    isTorn: false,
  };
}
