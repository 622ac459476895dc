/**
 * How far down things are, and where lines run.
 *
 * A picture is made of rows, one below the other, with channels between them. In a row a line only runs straight down, where the row has
 * room for it; in a channel it may change sides, in a lane of its own. So a line never meets a node or a label that is not its own.
 *
 *   row 0       [ node ]
 *   channel       |  `--------.      lanes: two lines that run beside each other never share one
 *   row 1       label         |
 *   channel       |           |
 *   row 2       [ node ]   [ node ]
 */
import { laneOf, type Stretch } from "./lanes.ts";
import type { Box, Layout, PlacedEdge, Point, Size } from "./layout.ts";
import { choosePorts, type PortWish } from "./ports.ts";

export interface RowNode extends Size {
  readonly x: number;
  readonly row: number;
}

export interface Wire {
  readonly from: number;
  readonly to: number;
  readonly label: (Size & { readonly x: number }) | undefined;
  /** Where the line is in each row between its ends, in its own direction; for one that leads back to its own node, how far out it goes. */
  readonly between: readonly number[];
}

/** A wire as it runs downwards, whichever way it points. */
interface Descent {
  readonly wire: Wire;
  readonly isUpwards: boolean;
  readonly upper: number;
  readonly lower: number;
  readonly top: number;
  readonly bottom: number;
  /** One for each row from `top` to `bottom`. */
  readonly xs: readonly number[];
}

const LANE_HEIGHT = 9;
/** Kept free above the lanes of a channel, and below them for the arrow. */
const ABOVE_LANES = 12;
const BELOW_LANES = 18;
const WITHOUT_LANES = 24;
const LOOP_GAP = 4;

export function placeRows(
  nodes: readonly RowNode[],
  wires: readonly Wire[],
  { margin, width }: { readonly margin: number; readonly width: number },
): Layout {
  const descents = choosePortsOf(
    nodes,
    wires.map((wire) => descend(nodes, wire)),
  );
  const lanes = chooseLanes(descents);
  const rows = measureRows(nodes, wires, descents, lanes, margin);
  const boxes = nodes.map((node) => ({ ...sizeOf(node), x: rounded(node.x), y: rounded(rows.middles[node.row] ?? 0) }));
  const loops = new Map<number, number>();
  const edges = wires.map((wire, index): PlacedEdge => {
    const descent = descents[index];
    const box = boxes[wire.from];
    if (descent !== undefined) return placeDescent(descent, boxes, rows, lanes);
    if (box === undefined) return { points: [], label: undefined };
    const nth = loops.get(wire.from) ?? 0;
    loops.set(wire.from, nth + 1);
    return placeLoop(wire, box, nth);
  });
  return { width: Math.ceil(width), height: Math.ceil(rows.height), nodes: boxes, edges };
}

/** undefined for a line that leads back to where it comes from. */
function descend(nodes: readonly RowNode[], wire: Wire): Descent | undefined {
  const [from, to] = [nodes[wire.from], nodes[wire.to]];
  if (from === undefined || to === undefined || wire.from === wire.to) return undefined;
  const isUpwards = from.row > to.row;
  const [top, bottom] = isUpwards ? [to, from] : [from, to];
  const between = isUpwards ? wire.between.toReversed() : wire.between;
  return {
    wire,
    isUpwards,
    upper: isUpwards ? wire.to : wire.from,
    lower: isUpwards ? wire.from : wire.to,
    top: top.row,
    bottom: bottom.row,
    xs: [top.x, ...between.slice(0, bottom.row - top.row - 1), bottom.x],
  };
}

/** Spreads the ends of lines along the sides of nodes, each as near as can be to where its line comes from. */
function choosePortsOf(
  nodes: readonly RowNode[],
  descents: readonly (Descent | undefined)[],
): readonly (Descent | undefined)[] {
  const wishes: PortWish[] = descents.flatMap((descent, index) => {
    if (descent === undefined) return [];
    const { upper, lower, xs } = descent;
    return [
      { wire: index, side: `${upper} bottom`, node: upper, x: xs[1] ?? 0 },
      { wire: index, side: `${lower} top`, node: lower, x: xs.at(-2) ?? 0 },
    ];
  });
  const ports = choosePorts(wishes, (node) => nodes[node] ?? { x: 0, width: 0 });
  return descents.map((descent, index) => {
    if (descent === undefined) return undefined;
    const { upper, lower, xs } = descent;
    const first = ports.get(`${index} ${upper} bottom`) ?? 0;
    const last = ports.get(`${index} ${lower} top`) ?? 0;
    return { ...descent, xs: [first, ...xs.slice(1, -1), last] };
  });
}

/** For each channel (by the row above it) the lane of each wire that changes sides there, and how many lanes there are. */
interface Lanes {
  laneIn(channel: number, descent: Descent): number | undefined;
  countIn(channel: number): number;
}

function chooseLanes(descents: readonly (Descent | undefined)[]): Lanes {
  const stretches = descents.flatMap((descent) => {
    if (descent === undefined) return [];
    return descent.xs.slice(1).flatMap((to, index): Stretch<Descent>[] => {
      const from = descent.xs[index] ?? to;
      return isStraight(from, to) ? [] : [{ of: descent, channel: descent.top + index, from, to }];
    });
  });
  const byChannel = new Map(
    [...Map.groupBy(stretches, ({ channel }) => channel)].map(([channel, list]) => [channel, laneOf(list)]),
  );
  return {
    laneIn: (channel, descent) => byChannel.get(channel)?.get(descent),
    countIn: (channel) => Math.max(0, ...[...(byChannel.get(channel)?.values() ?? [])].map((lane) => lane + 1)),
  };
}

interface Rows {
  readonly middles: readonly number[];
  readonly heights: readonly number[];
  readonly height: number;
}

function measureRows(
  nodes: readonly RowNode[],
  wires: readonly Wire[],
  descents: readonly (Descent | undefined)[],
  lanes: Lanes,
  margin: number,
): Rows {
  const count = nodes.reduce((most, { row }) => Math.max(most, row + 1), 0);
  const heights: number[] = Array.from({ length: count }, () => 0);
  const raise = (row: number, height: number) => {
    heights[row] = Math.max(heights[row] ?? 0, height);
  };
  for (const { row, height } of nodes) raise(row, height);
  for (const [index, { from, label }] of wires.entries()) {
    const descent = descents[index];
    raise(descent === undefined ? (nodes[from]?.row ?? 0) : labelRow(descent), label?.height ?? 0);
  }
  const middles: number[] = [];
  let y = margin;
  for (const [row, height] of heights.entries()) {
    middles.push(y + height / 2);
    const lanesBelow = lanes.countIn(row);
    const channel = lanesBelow === 0 ? WITHOUT_LANES : ABOVE_LANES + lanesBelow * LANE_HEIGHT + BELOW_LANES;
    y += height + (row === count - 1 ? 0 : channel);
  }
  return { middles, heights, height: y + margin };
}

function labelRow({ top, bottom }: Descent): number {
  return Math.round((top + bottom) / 2);
}

function placeDescent(descent: Descent, boxes: readonly Box[], rows: Rows, lanes: Lanes): PlacedEdge {
  const { wire, xs, top, upper, lower, isUpwards } = descent;
  const bottomOf = (box: Box | undefined) => (box === undefined ? 0 : box.y + box.height / 2);
  const topOf = (box: Box | undefined) => (box === undefined ? 0 : box.y - box.height / 2);
  const points: Point[] = [{ x: xs[0] ?? 0, y: bottomOf(boxes[upper]) }];
  for (const [index, to] of xs.slice(1).entries()) {
    const row = top + index;
    const lane = lanes.laneIn(row, descent);
    if (lane === undefined) continue;
    const y = (rows.middles[row] ?? 0) + (rows.heights[row] ?? 0) / 2 + ABOVE_LANES + (lane + 0.5) * LANE_HEIGHT;
    points.push({ x: xs[index] ?? to, y }, { x: to, y });
  }
  points.push({ x: xs.at(-1) ?? 0, y: topOf(boxes[lower]) });
  const placed = points.map(({ x, y }) => ({ x: rounded(x), y: rounded(y) }));
  const { label } = wire;
  return {
    points: isUpwards ? placed.reverse() : placed,
    label: label && { ...sizeOf(label), x: rounded(label.x), y: rounded(rows.middles[labelRow(descent)] ?? 0) },
  };
}

/** Out at the node's right side, past its label, and in again; a second one around the first. */
function placeLoop({ label, between }: Wire, node: Box, nth: number): PlacedEdge {
  const right = node.x + node.width / 2;
  const far = between[0] ?? right + 2 * LOOP_GAP;
  const wanted = (label?.height ?? 0) / 2 + LOOP_GAP * (1 + nth);
  const by = Math.min(node.height / 2 - LOOP_GAP, wanted);
  const [above, below] = [node.y - by, node.y + by];
  const points = [
    { x: right, y: above },
    { x: far, y: above },
    { x: far, y: below },
    { x: right, y: below },
  ];
  return {
    points: points.map(({ x, y }) => ({ x: rounded(x), y: rounded(y) })),
    label: label && { ...sizeOf(label), x: rounded(label.x), y: node.y },
  };
}

function isStraight(from: number, to: number): boolean {
  return Math.abs(from - to) < 0.5;
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}

/** To tenths of a pixel: what is finer nobody sees, and it would make every coordinate long. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
