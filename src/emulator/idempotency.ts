import type { JsonObject } from "./json.ts";
import { Refusal } from "./refusal.ts";

/** How long a key is remembered (seed SF: 24 h). */
const MEMORY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** What a write was answered with. */
export interface Answer {
  readonly status: number;
  /** Nothing with a 204. */
  readonly body?: JsonObject;
}

interface Remembered {
  readonly fingerprint: string;
  readonly answer: Answer;
  readonly until: number;
}

/**
 * The Idempotency-Keys of one family. Only writes that were carried out are remembered: one that was refused may be sent
 * again under its key once the reason is gone (assumption).
 */
export class IdempotencyMemory {
  readonly #now: () => number;
  readonly #rememberedByKey = new Map<string, Remembered>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The first answer, for the same request under the same key (assumption). Throws 409 for another request under a key
   * that is taken (seed SF). Undefined for a key that is new or older than 24 h.
   */
  recall(key: string, fingerprint: string): Answer | undefined {
    const remembered = this.#rememberedByKey.get(key);
    if (remembered === undefined) return undefined;
    if (remembered.until <= this.#now()) {
      this.#rememberedByKey.delete(key);
      return undefined;
    }
    if (remembered.fingerprint === fingerprint) return remembered.answer;
    throw new Refusal(409, "IdempotencyKeyReused", `Idempotency-Key ${key} was already used for another request`);
  }

  remember(key: string, fingerprint: string, answer: Answer): void {
    this.#rememberedByKey.set(key, { fingerprint, answer, until: this.#now() + MEMORY_MILLISECONDS });
  }
}
