import type { Position } from "../model/manifest.ts";

/** Turns offsets (UTF-16 code units) of one text into lines and columns. YAML ends a line with LF, CR LF or CR. */
export type PositionAt = (offset: number) => Position;

/** Reads the text once, on the first question; each further one is a binary search. */
export function makePositionAt(text: string): PositionAt {
  let lineStarts: readonly number[] | undefined;
  return (offset) => {
    lineStarts ??= findLineStarts(text);
    const line = lastAtMost(lineStarts, offset);
    return { line: line + 1, column: offset - (lineStarts[line] ?? 0) + 1 };
  };
}

function findLineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const ending of text.matchAll(/\r\n?|\n/g)) starts.push(ending.index + ending[0].length);
  return starts;
}

/** The index of the last number that is not above `limit`; the numbers rise and the first is 0. */
function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
