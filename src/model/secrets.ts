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
/** Letters alone (`production`) or digits alone make a suspect only when they are longer than words are. */
const SHORTEST_PLAIN_SUSPECT = 20;

/**
 * The values of one run that must appear nowhere: what `${env:…}` gave, and tokens as they arrive.
 * It only ever grows. Every output passes through `mask`.
 */
export class Secrets {
  readonly #values = new Set<string>();
  readonly #suspects = new Set<string>();
  #longestFirst: readonly string[] = [];

  /** Remembers a value, in every form in which an output may show it. Empty text is no secret. */
  add(value: string): void {
    if (value === "" || this.#values.has(value)) return;
    for (const read of [value, ...asRead(value)]) {
      const quoted = inCondition(read);
      for (const form of [read, quoted, inJson(read), inJson(quoted), encodeURIComponent(read), base64(read)]) {
        this.#values.add(form);
      }
    }
    this.#longestFirst = [...this.#values]
      .filter((form) => form.length >= SHORTEST_MASKABLE)
      .sort((left, right) => right.length - left.length);
  }

  /**
   * Remembers what a secret has replaced. Nobody chose it as a secret, so a short one may be an ordinary word, and is masked only where it
   * is the whole value.
   */
  addReplaced(value: string): void {
    if (value.length >= SHORTEST_PLAIN_SUSPECT) this.add(value);
    else if (value !== "") this.#values.add(value);
  }

  /**
   * Notes a value of the environment that nothing refers to now. It may be what a manifest referred to yesterday, so where live
   * holds it, it is not shown; elsewhere it is ordinary text.
   */
  suspect(value: string): void {
    const isMixed = /\d/.test(value) && /\p{L}/u.test(value);
    if (value.length >= (isMixed ? SHORTEST_SUSPECT : SHORTEST_PLAIN_SUSPECT)) this.#suspects.add(value);
  }

  /** The text with every suspect value in it replaced. */
  maskSuspects(text: string): string {
    let masked = text;
    for (const value of this.#suspects) if (masked.includes(value)) masked = masked.replaceAll(value, MASK);
    return masked;
  }

  /** True when the text is, or contains, a secret; a short secret counts only as the whole text. */
  isIn(text: string): boolean {
    return this.#values.has(text) || this.#longestFirst.some((value) => text.includes(value));
  }

  /** The text with every secret in it replaced. */
  mask(text: string): string {
    let masked = text;
    for (const value of this.#longestFirst) {
      if (masked.includes(value)) masked = masked.replaceAll(value, MASK);
    }
    return masked;
  }
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
