/**
 * Two texts as `live → desired` in so many columns, so that what differs can be read on both sides. What they have in common at their
 * beginning is left out first, then the end of each is cut; what a short side does not need, the long one gets.
 *
 *   Thank you for calling. Press one. → Thank you for calling. Press two.    in 40:  …calling. Press one. → …calling. Press two.
 */
import { columnsOf, cutToColumns } from "./text-lines.ts";

const ARROW = " → ";
/** Columns shown before the first difference, where there is room for them. */
const CONTEXT = 16;
/** Shorter texts are read faster whole. */
const LONG = 32;

export function shortenSides(live: string, desired: string, room: number): string {
  const sides = [live, desired] as const;
  const isShort = Math.max(live.length, desired.length) <= LONG;
  const [left, right] = isShort && fits(sides, room) ? sides : cutCommonStart(live, desired, room);
  if (fits([left, right], room)) return `${left}${ARROW}${right}`;
  const leftFor = Math.max(half(room), room - ARROW.length - columnsOf(right));
  const rightFor = Math.max(half(room), room - ARROW.length - columnsOf(left));
  return `${cutToColumns(left, leftFor)}${ARROW}${cutToColumns(right, rightFor)}`;
}

type Sides = readonly [left: string, right: string];

function fits([left, right]: Sides, room: number): boolean {
  return columnsOf(left) + ARROW.length + columnsOf(right) <= room;
}

/** Columns for each side. */
function half(room: number): number {
  return Math.max(1, Math.floor((room - ARROW.length) / 2));
}

/** Between words with some words before the difference, where there is room for that; else as near before it as must be. */
function cutCommonStart(live: string, desired: string, room: number): Sides {
  const [left, right] = [[...live], [...desired]];
  let common = 0;
  while (common < left.length && left[common] === right[common]) common += 1;
  const cutAt = (from: number): Sides =>
    from <= 1 ? [live, desired] : [`…${left.slice(from).join("")}`, `…${right.slice(from).join("")}`];
  const roomy = cutAt(left.lastIndexOf(" ", Math.max(0, common - CONTEXT)) + 1);
  return fits(roomy, room) ? roomy : cutAt(nearStart(left, common, Math.min(CONTEXT, Math.floor(half(room) / 2))));
}

/** Before the difference by at most so much, and where a part of the text begins if one does there. */
function nearStart(text: readonly string[], common: number, context: number): number {
  const nearest = Math.max(0, common - context);
  const separator = text.slice(nearest, common).findIndex((character) => " _-./:".includes(character));
  return nearest === 0 || separator === -1 ? nearest : nearest + separator + 1;
}
