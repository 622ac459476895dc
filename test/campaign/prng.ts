/**
 * A small deterministic source of choices (mulberry32): the same seed gives the same choices. Forks are named, so that one more
 * choice in one place moves no choice in another.
 */
export class Prng {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = this.#seed;
  }

  /** A source of its own, decided by this one's seed and the name alone. */
  fork(name: string): Prng {
    let hash = this.#seed ^ 0x811c9dc5;
    for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return new Prng(hash);
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Throws for an empty list. */
  pick<T>(items: readonly T[]): T {
    const [picked] = items.slice(this.int(0, items.length - 1));
    if (picked === undefined) throw new RangeError("nothing to pick from");
    return picked;
  }

  /** One of the pairs' values; each comes up in proportion to its weight. */
  weighted<T>(pairs: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.next() * pairs.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of pairs) {
      if (left < weight) return value;
      left -= weight;
    }
    return this.pick(pairs)[1];
  }

  /** A text that no other call gives, for all that matters here. */
  word(): string {
    return this.int(0, 2 ** 32 - 1)
      .toString(36)
      .padStart(7, "0");
  }
}
