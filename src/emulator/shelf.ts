/** `latest`: as things are. `before`: as they were before the last change to what is asked, as a tenant's lagging replica shows them. */
export type View = "latest" | "before";

interface Change<Item> {
  readonly id: string;
  /** undefined: it was not there. */
  readonly before: Item | undefined;
  /** Where a deleted one stood in the list; what was replaced stands where it stood. */
  readonly index: number | undefined;
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
    this.#noteChange(id, undefined);
    this.#latestById.set(id, item);
  }

  /** True when it was there. */
  delete(id: string): boolean {
    if (!this.#latestById.has(id)) return false;
    this.#noteChange(id, [...this.#latestById.keys()].indexOf(id));
    return this.#latestById.delete(id);
  }

  #noteChange(id: string, index: number | undefined): void {
    const before = this.#latestById.get(id);
    this.#beforeById.set(id, before);
    this.#lastChange = { id, before, index };
  }

  #allBefore(): readonly Item[] {
    if (this.#lastChange === undefined) return this.all();
    const { id, before, index } = this.#lastChange;
    const entries = [...this.#latestById];
    const others = entries.filter(([other]) => other !== id).map(([, item]) => item);
    if (before === undefined) return others;
    return others.toSpliced(index ?? entries.findIndex(([other]) => other === id), 0, before);
  }
}
