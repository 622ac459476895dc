/** A part of a text that is replaced: from `start` to before `end`, in UTF-16 code units. Where both are equal, text is added. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text with all edits made. What is added at one place keeps its order, and stands before what is replaced from there on.
 * undefined when two of them replace the same character.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string | undefined {
  const inOrder = edits.toSorted((left, right) => left.start - right.start || left.end - right.end);
  const parts: string[] = [];
  let at = 0;
  for (const edit of inOrder) {
    if (edit.start < at) return undefined;
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return parts.join("") + text.slice(at);
}

/** The lines of a text, found once. A line break is LF, CR LF or CR. */
export class Lines {
  /** Where each line starts; the first at 0. */
  readonly #starts: readonly number[];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.#starts = [0, ...Array.from(text.matchAll(/\r\n?|\n/g), ({ index, 0: ending }) => index + ending.length)];
  }

  /** Where the line that holds `offset` starts. */
  startOf(offset: number): number {
    return this.#starts[this.#lineOf(offset)] ?? 0;
  }

  /** Where the line that holds `offset` ends, before its line break. */
  endOf(offset: number): number {
    const next = this.#starts[this.#lineOf(offset) + 1];
    if (next === undefined) return this.#text.length;
    return this.#text.slice(next - 2, next) === "\r\n" ? next - 2 : next - 1;
  }

  /** Where the line after that of `offset` starts; the text's end behind the last. */
  nextAfter(offset: number): number {
    return this.#starts[this.#lineOf(offset) + 1] ?? this.#text.length;
  }

  /** How many characters stand before `offset` on its line. */
  columnOf(offset: number): number {
    return offset - this.startOf(offset);
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
