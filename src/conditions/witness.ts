/**
 * Decides what conditions can say: whether there are values for which they hold. Names have finitely many cells (cells.ts), so trying
 * is deciding. Names are given values one by one, always one that the condition still hangs on, and a branch is left as soon as the
 * condition is settled. A condition can still be made to take for ever; the search then gives up and says so.
 */

import { type Cell, cellsByPath } from "./cells.ts";
import type { Condition } from "./condition.ts";
import { evaluateCondition, findUndecided, type ReadValue, UNDECIDED, visitAtoms } from "./evaluate.ts";

/** The cell of each name that matters, in the order in which they were tried. */
export type Assignment = ReadonlyMap<string, Cell>;

/** How much one search may do: it is charged for every condition that it evaluates, by its length. */
export interface SearchBudget {
  atoms: number;
}

const MOST_ATOMS = 400_000;

export function makeSearchBudget(): SearchBudget {
  return { atoms: MOST_ATOMS };
}

/**
 * Values for which the condition holds; null when there are none; undefined when the search was given up. Searches that share a budget
 * end in bounded time together.
 */
export function findWitness(
  condition: Condition,
  budget: SearchBudget = makeSearchBudget(),
): Assignment | null | undefined {
  const cells = cellsByPath([condition]);
  const length = countAtoms(condition);
  const chosen = new Map<string, Cell>();
  const read: ReadValue = (path) => {
    const cell = chosen.get(path);
    return cell === undefined ? UNDECIDED : cell.value;
  };
  const search = (): Assignment | null | undefined => {
    if (budget.atoms <= 0) return undefined;
    budget.atoms -= length;
    const path = findUndecided(condition, read);
    if (path === undefined) return evaluateCondition(condition, read) === true ? new Map(chosen) : null;
    for (const cell of cells.get(path) ?? []) {
      chosen.set(path, cell);
      const found = search();
      if (found !== null) return found;
    }
    chosen.delete(path);
    return null;
  };
  return search();
}

function countAtoms(condition: Condition): number {
  let count = 0;
  visitAtoms(condition, () => {
    count += 1;
  });
  return count;
}

export function negate(condition: Condition): Condition {
  return { type: "not", condition };
}

/** Both, or all, of them. */
export function allOf(...conditions: readonly Condition[]): Condition {
  return { type: "and", conditions };
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return { type: "or", conditions };
}
