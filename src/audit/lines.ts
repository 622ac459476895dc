import type { FileHandle } from "node:fs/promises";
import type { TrailLine } from "./chain.ts";
import { MAX_LINE_BYTES } from "./entry.ts";

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** Where a line begins: its first byte, and its number from 1. */
export interface LineStart {
  readonly position: number;
  readonly number: number;
}

/**
 * The lines of a trail file from its beginning, or from where a line begins, one in memory at a time. Stops at a line that is too long.
 * The caller opens and closes the file.
 */
export async function* readLines(
  handle: FileHandle,
  start: LineStart = { position: 0, number: 1 },
): AsyncGenerator<TrailLine> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let pieces: Buffer[] = [];
  let pending = 0;
  let { number } = start;
  for (let { position } = start; ; ) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    let from = 0;
    for (let end = indexOfNewline(chunk, 0, bytesRead); end !== -1; end = indexOfNewline(chunk, from, bytesRead)) {
      if (pending + end - from > MAX_LINE_BYTES) return yield { number, text: null, ending: "too-long" };
      const rest = chunk.subarray(from, end);
      yield { number, text: decodeText(pending === 0 ? rest : Buffer.concat([...pieces, rest])), ending: "newline" };
      number += 1;
      pieces = [];
      pending = 0;
      from = end + 1;
    }
    // A copy, because the chunk is read into again.
    pieces.push(Buffer.from(chunk.subarray(from, bytesRead)));
    pending += bytesRead - from;
    if (pending > MAX_LINE_BYTES) return yield { number, text: null, ending: "too-long" };
  }
  if (pending > 0) yield { number, text: decodeText(Buffer.concat(pieces)), ending: "missing" };
}

function indexOfNewline(chunk: Buffer, from: number, end: number): number {
  const found = chunk.indexOf(NEWLINE, from);
  return found < end ? found : -1;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Strict UTF-8: a replaced byte must not read as U+FFFD, and a byte order mark must not vanish. Null when it is not UTF-8. */
export function decodeText(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
