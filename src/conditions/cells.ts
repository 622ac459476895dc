/**
 * Every value that a name can have, sorted into finitely many cells: within one cell, no condition of a given set can tell one value
 * from another. So what holds for a cell's sample holds for all of it, and trying every cell is trying every value.
 *
 *   the name is…                          its cells
 *   compared with '1' and '2'             none, '1', '2', any other text
 *   compared with > 5                     none, below 5, 5, above 5
 *   alone, or compared with true          none, true, false
 *   compared with another name            of every type, the values that either is compared with; between two of them as many samples
 *                                         as there are names compared with each other, so that each can have its own
 *
 * "None" stands for a name without a value, and for one of a type that nothing compares it with: the rules of `evaluateCondition` treat
 * both alike.
 */
import type { Comparison, Condition, Operand, Scalar } from "./condition.ts";
import { visitAtoms } from "./evaluate.ts";

export type Cell =
  | { readonly kind: "none"; readonly value: undefined }
  | { readonly kind: "value"; readonly value: Scalar }
  /** Everything of the type that is not a cell of its own. */
  | { readonly kind: "other"; readonly value: Scalar }
  /** One of several values that stand for all that names which are compared with each other can have; says nothing by itself. */
  | { readonly kind: "sample"; readonly value: Scalar }
  /** Between two values, neither included; undefined where there is no end on that side. */
  | {
      readonly kind: "between";
      readonly above: Scalar | undefined;
      readonly below: Scalar | undefined;
      readonly value: Scalar;
    };

const NONE: Cell = { kind: "none", value: undefined };

/** The cells of every name that the conditions ask for. Within a name they go from small to large, none first. */
export function cellsByPath(conditions: readonly Condition[]): ReadonlyMap<string, readonly Cell[]> {
  const usage = new Usage();
  for (const condition of conditions) visitAtoms(condition, (atom) => usage.note(atom));
  return new Map(usage.paths().map((path) => [path, makeCells(usage.groupOf(path))]));
}

/** What is known of names that are compared with each other, directly or by way of others. */
interface Group {
  readonly paths: Set<string>;
  readonly values: Set<Scalar>;
  /** The types of which an order is asked for. */
  readonly ordered: Set<string>;
  /** A name is compared with another, or with itself: then its type matters, whatever it is. */
  isLinked: boolean;
}

class Usage {
  readonly #groups = new Map<string, Group>();

  paths(): readonly string[] {
    return [...this.#groups.keys()].sort();
  }

  groupOf(path: string): Group {
    const known = this.#groups.get(path);
    if (known !== undefined) return known;
    const group: Group = { paths: new Set([path]), values: new Set(), ordered: new Set(), isLinked: false };
    this.#groups.set(path, group);
    return group;
  }

  note(atom: Condition): void {
    if (atom.type === "isTrue") this.groupOf(atom.path).values.add(true);
    if (atom.type === "in" && atom.left.type === "path") {
      const { values } = this.groupOf(atom.left.path);
      for (const value of atom.values) values.add(value);
    }
    if (atom.type === "compare") this.#noteComparison(atom.operator, atom.left, atom.right);
  }

  #noteComparison(operator: Comparison, left: Operand, right: Operand): void {
    const groups = [left, right].flatMap((side) => (side.type === "path" ? [this.groupOf(side.path)] : []));
    const [group, another] = groups;
    if (group === undefined) return;
    const hasOrder = operator !== "==" && operator !== "!=";
    for (const side of [left, right]) {
      if (side.type === "value") group.values.add(side.value);
      if (hasOrder && side.type === "value") group.ordered.add(typeof side.value);
    }
    if (hasOrder && another !== undefined) for (const type of ["string", "number"]) group.ordered.add(type);
    if (another !== undefined) group.isLinked = true;
    if (another !== undefined && another !== group) this.#unite(group, another);
  }

  #unite(group: Group, another: Group): void {
    for (const value of another.values) group.values.add(value);
    for (const type of another.ordered) group.ordered.add(type);
    group.isLinked ||= another.isLinked;
    for (const path of another.paths) {
      group.paths.add(path);
      this.#groups.set(path, group);
    }
  }
}

function makeCells(group: Group): readonly Cell[] {
  const { values, isLinked } = group;
  const texts = [...values].filter((value) => typeof value === "string").sort(compareTexts);
  const numbers = [...values].filter((value) => typeof value === "number").sort((left, right) => left - right);
  const hasFlags = isLinked || [...values].some((value) => typeof value === "boolean");
  const cells = [
    ...(isLinked || texts.length > 0 ? cellsOf("string", texts, group, TEXTS) : []),
    ...(isLinked || numbers.length > 0 ? cellsOf("number", numbers, group, NUMBERS) : []),
    ...(hasFlags ? [true, false].map(valueCell) : []),
  ];
  return [NONE, ...(isLinked ? cells.map(asSample) : cells)];
}

function cellsOf<T extends string | number>(
  type: string,
  values: readonly T[],
  { ordered, paths }: Group,
  finder: Finder<T>,
): readonly Cell[] {
  return ordered.has(type) ? orderedCells(values, paths.size, finder) : plainCells(values, paths.size, finder);
}

function asSample(cell: Cell): Cell {
  return cell.value === undefined ? cell : { kind: "sample", value: cell.value };
}

function valueCell(value: Scalar): Cell {
  return { kind: "value", value };
}

/** How further values of a type are found. */
interface Finder<T> {
  /** Up to `count` values between two others, none of them included; fewer only when there are no more. */
  between(above: T | undefined, below: T | undefined, count: number): readonly T[];
  /** `count` values that are none of these. */
  others(values: readonly T[], count: number): readonly T[];
}

function orderedCells<T extends string | number>(
  values: readonly T[],
  count: number,
  finder: Finder<T>,
): readonly Cell[] {
  const ends: readonly (T | undefined)[] = [undefined, ...values, undefined];
  return ends.slice(1).flatMap((below, index): readonly Cell[] => {
    const above = ends[index];
    const samples = finder.between(above, below, count);
    const between = samples.map((value): Cell => ({ kind: "between", above, below, value }));
    return below === undefined ? between : [...between, valueCell(below)];
  });
}

/** Where no order is asked for, everything that is not compared with is alike. */
function plainCells<T extends string | number>(
  values: readonly T[],
  count: number,
  finder: Finder<T>,
): readonly Cell[] {
  const others = finder.others(values, count).map((value): Cell => ({ kind: "other", value }));
  return [...values.map(valueCell), ...others];
}

const NUMBERS: Finder<number> = {
  between(above, below, count) {
    const steps = Array.from({ length: count }, (_, index) => index + 1);
    if (above !== undefined && below !== undefined) return numbersWithin(above, below, steps);
    if (above !== undefined) return steps.map((step) => above + step * gapAt(above)).filter(Number.isFinite);
    if (below !== undefined)
      return steps.map((step) => below - (count + 1 - step) * gapAt(below)).filter(Number.isFinite);
    return steps;
  },
  others(values, count) {
    return NUMBERS.between(values.at(-1), undefined, count);
  },
};

function numbersWithin(above: number, below: number, steps: readonly number[]): readonly number[] {
  const whole = steps.map((step) => Math.floor(above) + step);
  if (whole.every((one) => one > above && one < below)) return whole;
  const spread = steps.map((step) => {
    const share = step / (steps.length + 1);
    return above * (1 - share) + below * share;
  });
  return [...new Set(spread)].filter((one) => one > above && one < below);
}

/** A distance at which a number is told from its neighbour. */
function gapAt(value: number): number {
  return Math.max(1, Math.abs(value) * 2 ** -40);
}

/** Samples are read by people: keys of a telephone come first. */
const KEYS = [..."0123456789*#"];
const LAST_KEYS_FIRST = KEYS.toReversed();
const SMALLEST_LETTER = "\u0000";

const TEXTS: Finder<string> = {
  between(above, below, count) {
    const isWithin = (text: string) => (above === undefined || text > above) && (below === undefined || text < below);
    const keys = KEYS.filter(isWithin).slice(0, count).sort(compareTexts);
    if (keys.length === count) return keys;
    // A text is followed at once by itself with the smallest letter behind it.
    const texts: string[] = [];
    for (let text = above === undefined ? "" : above + SMALLEST_LETTER; texts.length < count; text += SMALLEST_LETTER) {
      if (!isWithin(text)) break;
      texts.push(text);
    }
    return texts;
  },
  others(values, count) {
    const texts: string[] = [];
    for (const key of LAST_KEYS_FIRST) {
      if (texts.length === count) return texts;
      if (!values.includes(key)) texts.push(key);
    }
    for (let index = 1; texts.length < count; index++) {
      const made = `other ${index}`;
      if (!values.includes(made)) texts.push(made);
    }
    return texts;
  },
};

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
