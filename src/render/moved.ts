import type { Json } from "../model/json.ts";
import type { Moved } from "../model/saved-plan.ts";
import { type Paint, printable } from "./paint.ts";

const LONGEST_VALUE = 160;

/** Two lines for each field that is not as it was when a plan was made: which, and what it was, was to be, and is. */
export function renderMoved(moved: readonly Moved[], paint: Paint): string {
  return moved.map((one) => renderOne(one, paint)).join("");
}

function renderOne(moved: Moved, paint: Paint): string {
  const { kind, name, id, field } = moved;
  const which = id === name ? "" : ` (${printable(id)})`;
  const where = field === "" ? "" : `  ${printable(field)}`;
  return `  ${paint("strong", `${kind} ${printable(name)}`)}${which}${where}\n      ${describe(moved)}\n`;
}

function describe({ side, old, planned, now }: Moved): string {
  switch (side) {
    case "live":
      return `was ${show(old)} when planned, was to become ${show(planned)}, and is ${show(now)} now`;
    case "desired":
      return `was ${show(old)} when planned, was to become ${show(planned)}, and git asks for ${show(now)} now`;
    case "action":
      return `the plan was ${action(planned)}, and now it is ${action(now)}`;
  }
}

function action(value: Json | undefined): string {
  return value === undefined ? "to leave it out" : `to ${printable(String(value))} it`;
}

function show(value: Json | undefined): string {
  if (value === undefined || value === null) return "nothing";
  const text = JSON.stringify(value);
  return printable(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text);
}
