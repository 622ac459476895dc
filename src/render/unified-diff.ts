import { compareLines, type DiffLine, foldEqualLines, type Gap } from "./line-diff.ts";
import { type Paint, printableLine } from "./paint.ts";

const CONTEXT = 3;
const MARKS = { same: " ", added: "+", removed: "-" } as const;

/** The difference of two texts of a file as `diff -u` and git print it; `before` is null for a new file. Empty when they are equal. */
export function renderUnifiedDiff(file: string, before: string | null, after: string, paint: Paint): string {
  if (before === after) return "";
  const from = before === null ? "/dev/null" : `a/${file}`;
  const head = `${paint("strong", `--- ${from}`)}\n${paint("strong", `+++ b/${file}`)}\n`;
  return (
    head +
    cutIntoHunks(compareLines(before ?? "", after))
      .map((hunk) => renderHunk(hunk, paint))
      .join("")
  );
}

interface Hunk {
  /** The first line's number on either side, from 1. */
  readonly before: number;
  readonly after: number;
  readonly lines: readonly DiffLine[];
}

function cutIntoHunks(lines: readonly DiffLine[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let [before, after] = [1, 1];
  let open: DiffLine[] | undefined;
  for (const line of foldEqualLines(lines, CONTEXT)) {
    if (isGap(line)) {
      before += line.skipped;
      after += line.skipped;
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = [];
      hunks.push({ before, after, lines: open });
    }
    open.push(line);
    if (line.mark !== "added") before += 1;
    if (line.mark !== "removed") after += 1;
  }
  return hunks;
}

function isGap(line: DiffLine | Gap): line is Gap {
  return "skipped" in line;
}

function renderHunk({ before, after, lines }: Hunk, paint: Paint): string {
  const count = (mark: DiffLine["mark"]) => lines.filter((line) => line.mark !== mark).length;
  // Where a side has no line, its number is that of the line above.
  const range = (first: number, size: number) => `${size === 0 ? first - 1 : first},${size}`;
  const head = `@@ -${range(before, count("added"))} +${range(after, count("removed"))} @@`;
  const body = lines.map(({ mark, text }) => {
    const line = MARKS[mark] + printableLine(text.replace(/\r$/, ""));
    return mark === "same" ? `${line}\n` : `${paint(mark, line)}\n`;
  });
  return `${paint("faint", head)}\n${body.join("")}`;
}
