import type { ScalarStyle } from "../yaml-visitor.ts";

interface ScalarRange {
  /** Of its text without quotes; -1 when nothing is written. */
  readonly valueStart: number;
  readonly anchorEnd: number;
  readonly tagEnd: number;
}

interface Around {
  /** Where its anchor or tag starts; null without them. */
  readonly outerOffset: number | null;
  /** Behind the scalar or alias before it. */
  readonly previousEnd: number;
}

/** Where a scalar starts for a reader: at its quote, at the `|` or `>` of a block, at its tag when nothing else is written. */
export function findScalarStart(
  text: string,
  scalar: ScalarRange,
  style: ScalarStyle,
  { outerOffset, previousEnd }: Around,
): number | null {
  switch (style) {
    case "single":
    case "double":
      return scalar.valueStart - 1;
    case "literal":
    case "folded": {
      // Only properties of this node stand between what came before and the header; comments between them end with a line.
      const from = Math.max(previousEnd, scalar.tagEnd, scalar.anchorEnd);
      return findBlockHeader(text, from, scalar.valueStart);
    }
    case "plain":
      return scalar.valueStart === -1 ? outerOffset : scalar.valueStart;
  }
}

/** The `|` or `>` on the line before a block's content, which starts at `contentStart` (or ends the text there). */
function findBlockHeader(text: string, from: number, contentStart: number): number {
  let end = contentStart;
  if (text[end - 1] === "\n") end--;
  if (text[end - 1] === "\r") end--;
  let start = end;
  while (start > from && text[start - 1] !== "\n" && text[start - 1] !== "\r") start--;
  const inHeader = text.slice(start, end).search(/[|>]/);
  return inHeader === -1 ? contentStart : start + inHeader;
}
