import { Needles } from "./needles.ts";

/** What stands in every output in a secret's place. */
export const MASK = "(secret)";

/**
 * True when a text in what was kept stands for a secret: a mask, or a reference to what the environment does not have any more. It must
 * not be sent as it is written.
 */
export function standsForSecret(text: string): boolean {
  return text.includes(MASK) || text.includes("${env:");
}

/** What stands around the places for secrets in such a text. */
export function splitAtSecrets(text: string): readonly string[] {
  return text.split(/\(secret\)|\$\{env:[^}]*\}/);
}

/** Shorter values cannot be told from ordinary text, so they are masked only where their place is known. */
const SHORTEST_MASKABLE = 4;
/** Shorter values of the environment (`true`, `8080`, `de`) are ordinary words that live may hold as well. */
const SHORTEST_SUSPECT = 8;
/** Shorter ones that a secret has replaced (`v2`, `Q1`) are words. */
const SHORTEST_LEARNT = 6;
/** Of letters alone, a part of a text is a word up to here. */
const LONGEST_WORD = 16;
/** Letters alone (`production`) or digits alone make a suspect only when they are longer than words are. */
const SHORTEST_PLAIN_SUSPECT = 20;
/** Smaller ones are timeouts, counts and coordinates as well: where a secret has replaced one, it is masked under its own key alone. */
const SMALLEST_NUMBER = 100_000;

/**
 * The values of one run that must appear nowhere: what `${env:…}` gave, and tokens as they arrive. It only ever grows. Every output passes
 * through `mask`.
 *
 * Beside these stand values that were learnt: what a secret has replaced. Nobody chose them as secrets, and taking one for a secret where it
 * is none costs something: a kept document has a mask in its place, and cannot be put back. So they reach as far as they must, and no
 * further:
 *
 *   learnt                                       is masked                                                   because
 *   of 20 characters or more                     in every text of the tenant                                 no word is so long
 *   letters and digits, 6 or more: `hunter2`     where it is a whole value, in every document of the tenant  it may stand in several
 *   a word, a number, a short one: `Billing`     where it is a whole value, in the document in which it      elsewhere it is what it says
 *                                                stood (`within`); where no document is known, everywhere
 *
 * What reads like a credential in a live document (`addRecognised`) is masked in every text of the tenant from 8 characters on, or 16 where
 * it is letters alone; a shorter one is as a learnt one.
 *
 * No learnt value reaches another tenant (`fork`): what is secret on one may be the name of a queue on the other.
 */
export class Secrets {
  readonly #base: Secrets | undefined;
  /** The document that a view is about. */
  readonly #document: string | undefined;
  readonly #values = new Set<string>();
  /** Ordinary words that a secret has replaced, and the documents in which they stood. */
  readonly #words = new Map<string, Set<string>>();
  readonly #suspects = new Set<string>();
  readonly #recognised = new Needles();
  readonly #numbers = new Set<number>();
  /** Small numbers that a secret has replaced, with their keys, and the documents in which they stood. */
  readonly #smallNumbers = new Map<string, Set<string>>();
  #longestFirst: readonly string[] = [];
  #merged: { readonly of: readonly (readonly string[])[]; readonly all: readonly string[] } | undefined;

  constructor(base?: Secrets, document?: string) {
    this.#base = base;
    this.#document = document;
  }

  /** All that is known here, now and later; what is learnt in it stays in it. What is added to it is added here. */
  fork(): Secrets {
    return new Secrets(this);
  }

  /** The same, with those ordinary words alone that stood in this document (by `refKey`). */
  within(document: string): Secrets {
    return new Secrets(this, document);
  }

  /** Remembers a value, in every form in which an output may show it. Empty text is no secret. */
  add(value: string): void {
    if (this.#base === undefined) this.#remember(value);
    else this.#base.add(value);
  }

  /** Remembers what a secret has replaced in a document (by `refKey`). */
  addReplaced(value: string, document: string): void {
    if (this.#base !== undefined && this.#document !== undefined) this.#base.addReplaced(value, document);
    else if (value.length >= SHORTEST_PLAIN_SUSPECT) this.#remember(value);
    else if (value.length >= SHORTEST_LEARNT && isMixed(value)) this.#values.add(value);
    else if (value !== "") this.#words.set(value, (this.#words.get(value) ?? new Set()).add(document));
  }

  /** As `addReplaced`, for a number: it is masked in the document in which it stood; one of five digits or less only under its key. */
  addReplacedNumber(value: number, key: string, document: string): void {
    if (this.#base !== undefined && this.#document !== undefined) this.#base.addReplacedNumber(value, key, document);
    else if (Math.abs(value) >= SMALLEST_NUMBER) this.addReplaced(String(value), document);
    else {
      const called = `${value} ${key}`;
      this.#smallNumbers.set(called, (this.#smallNumbers.get(called) ?? new Set()).add(document));
    }
  }

  /**
   * As `addReplaced`, for what is known to be the secret part of a longer text, and may come back in another: with a digit it is no word, so
   * it is masked there as well.
   */
  addReplacedPart(value: string, document: string): void {
    if (this.#base !== undefined && this.#document !== undefined) this.#base.addReplacedPart(value, document);
    else if (/\d/.test(value) || value.length >= LONGEST_WORD) this.#remember(value);
    else this.addReplaced(value, document);
  }

  /** Remembers what stands live in a document (by `refKey`) and reads like a credential. A number that is short is too common. */
  addRecognised(value: string | number, document: string): void {
    if (this.#base !== undefined && this.#document !== undefined) this.#base.addRecognised(value, document);
    else if (typeof value === "number") this.#addNumber(value);
    else if (value.length < (isMixed(value) ? Needles.shortest : LONGEST_WORD)) this.addReplaced(value, document);
    else for (const form of formsOf(value)) this.#recognised.add(form);
  }

  /**
   * Notes a value of the environment that nothing refers to now. It may be what a manifest referred to yesterday, so where live
   * holds it, it is not shown; elsewhere it is ordinary text.
   */
  suspect(value: string): void {
    const shortest = isMixed(value) ? SHORTEST_SUSPECT : SHORTEST_PLAIN_SUSPECT;
    if (value.length >= shortest) this.#suspects.add(value).add(inJson(value));
  }

  /** The text with every suspect value in it replaced. */
  maskSuspects(text: string): string {
    let masked = this.#base?.maskSuspects(text) ?? text;
    for (const value of this.#suspects) if (masked.includes(value)) masked = masked.replaceAll(value, MASK);
    return masked;
  }

  /** True when the text is, or contains, a secret; a short secret counts only as the whole text. */
  isIn(text: string): boolean {
    if (this.#isWhole(text, this.#document) || this.#allForms().some((value) => text.includes(value))) return true;
    return this.#maskRecognised(text) !== text;
  }

  /** True for a number that was recognised as a credential, or that a secret has replaced. `key` is what the number is called, where known. */
  isSecretNumber(value: number, key: string = ""): boolean {
    return this.#isNumber(value, key, this.#document);
  }

  /** True when the text as a whole is a secret; what only a part of it is does not count. */
  isWhole(text: string): boolean {
    return this.#isWhole(text, this.#document);
  }

  /** False while all that is hidden is hidden by `mask` and `maskSuspects` wherever it stands. */
  get hasWholeValues(): boolean {
    const words = this.#words.size + this.#numbers.size + this.#smallNumbers.size;
    if (words > 0 || this.#values.size > this.#longestFirst.length) return true;
    return this.#base?.hasWholeValues ?? false;
  }

  /** The text with every secret in it replaced. */
  mask(text: string): string {
    // First, for another secret may be a part of a longer one.
    let masked = this.#maskRecognised(text);
    for (const value of this.#allForms()) {
      if (masked.includes(value)) masked = masked.replaceAll(value, MASK);
    }
    return masked;
  }

  #addNumber(value: number): void {
    if (Math.abs(value) >= SMALLEST_NUMBER) this.#numbers.add(value);
  }

  #isNumber(value: number, key: string, document: string | undefined): boolean {
    if (this.#numbers.has(value)) return true;
    const isSmall = Math.abs(value) < SMALLEST_NUMBER;
    const documents = isSmall ? this.#smallNumbers.get(`${value} ${key}`) : this.#words.get(String(value));
    if (documents !== undefined && (document === undefined || documents.has(document))) return true;
    return this.#base === undefined ? false : this.#base.#isNumber(value, key, document);
  }

  #maskRecognised(text: string): string {
    const masked = this.#recognised.replaceIn(text, MASK);
    return this.#base === undefined ? masked : this.#base.#maskRecognised(masked);
  }

  #isWhole(text: string, document: string | undefined): boolean {
    if (this.#values.has(text)) return true;
    const documents = this.#words.get(text);
    if (documents !== undefined && (document === undefined || documents.has(document))) return true;
    return this.#base === undefined ? false : this.#base.#isWhole(text, document);
  }

  #remember(value: string): void {
    if (value === "" || this.#longestFirst.includes(value)) return;
    for (const form of formsOf(value)) this.#values.add(form);
    this.#longestFirst = byLength([...this.#values].filter((form) => form.length >= SHORTEST_MASKABLE));
  }

  /** Every form that is looked for in texts, with those that the base knows by now. */
  #allForms(): readonly string[] {
    if (this.#base === undefined) return this.#longestFirst;
    const of = [this.#base.#allForms(), this.#longestFirst];
    if (this.#longestFirst.length === 0) return of[0] ?? [];
    if (this.#merged?.of.every((list, index) => list === of[index]) !== true) {
      this.#merged = { of, all: byLength([...new Set(of.flat())]) };
    }
    return this.#merged?.all ?? [];
  }
}

function byLength(forms: readonly string[]): readonly string[] {
  return forms.toSorted((left, right) => right.length - left.length);
}

function isMixed(value: string): boolean {
  return /\d/.test(value) && /\p{L}/u.test(value);
}

/** In which an output may show it. */
function formsOf(value: string): readonly string[] {
  return [value, ...asRead(value)].flatMap((read) => {
    const quoted = inCondition(read);
    return [read, quoted, inJson(read), inJson(quoted), encodeURIComponent(read.toWellFormed()), base64(read)];
  });
}

/** What a condition makes of it that holds it unquoted, or between quotes: a number, or a text without its backslashes. */
function asRead(value: string): readonly string[] {
  const isNumber = /^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(value);
  return [
    ...(isNumber ? [String(Number(value))] : []),
    ...(value.includes("\\") ? [value.replace(/\\(.)/gs, "$1")] : []),
  ];
}

/** As a condition quotes it. */
function inCondition(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
}

function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function base64(value: string): string {
  return Buffer.from(value, "utf8").toString("base64");
}
