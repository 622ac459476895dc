import type { Outcome, OutcomeKind } from "../model/outcome.ts";
import { type Paint, printable, type Style } from "./paint.ts";

const STYLES: Readonly<Record<OutcomeKind, Style>> = {
  done: "added",
  "already-done": "added",
  stale: "warning",
  failed: "error",
  skipped: "warning",
};

/** One line for each outcome, its error below it. */
export function renderOutcome(outcome: Outcome, paint: Paint): string {
  const { kind, name, action, version, conflicts, error } = outcome;
  const details = [
    ...(version === null ? [] : [`version ${printable(String(version).replace(/\s+/g, " "))}`]),
    ...(conflicts === 0 ? [] : [`${conflicts === 1 ? "one other write" : `${conflicts} other writes`} came first`]),
  ];
  const tail = details.length === 0 ? "" : paint("faint", `  ${details.join(", ")}`);
  const head = `  ${paint(STYLES[outcome.outcome], outcome.outcome)} ${action} ${kind} ${name}${tail}\n`;
  if (error === null) return head;
  const hint = error.hint === null ? "" : `      ${printable(error.hint)}\n`;
  return `${head}      ${printable(error.message)} (${error.code})\n${hint}`;
}

/** "7 applied, 1 failed, 2 skipped, 1 held back." */
export function summarizeOutcomes(outcomes: readonly Outcome[], held = 0): string {
  const count = (...kinds: OutcomeKind[]) => outcomes.filter(({ outcome }) => kinds.includes(outcome)).length;
  const parts: readonly (readonly [number, string])[] = [
    [count("done", "already-done"), "applied"],
    [count("stale"), "stale"],
    [count("failed"), "failed"],
    [count("skipped"), "skipped"],
    [held, "held back"],
  ];
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return said.length === 0 ? "Nothing to apply." : `${said.join(", ")}.`;
}
