/**
 * Decides what conditions can say: whether there are values for which they hold. Names have finitely many cells (cells.ts), so trying
 * is deciding. Names are given values one by one, and a branch is left as soon as the condition is settled, so that names which make
 * no difference cost nothing. A condition can still be made to take for ever; the search then gives up and says so.
 */

import { type Cell, cellsByPath } from "./cells.ts";
import type { Condition } from "./condition.ts";
import { evaluateCondition, pathsOf, UNDECIDED } from "./evaluate.ts";

/** The cell of each name that matters, in the order in which they were tried. */
export type Assignment = ReadonlyMap<string, Cell>;

/** How often conditions are evaluated before a search gives up. */
const MOST_EVALUATIONS = 20_000;

/** Values for which the condition holds; null when there are none; undefined when the search was given up. */
export function findWitness(condition: Condition): Assignment | null | undefined {
  const cells = cellsByPath([condition]);
  const paths = pathsOf(condition);
  const chosen = new Map<string, Cell>();
  let evaluations = 0;
  const search = (depth: number): Assignment | null | undefined => {
    evaluations += 1;
    if (evaluations > MOST_EVALUATIONS) return undefined;
    const holds = evaluateCondition(condition, (path) => {
      const cell = chosen.get(path);
      return cell === undefined ? UNDECIDED : cell.value;
    });
    if (holds !== null) return holds ? new Map(chosen) : null;
    const path = paths[depth];
    if (path === undefined) return null;
    for (const cell of cells.get(path) ?? []) {
      chosen.set(path, cell);
      const found = search(depth + 1);
      if (found !== null) return found;
    }
    chosen.delete(path);
    return null;
  };
  return search(0);
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
