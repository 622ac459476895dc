import { diffLines } from "diff";

export interface DiffLine {
  readonly mark: "same" | "added" | "removed";
  readonly text: string;
}

/** Two texts with more differing lines than this are shown one after the other: to find the shortest difference would take too long. */
const MOST_EDITS = 2000;

/** The lines that lead from one text to the other, in order: what is removed before what is added. The same texts give the same lines. */
export function compareLines(before: string, after: string): readonly DiffLine[] {
  const parts = diffLines(before, after, { maxEditLength: MOST_EDITS }) ?? [
    { value: before, added: false, removed: true },
    { value: after, added: true, removed: false },
  ];
  return parts.flatMap(({ value, added, removed }) => {
    const mark = added ? "added" : removed ? "removed" : "same";
    return linesOf(value).map((text): DiffLine => ({ mark, text }));
  });
}

/** A run of lines that is left out. */
export interface Gap {
  readonly skipped: number;
}

/** Without the equal lines that are further than `context` lines from any difference. */
export function foldEqualLines(lines: readonly DiffLine[], context: number): readonly (DiffLine | Gap)[] {
  const isNear = new Set<number>();
  for (const [index, { mark }] of lines.entries()) {
    if (mark === "same") continue;
    for (let near = index - context; near <= index + context; near += 1) isNear.add(near);
  }
  const folded: (DiffLine | Gap)[] = [];
  let skipped = 0;
  for (const [index, line] of lines.entries()) {
    if (isNear.has(index)) {
      if (skipped > 0) folded.push({ skipped });
      folded.push(line);
      skipped = 0;
    } else skipped += 1;
  }
  if (skipped > 0) folded.push({ skipped });
  return folded;
}

function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}
