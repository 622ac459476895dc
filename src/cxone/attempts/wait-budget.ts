/**
 * How long a run may wait altogether. Waits that overlap count once: a hundred requests that sit out one pause cost the
 * person at the terminal one pause.
 */
export class WaitBudget {
  readonly #budgetMs: number;
  #waitedMs = 0;
  #waitingUntil = 0;

  constructor(budgetMs: number) {
    this.#budgetMs = budgetMs;
  }

  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** Takes a wait that begins now out of the budget. False, with nothing taken, when it does not fit. */
  take(waitMs: number, now: number): boolean {
    const until = now + waitMs;
    const added = Math.max(0, until - Math.max(now, this.#waitingUntil));
    if (this.#waitedMs + added > this.#budgetMs) return false;
    this.#waitedMs += added;
    this.#waitingUntil = Math.max(this.#waitingUntil, until);
    return true;
  }
}

/** Of calls that can be done without. */
export interface Patience {
  /** For their own waits, and the attempts that failed before them, all together. */
  readonly budget: WaitBudget;
  /** How long a 429 to one of them holds everybody at most, milliseconds: the tenant may have meant everybody, or this call alone. */
  readonly longestPauseMs: number;
}
