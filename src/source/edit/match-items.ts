import {
  canonicalJson,
  isJsonArray,
  isJsonObject,
  isSameJson,
  type Json,
  stringAt,
  valueAt,
} from "../../model/json.ts";

/**
 * Which item of `before` each item of `after` is: its index, or null for a new one. No item is taken twice. Equal ones are each other; then
 * those with the same `id`, `fileId`, `name` or `key`; then those that lead from and to the same; then what stands at the same place
 * between two that are known, when both have the same shape and are not called differently.
 */
export function matchItems(before: readonly Json[], after: readonly Json[]): readonly (number | null)[] {
  const matching = new Matching(before, after);
  matching.matchEnds();
  matching.matchBy(canonicalJson);
  matching.matchBy(identityOf);
  matching.matchBy(wayOf);
  matching.matchByPlace();
  return matching.found;
}

class Matching {
  readonly found: (number | null)[];
  readonly #before: readonly Json[];
  readonly #after: readonly Json[];
  readonly #free: Set<number>;

  constructor(before: readonly Json[], after: readonly Json[]) {
    this.#before = before;
    this.#after = after;
    this.#free = new Set(before.keys());
    this.found = after.map(() => null);
  }

  /** From both ends on as far as the lists are equal. */
  matchEnds(): void {
    const [before, after] = [this.#before, this.#after];
    const most = Math.min(before.length, after.length);
    let first = 0;
    while (first < most && isSameJson(before[first] ?? null, after[first] ?? null)) this.#take(first, first++);
    for (let last = 1; last <= most - first; last++) {
      const [index, at] = [before.length - last, after.length - last];
      if (!isSameJson(before[index] ?? null, after[at] ?? null)) return;
      this.#take(at, index);
    }
  }

  matchBy(name: (item: Json) => string | undefined): void {
    const byName = new Map<string, number[]>();
    for (const index of this.#free) {
      const key = name(this.#before[index] ?? null);
      if (key === undefined) continue;
      const indexes = byName.get(key);
      if (indexes === undefined) byName.set(key, [index]);
      else indexes.push(index);
    }
    for (const [at, item] of this.#after.entries()) {
      if (this.found[at] !== null) continue;
      const key = name(item);
      const index = key === undefined ? undefined : byName.get(key)?.shift();
      if (index !== undefined) this.#take(at, index);
    }
  }

  /** The n-th free item behind the known one before it. */
  matchByPlace(): void {
    let next = 0;
    for (const [at, item] of this.#after.entries()) {
      const known = this.found[at];
      if (known !== null && known !== undefined) next = known + 1;
      else if (this.#free.has(next) && canBecome(this.#before[next] ?? null, item)) this.#take(at, next++);
    }
  }

  #take(at: number, index: number): void {
    this.found[at] = index;
    this.#free.delete(index);
  }
}

const NAMES = ["id", "fileId", "name", "key"];

/** What an item is called, where it has a name at all. */
function identityOf(item: Json): string | undefined {
  for (const key of NAMES) {
    const name = nameAt(item, key);
    if (name !== undefined) return JSON.stringify([key, name]);
  }
  return undefined;
}

function nameAt(item: Json, key: string): string | number | undefined {
  const name = valueAt(item, key);
  return typeof name === "string" || typeof name === "number" ? name : undefined;
}

function wayOf(item: Json): string | undefined {
  const [from, to] = [stringAt(item, "from"), stringAt(item, "to")];
  return from === undefined || to === undefined ? undefined : JSON.stringify([from, to]);
}

function canBecome(before: Json, after: Json): boolean {
  if (isJsonArray(before) || isJsonArray(after)) return isJsonArray(before) && isJsonArray(after);
  if (!isJsonObject(before) || !isJsonObject(after)) return !isJsonObject(before) && !isJsonObject(after);
  const key = NAMES.find((name) => nameAt(before, name) !== undefined && nameAt(after, name) !== undefined);
  return key === undefined || nameAt(before, key) === nameAt(after, key);
}

/** The longest run of indexes that rise; those of the others have to move. */
export function findStaying(indexes: readonly (number | null)[]): ReadonlySet<number> {
  const tails: number[] = [];
  const previous = new Map<number, number | undefined>();
  for (const index of indexes) {
    if (index === null) continue;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    previous.set(index, tails[low - 1]);
    tails[low] = index;
  }
  const staying = new Set<number>();
  for (let index = tails.at(-1); index !== undefined; index = previous.get(index)) staying.add(index);
  return staying;
}
