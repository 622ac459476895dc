/** More are forgotten together: a tenant's flows ask the same few questions over and over, and what is asked once is soon asked again. */
const MOST_TEXTS = 10_000;

/** Longer text is rarely asked for twice, and ten thousand of them would be a weight. */
const LONGEST_TEXT = 1000;

/**
 * A function of a text that remembers its results, in bounded memory. The function must be pure, and its results must not be changed by
 * whoever gets them. What it throws is not remembered.
 */
export function rememberByText<Result>(make: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (text.length > LONGEST_TEXT) return make(text);
    const own = copyText(text);
    const made = make(own);
    if (known.size >= MOST_TEXTS) known.clear();
    known.set(own, made);
    return made;
  };
}

/** A text that was cut out of a file keeps the whole file in memory; this one stands for itself. */
function copyText(text: string): string {
  return String(JSON.parse(JSON.stringify(text)));
}
