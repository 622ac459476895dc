import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { systemCodeOf } from "../errors.ts";
import type { Finding } from "../model/finding.ts";
import type { FoundFile } from "./folder-walk.ts";
import { formatBytes, type SourceLimits } from "./limits.ts";
import { decodeFile, makeFileFinding, type SourceFile } from "./source-file.ts";

/** How many files are read before whatever else is waiting, a signal for one, gets its turn. */
const FILES_IN_A_ROW = 128;

/**
 * The path was a real file a moment ago. Should it have become a link since, it must not be followed; should it have become a pipe, opening
 * it must not wait for somebody who writes.
 */
const HOW_TO_OPEN = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Bytes that may still be read; below zero once the files were too large together. */
export interface Budget {
  left: number;
}

/**
 * Reads files one after the other, and not side by side: of small files on a local disk, each step that goes through the pool of threads
 * costs several times what it does itself. In the order given.
 */
export async function readFoundFiles(
  found: readonly FoundFile[],
  limits: SourceLimits,
  budget: Budget,
): Promise<readonly (SourceFile | Finding)[]> {
  const results: (SourceFile | Finding)[] = [];
  for (const [index, file] of found.entries()) {
    if (index > 0 && index % FILES_IN_A_ROW === 0) await setImmediate();
    results.push(readFoundFile(file, limits, budget));
  }
  return results;
}

function readFoundFile({ file, realPath }: FoundFile, limits: SourceLimits, budget: Budget): SourceFile | Finding {
  try {
    const descriptor = openSync(realPath, HOW_TO_OPEN);
    try {
      return readOpened(descriptor, file, limits, budget);
    } finally {
      closeSync(descriptor);
    }
  } catch (thrown) {
    const message = `the file cannot be read (${systemCodeOf(thrown) ?? "unknown error"})`;
    return makeFileFinding("source/unreadable", file, message, "Check its permissions.");
  }
}

/** The text of an open file, or why it is not read: larger than a limit, or not UTF-8. Throws what the system says. */
export function readOpened(
  descriptor: number,
  file: string,
  limits: SourceLimits,
  budget: Budget,
): SourceFile | Finding {
  const { size } = fstatSync(descriptor);
  if (size > limits.fileBytes) {
    const message = `the file has ${formatBytes(size)}; at most ${formatBytes(limits.fileBytes)} are read`;
    return makeFileFinding("source/too-large", file, message, "Split it into several files.");
  }
  budget.left -= size;
  if (budget.left < 0) return { file, text: "", bytes: 0 };
  // Not readFile: that would follow a file that is growing while we read it.
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const bytesRead = readSync(descriptor, bytes, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return decodeFile(file, bytes.subarray(0, length));
}
