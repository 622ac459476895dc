/** `latest`: as things are. `before`: as they were before the last change to what is asked, as a tenant's lagging replica shows them. */
export type View = "latest" | "before";

interface Change<Item> {
  readonly id: string;
  /** undefined: it was not there. */
  readonly before: Item | undefined;
  /** Where it stood in the list. */
  readonly index: number;
}

/**
 * Things by id, in order of creation, each with one state before the one it has; the list as a whole has its own (assumption: both
 * articles are silent on consistency). What was never changed is before as it is now.
 */
export class Shelf<Item> {
  readonly #latestById = new Map<string, Item>();
  readonly #beforeById = new Map<string, Item | undefined>();
  #lastChange: Change<Item> | undefined;

  constructor(seeded: Iterable<readonly [string, Item]> = []) {
    for (const [id, item] of seeded) this.#latestById.set(id, item);
  }

  find(id: string, view: View = "latest"): Item | undefined {
    return view === "before" && this.#beforeById.has(id) ? this.#beforeById.get(id) : this.#latestById.get(id);
  }

  all(view: View = "latest"): readonly Item[] {
    return view === "latest" ? [...this.#latestById.values()] : this.#allBefore();
  }

  set(id: string, item: Item): void {
    this.#noteChange(id);
    this.#latestById.set(id, item);
  }

  /** True when it was there. */
  delete(id: string): boolean {
    if (!this.#latestById.has(id)) return false;
    this.#noteChange(id);
    return this.#latestById.delete(id);
  }

  #noteChange(id: string): void {
    const before = this.#latestById.get(id);
    this.#beforeById.set(id, before);
    this.#lastChange = { id, before, index: [...this.#latestById.keys()].indexOf(id) };
  }

  #allBefore(): readonly Item[] {
    if (this.#lastChange === undefined) return this.all();
    const { id, before, index } = this.#lastChange;
    const others = [...this.#latestById].filter(([other]) => other !== id).map(([, item]) => item);
    return before === undefined ? others : others.toSpliced(index, 0, before);
  }
}
