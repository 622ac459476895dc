/** Outlines and lines of a picture, as SVG path data. */
import type { NodeRole } from "../../model/graph.ts";
import type { Box, Point } from "./layout.ts";
import { short } from "./svg-text.ts";

const CHAMFER = 10;
const CORNER = 5;
/** Rounder than this, and the lines that lead to a corner end in the air. */
const ROUNDEST = 16;
const BEND = 8;
const ARROW_LENGTH = 9;
const ARROW_HALF_WIDTH = 4;

/** The outline of a node, drawn so far inside its box. */
export function outline(role: NodeRole, box: Box, inset: number): string {
  const [left, right] = [box.x - box.width / 2 + inset, box.x + box.width / 2 - inset];
  const [top, bottom] = [box.y - box.height / 2 + inset, box.y + box.height / 2 - inset];
  const cut = { start: ROUNDEST, end: ROUNDEST, mail: 0, decision: CHAMFER, step: CORNER }[role];
  const by = Math.max(0, Math.min(cut, box.height / 2) - inset / 2);
  const corner = (x: number, y: number, toX: number, toY: number) =>
    role === "decision" || by === 0 ? `L${at(toX, toY)}` : `Q${at(x, y)} ${at(toX, toY)}`;
  return [
    `M${at(left + by, top)}`,
    `L${at(right - by, top)}`,
    corner(right, top, right, top + by),
    `L${at(right, bottom - by)}`,
    corner(right, bottom, right - by, bottom),
    `L${at(left + by, bottom)}`,
    corner(left, bottom, left, bottom - by),
    `L${at(left, top + by)}`,
    corner(left, top, left + by, top),
    "Z",
  ].join("");
}

/** The flap of an envelope across the top of a node. */
export function envelopeFlap(box: Box, depth: number): string {
  const [left, right, top] = [box.x - box.width / 2, box.x + box.width / 2, box.y - box.height / 2];
  return `M${at(left, top)}L${at(box.x, top + depth)}L${at(right, top)}`;
}

/** A line through the points with its bends rounded, and the arrow at its end. */
export function arrowThrough(points: readonly Point[]): { readonly line: string; readonly head: string } {
  const tip = points.at(-1);
  const before = points.findLast((point) => tip !== undefined && distance(point, tip) > 0.5);
  if (tip === undefined || before === undefined) return { line: "", head: "" };
  const length = distance(before, tip);
  const [dx, dy] = [(tip.x - before.x) / length, (tip.y - before.y) / length];
  const base = { x: tip.x - dx * ARROW_LENGTH, y: tip.y - dy * ARROW_LENGTH };
  const [sx, sy] = [-dy * ARROW_HALF_WIDTH, dx * ARROW_HALF_WIDTH];
  const head = `M${at(tip.x, tip.y)}L${at(base.x + sx, base.y + sy)}L${at(base.x - sx, base.y - sy)}Z`;
  // An arrow longer than the last stretch would send the line backwards.
  const end = length > ARROW_LENGTH ? base : before;
  return { line: roundedLine([...points.slice(0, -1), end]), head };
}

function roundedLine(points: readonly Point[]): string {
  const [first, ...others] = points;
  if (first === undefined) return "";
  const parts = [`M${at(first.x, first.y)}`];
  for (const [index, point] of others.entries()) {
    const previous = points[index];
    const next = points[index + 2];
    if (previous === undefined || next === undefined) parts.push(`L${at(point.x, point.y)}`);
    else {
      const from = towards(point, previous);
      const to = towards(point, next);
      parts.push(`L${at(from.x, from.y)}Q${at(point.x, point.y)} ${at(to.x, to.y)}`);
    }
  }
  return parts.join("");
}

/** A point a little way from one point to another, at most half of it. */
function towards(from: Point, to: Point): Point {
  const length = distance(from, to);
  if (length === 0) return from;
  const share = Math.min(BEND, length / 2) / length;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function distance(left: Point, right: Point): number {
  return Math.hypot(left.x - right.x, left.y - right.y);
}

function at(x: number, y: number): string {
  return `${short(x)} ${short(y)}`;
}
