/**
 * The classes of calls at one node: calls that no condition there can tell apart, in any of the versions that are looked at. Names are
 * given their cells one by one, and only those that still make a difference, so a menu of ten keys is eleven classes and silence.
 */
import { type Cell, cellsByPath } from "../conditions/cells.ts";
import type { Condition } from "../conditions/condition.ts";
import { findUndecided, type ReadValue, UNDECIDED } from "../conditions/evaluate.ts";
import type { Assignment } from "../conditions/witness.ts";
import { type CallConnection, chooseConnections } from "./call-flow.ts";

/** What an analysis may still spend. It is shared by everything that belongs to one comparison. */
export interface Budget {
  /** How many conditions may still be evaluated. */
  evaluations: number;
}

/** More classes at one node would fill the memory, and nobody could read about them. */
const MOST_CLASSES = 10_000;

export interface CallClass {
  /** Names that make no difference for this class are not in it. */
  readonly assignment: Assignment;
  /** The connections that a call of this class may take, in the order of the versions given. */
  readonly chosen: readonly (readonly CallConnection[])[];
}

export interface Classes {
  readonly classes: readonly CallClass[];
  /** Every cell of every name that was asked for. */
  readonly cells: ReadonlyMap<string, readonly Cell[]>;
  /** The budget did not suffice: there are classes that are not listed. */
  readonly isCut: boolean;
}

/** `versions` are the connections that leave a node, one list for each version of the flow. */
export function classifyCalls(versions: readonly (readonly CallConnection[])[], budget: Budget): Classes {
  const conditions = versions.flatMap((connections) => connections.map(({ condition }) => condition));
  const cells = cellsByPath(conditions);
  const classes: CallClass[] = [];
  const assigned = new Map<string, Cell>();
  const read: ReadValue = (path) => {
    const cell = assigned.get(path);
    return cell === undefined ? UNDECIDED : cell.value;
  };
  let isCut = false;
  const branch = (): void => {
    if (isCut) return;
    if (budget.evaluations <= 0 || classes.length >= MOST_CLASSES) {
      isCut = true;
      return;
    }
    budget.evaluations -= 1 + conditions.length;
    const chosen = versions.map((connections) => chooseConnections(connections, read));
    const decided = chosen.filter((one) => one !== null);
    if (decided.length === chosen.length) {
      classes.push({ assignment: new Map(assigned), chosen: decided });
      return;
    }
    const path = nextPath(conditions, read);
    if (path === undefined) return;
    for (const cell of cells.get(path) ?? []) {
      assigned.set(path, cell);
      branch();
    }
    assigned.delete(path);
  };
  branch();
  return { classes, cells, isCut };
}

/** The first name that a condition still hangs on. */
function nextPath(conditions: readonly Condition[], read: ReadValue): string | undefined {
  for (const condition of conditions) {
    const path = findUndecided(condition, read);
    if (path !== undefined) return path;
  }
  return undefined;
}
