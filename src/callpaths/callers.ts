/** Which calls something is said about: `dtmf is 1 or 2, and $contact.vip is true`. */
import type { Cell } from "../conditions/cells.ts";
import type { Assignment } from "../conditions/witness.ts";

/** The cells that a name may have, with all that it has. */
export interface CallerTrait {
  readonly path: string;
  /** In the order of `all`; never all of them, and never none. */
  readonly chosen: readonly Cell[];
  readonly all: readonly Cell[];
}

/** A group of calls: those that have every trait. Without traits: every call. */
export type Caller = readonly CallerTrait[];

/** Cells by name; a name that is missing may have any. */
type Cube = ReadonlyMap<string, ReadonlySet<Cell>>;

/** Merging compares every class with every other; nobody reads what remains of so many. */
const MOST_MERGED = 2_000;

/**
 * Few groups for many classes: classes that differ in one name only become one group. The groups hold exactly the calls of the classes.
 */
export function mergeCallers(
  assignments: readonly Assignment[],
  cells: ReadonlyMap<string, readonly Cell[]>,
): readonly Caller[] {
  let cubes: readonly Cube[] = assignments.map(
    (assignment) => new Map([...assignment].map(([path, cell]) => [path, new Set([cell])])),
  );
  const paths = [...cells.keys()];
  while (assignments.length <= MOST_MERGED) {
    const count = cubes.length;
    // The last name that was tried varies fastest, so merging begins with it.
    for (const path of paths.toReversed()) cubes = mergeAlong(path, cubes, cells);
    if (cubes.length === count) break;
  }
  return cubes.map((cube) =>
    [...cube].map(([path, chosen]) => {
      const all = cells.get(path) ?? [];
      return { path, chosen: all.filter((cell) => chosen.has(cell)), all };
    }),
  );
}

/** Makes one of cubes that say the same about every other name. */
function mergeAlong(
  path: string,
  cubes: readonly Cube[],
  cells: ReadonlyMap<string, readonly Cell[]>,
): readonly Cube[] {
  const all = cells.get(path) ?? [];
  const groups = Map.groupBy(cubes, (cube) => keyWithout(path, cube, cells));
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (first === undefined) return new Map();
    const chosen = new Set(group.flatMap((cube) => [...(cube.get(path) ?? all)]));
    const others = [...first].filter(([name]) => name !== path);
    return chosen.size === all.length ? new Map(others) : new Map([...others, [path, chosen]]);
  });
}

function keyWithout(path: string, cube: Cube, cells: ReadonlyMap<string, readonly Cell[]>): string {
  const parts = [...cells].flatMap(([name, all]) => {
    const chosen = cube.get(name);
    if (name === path || chosen === undefined) return [];
    return [`${name}:${all.flatMap((cell, index) => (chosen.has(cell) ? [index] : [])).join(",")}`];
  });
  return parts.join(";");
}
