/** Where lines meet the sides of nodes. */

export interface PortWish {
  readonly wire: number;
  readonly node: number;
  /** Lines on one side of one node share its length. */
  readonly side: string;
  /** Where the line comes from or goes to in the next row. */
  readonly x: number;
}

const GAP = 16;
/** Corners are cut or round. */
const FROM_CORNER = 18;

/** A place for each wish, by `WIRE SIDE`: in the order of the wishes, as near to each as the gap between lines allows. */
export function choosePorts(
  wishes: readonly PortWish[],
  nodeAt: (node: number) => { readonly x: number; readonly width: number },
): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const [side, list] of Map.groupBy(wishes, (wish) => wish.side)) {
    const sorted = list.toSorted((left, right) => left.x - right.x || left.wire - right.wire);
    const node = nodeAt(sorted[0]?.node ?? -1);
    const reach = Math.max(0, node.width / 2 - FROM_CORNER);
    const places = spread(
      sorted.map(({ x }) => x),
      node.x - reach,
      node.x + reach,
    );
    for (const [index, { wire }] of sorted.entries()) ports.set(`${wire} ${side}`, places[index] ?? node.x);
  }
  return ports;
}

/** Values in ascending order, moved between two bounds and apart from each other, each as little as a pass to and fro can do. */
function spread(values: readonly number[], low: number, high: number): readonly number[] {
  const gap = Math.min(GAP, (high - low) / Math.max(1, values.length - 1));
  const placed: number[] = [];
  for (const value of values) {
    const free = Math.max(low, (placed.at(-1) ?? low - gap) + gap);
    placed.push(Math.min(high, Math.max(free, value)));
  }
  let next = high + gap;
  return placed
    .toReversed()
    .map((value) => {
      next = Math.min(value, next - gap);
      return next;
    })
    .reverse();
}
