/** Characters at the end of a text by which it is looked for; the beginnings of tokens and URLs are too much alike. */
const ENDING = 8;

const PAIRS = 0x1_00_00;

/** Of two characters the low bytes, as one number. */
function pairBefore(text: string, to: number): number {
  return ((text.charCodeAt(to - 2) & 0xff) << 8) | (text.charCodeAt(to - 1) & 0xff);
}

/**
 * Many texts to be found in others. What a search costs grows with the length of what is searched, not with how many there are to find:
 * a large tenant may hold a credential in each of its documents.
 */
export class Needles {
  readonly #byEnding = new Map<string, Set<string>>();
  /** A byte for every two last characters, 1 for those of an ending: most places in a text are passed over by it. */
  #pairs: Uint8Array | undefined;

  /** The shortest text that can be found. */
  static readonly shortest = ENDING;

  /** A shorter text than `shortest` is not found. */
  add(text: string): void {
    if (text.length < ENDING) return;
    const ending = text.slice(-ENDING);
    this.#byEnding.set(ending, (this.#byEnding.get(ending) ?? new Set()).add(text));
    this.#pairs ??= new Uint8Array(PAIRS);
    this.#pairs[pairBefore(text, text.length)] = 1;
  }

  /** The text with `replacement` for each that is in it; those that overlap are replaced as one. */
  replaceIn(text: string, replacement: string): string {
    let [replaced, end] = ["", 0];
    for (const [from, to] of this.#find(text)) {
      replaced += text.slice(end, from) + replacement;
      end = to;
    }
    return end === 0 ? text : replaced + text.slice(end);
  }

  /** Where they are, in order and apart from each other. */
  #find(text: string): readonly (readonly [from: number, to: number])[] {
    const found: (readonly [number, number])[] = [];
    const pairs = this.#pairs;
    if (pairs === undefined) return found;
    for (let to = ENDING; to <= text.length; to += 1) {
      if (pairs[pairBefore(text, to)] === 0) continue;
      let from = to;
      for (const needle of this.#byEnding.get(text.slice(to - ENDING, to)) ?? []) {
        if (needle.length > to - from && text.endsWith(needle, to)) from = to - needle.length;
      }
      if (from === to) continue;
      for (let last = found.at(-1); last !== undefined && last[1] > from; last = found.at(-1)) {
        from = Math.min(from, last[0]);
        found.pop();
      }
      found.push([from, to]);
    }
    return found;
  }
}
