import type { Comparison, Condition, Operand, Scalar } from "./condition.ts";

/** What a name has not been given a value yet is worth: neither a value nor the absence of one. */
export const UNDECIDED = Symbol("undecided");

/** What a name is worth during a call: a value, undefined when it has none, or `UNDECIDED`. */
export type ReadValue = (path: string) => Scalar | undefined | typeof UNDECIDED;

/**
 * Whether a condition holds; null when that hangs on what is undecided. The rules, where no source says more:
 *
 *   - values are compared as what they are: the text '1' and the number 1 are different;
 *   - a name without a value equals nothing, so `==`, `in` and the orders do not hold for it, and `!=` does;
 *   - only two numbers or two texts have an order, texts by their UTF-16 code units;
 *   - a name that stands alone holds when its value is true.
 */
export function evaluateCondition(condition: Condition, read: ReadValue): boolean | null {
  switch (condition.type) {
    case "constant":
      return condition.value;
    case "isTrue": {
      const value = read(condition.path);
      return value === UNDECIDED ? null : value === true;
    }
    case "compare":
      return compare(condition.operator, readOperand(condition.left, read), readOperand(condition.right, read));
    case "in": {
      const value = readOperand(condition.left, read);
      if (value === UNDECIDED) return null;
      return value !== undefined && condition.values.includes(value);
    }
    case "not": {
      const inner = evaluateCondition(condition.condition, read);
      return inner === null ? null : !inner;
    }
    case "and":
      return evaluateJoined(condition.conditions, read, false);
    case "or":
      return evaluateJoined(condition.conditions, read, true);
  }
}

/** `decisive` is what one part alone can settle the whole with: false for `and`, true for `or`. */
function evaluateJoined(parts: readonly Condition[], read: ReadValue, decisive: boolean): boolean | null {
  let isUndecided = false;
  for (const part of parts) {
    const value = evaluateCondition(part, read);
    if (value === decisive) return decisive;
    if (value === null) isUndecided = true;
  }
  return isUndecided ? null : !decisive;
}

type Side = Scalar | undefined | typeof UNDECIDED;

function readOperand(operand: Operand, read: ReadValue): Side {
  return operand.type === "path" ? read(operand.path) : operand.value;
}

function compare(operator: Comparison, left: Side, right: Side): boolean | null {
  if (left === UNDECIDED || right === UNDECIDED) return null;
  const isEqual = left !== undefined && left === right;
  if (operator === "==") return isEqual;
  if (operator === "!=") return !isEqual;
  const haveOrder =
    (typeof left === "number" && typeof right === "number") || (typeof left === "string" && typeof right === "string");
  if (!haveOrder) return false;
  if (operator === "<") return left < right;
  if (operator === "<=") return left <= right;
  return operator === ">" ? left > right : left >= right;
}

/** A name that an undecided condition still hangs on; undefined when it is decided. What no longer matters is never asked for. */
export function findUndecided(condition: Condition, read: ReadValue): string | undefined {
  if (evaluateCondition(condition, read) !== null) return undefined;
  if (condition.type === "not") return findUndecided(condition.condition, read);
  if ("conditions" in condition) {
    for (const part of condition.conditions) {
      const path = findUndecided(part, read);
      if (path !== undefined) return path;
    }
    return undefined;
  }
  return pathsOf(condition).find((path) => read(path) === UNDECIDED);
}

/** Every name that a condition asks for, sorted. */
export function pathsOf(condition: Condition): readonly string[] {
  const paths = new Set<string>();
  visitAtoms(condition, (atom) => {
    if (atom.type === "isTrue") paths.add(atom.path);
    if (atom.type === "compare" || atom.type === "in") collectPath(atom.left, paths);
    if (atom.type === "compare") collectPath(atom.right, paths);
  });
  return [...paths].sort();
}

function collectPath(operand: Operand, paths: Set<string>): void {
  if (operand.type === "path") paths.add(operand.path);
}

/** A part of a condition that no other condition is part of. */
export type Atom = Exclude<Condition, { readonly type: "not" | "and" | "or" }>;

/** Calls back for every atom, from left to right. */
export function visitAtoms(condition: Condition, visit: (atom: Atom) => void): void {
  if ("conditions" in condition) for (const part of condition.conditions) visitAtoms(part, visit);
  else if (condition.type === "not") visitAtoms(condition.condition, visit);
  else visit(condition);
}
