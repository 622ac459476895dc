/**
 * Decides what conditions can say: whether there are values for which they hold. Names have finitely many cells (cells.ts), so trying
 * is deciding. Names are given values one by one, always one that the condition still hangs on, and a branch is left as soon as the
 * condition is settled. A condition can still be made to take for ever; the search then gives up and says so.
 */

import { type Cell, cellsByPath } from "./cells.ts";
import type { Condition, Scalar } from "./condition.ts";
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
  return search(condition, countAtoms(condition), budget);
}

interface Settled {
  readonly found: Assignment | null;
  /** What the search was charged in all, and what had to be left of the budget for its last step not to be given up. */
  readonly cost: number;
  readonly needed: number;
}
type SettledByCondition = WeakMap<Condition, Settled>;

const settled: SettledByCondition = new WeakMap();
const settledPairs = new WeakMap<Condition, SettledByCondition>();

/**
 * As `findWitness`, for a condition as the parser gave it. The same few stand in thousands of flows, and the parser gives one object for
 * one text, so what was settled is remembered. It is charged again, so that no answer hangs on what was asked before.
 */
export function recallWitness(condition: Condition, budget: SearchBudget): Assignment | null | undefined {
  return recall(settled, condition, budget, () => condition);
}

/**
 * As `recallWitness`, for two such conditions together. Most that leave one node ask the same name for different values: that they have
 * nothing in common is plain to see, and then nothing is searched or charged.
 */
export function recallCommonWitness(
  left: Condition,
  right: Condition,
  budget: SearchBudget,
): Assignment | null | undefined {
  const [one, other] = [readChoice(left), readChoice(right)];
  const isPlain = one !== undefined && other !== undefined && one.path === other.path;
  if (isPlain && !one.values.some((value) => other.values.includes(value))) return null;
  const pairs = settledPairs.get(left) ?? new WeakMap<Condition, Settled>();
  settledPairs.set(left, pairs);
  return recall(pairs, right, budget, () => allOf(left, right));
}

function recall(
  known: SettledByCondition,
  key: Condition,
  budget: SearchBudget,
  makeCondition: () => Condition,
): Assignment | null | undefined {
  const recalled = known.get(key);
  if (recalled !== undefined && budget.atoms > recalled.needed) {
    budget.atoms -= recalled.cost;
    return recalled.found;
  }
  const condition = makeCondition();
  const length = countAtoms(condition);
  const before = budget.atoms;
  const found = search(condition, length, budget);
  const cost = before - budget.atoms;
  if (found !== undefined) known.set(key, { found, cost, needed: cost - length });
  return found;
}

/** The values of which a name must have one for a condition to hold; undefined for a condition that asks for something else. */
function readChoice(condition: Condition): { readonly path: string; readonly values: readonly Scalar[] } | undefined {
  if (condition.type !== "in" && condition.type !== "compare") return undefined;
  if (condition.left.type !== "path") return undefined;
  const { path } = condition.left;
  if (condition.type === "in") return { path, values: condition.values };
  const { operator, right } = condition;
  return operator === "==" && right.type === "value" ? { path, values: [right.value] } : undefined;
}

function search(condition: Condition, length: number, budget: SearchBudget): Assignment | null | undefined {
  const cells = cellsByPath([condition]);
  const chosen = new Map<string, Cell>();
  const read: ReadValue = (path) => {
    const cell = chosen.get(path);
    return cell === undefined ? UNDECIDED : cell.value;
  };
  const goOn = (): Assignment | null | undefined => {
    if (budget.atoms <= 0) return undefined;
    budget.atoms -= length;
    const path = findUndecided(condition, read);
    if (path === undefined) return evaluateCondition(condition, read) === true ? new Map(chosen) : null;
    for (const cell of cells.get(path) ?? []) {
      chosen.set(path, cell);
      const found = goOn();
      if (found !== null) return found;
    }
    chosen.delete(path);
    return null;
  };
  return goOn();
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
