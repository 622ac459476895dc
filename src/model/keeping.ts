import type { JsonObject } from "./json.ts";

/**
 * Keeps documents for later runs. It may keep one only when it was gathered with all that is known to describe it, and after everything that
 * was gathered with it has been learnt: before that, nobody knows what in it is secret.
 */
export interface Keeping {
  gathered(document: JsonObject): void;
  /** What was gathered may be kept from now on. */
  learnt(): void;
}
