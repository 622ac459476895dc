import { type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { GitopsError, messageOf, systemCodeOf } from "../errors.ts";
import { type Head, readLine } from "./chain.ts";
import type { TrailEntry } from "./entry.ts";
import { readHead } from "./head-file.ts";
import { readLines } from "./lines.ts";

/**
 * Every entry of a trail, first to last, one in memory at a time; none when there is no trail.
 * Each must be whole and fit its own hash: throws `audit/broken` at the first line that is not or does not, naming it, and at the
 * end when the head file remembers entries that are not there, so that a trail that was deleted or cut never passes for one without
 * such entries; `audit/unreadable` when the system does not let the file be read. Whether the entries chain is `verifyTrail`'s
 * business. A torn last line is no entry: it ends the reading, and the next append reports it.
 */
export async function* readTrail(file: string): AsyncGenerator<TrailEntry> {
  const path = resolve(file);
  // Head first: what is appended in between may only make it lag.
  const remembered = await readRemembered(path);
  const handle = await openIfThere(path);
  let last = 0;
  if (handle !== undefined) {
    for await (const entry of readEntries(handle, path)) {
      last = entry.sequence;
      yield entry;
    }
  }
  if (remembered !== null && remembered.sequence > last) throw endsEarly(path, last, remembered, handle === undefined);
}

/** Closes the file at the end, also when the reader stops early. */
async function* readEntries(handle: FileHandle, path: string): AsyncGenerator<TrailEntry> {
  try {
    for await (const line of readLines(handle)) {
      if (line.ending === "missing") return;
      const reading = readLine(line);
      if (reading.state === "entry") yield reading.entry;
      else if (line.ending === "too-long") throw badLine(path, line.number, "is longer than any that the trail writes");
      else if (reading.state === "bad") throw badLine(path, line.number, reading.reason);
      else throw badLine(path, line.number, `was written by a later version (format ${reading.formatVersion})`);
    }
  } finally {
    await handle.close();
  }
}

/** What to look for; every part that is given must fit. */
export interface TrailFilter {
  readonly run?: string;
  /** `kind/name`. */
  readonly resource?: string;
  readonly actor?: string;
  readonly tenant?: string;
  /** Milliseconds since the epoch, both inclusive. */
  readonly since?: number;
  readonly until?: number;
}

/** The entries of a trail that fit a filter, in order. Throws as `readTrail` does. */
export async function* queryTrail(file: string, filter: TrailFilter): AsyncGenerator<TrailEntry> {
  for await (const entry of readTrail(file)) {
    if (isWanted(entry, filter)) yield entry;
  }
}

export function isWanted(entry: TrailEntry, filter: TrailFilter): boolean {
  const time = Date.parse(entry.time);
  return (
    (filter.run === undefined || entry.run === filter.run) &&
    (filter.resource === undefined || `${entry.kind}/${entry.name}` === filter.resource) &&
    (filter.actor === undefined || entry.actor === filter.actor) &&
    (filter.tenant === undefined || entry.tenant === filter.tenant) &&
    (filter.since === undefined || time >= filter.since) &&
    (filter.until === undefined || time <= filter.until)
  );
}

async function readRemembered(path: string): Promise<Head | null> {
  try {
    return await readHead(path);
  } catch (error) {
    if (error instanceof GitopsError) throw error;
    throw unreadable(path, messageOf(error), error);
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    const handle = await open(path, "r");
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw unreadable(path, messageOf(error), error);
  }
  throw unreadable(path, "it is not an ordinary file", undefined);
}

function unreadable(path: string, reason: string, cause: unknown): GitopsError {
  const hint = "Check audit.file in the configuration, and that this user may read it.";
  return new GitopsError("audit/unreadable", `The audit trail ${path} cannot be read: ${reason}.`, { hint, cause });
}

function endsEarly(file: string, last: number, remembered: Head, isGone: boolean): GitopsError {
  const where = isGone ? "is gone" : `ends after entry ${last}`;
  const message = `The audit trail ${file} ${where}, but its head file remembers ${remembered.sequence} entries.`;
  return new GitopsError("audit/broken", message, {
    place: { file },
    hint: "Restore the trail from a backup. If there is none, keep what is left as evidence under another name.",
  });
}

function badLine(file: string, line: number, reason: string): GitopsError {
  return new GitopsError("audit/broken", `Line ${line} of the audit trail ${file} ${reason}.`, {
    place: { file, line },
    context: { line },
    hint: "Run `cxone-gitops audit verify` for what was done to it, and restore the trail from a backup.",
  });
}
