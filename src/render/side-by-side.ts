/** How the plans or outcomes of several tenants compare, resource by resource. */
import type { Outcome } from "../model/outcome.ts";
import { type Change, isBlocked, isHeld, isRefused, type Plan } from "../model/plan.ts";
import { plural } from "./findings.ts";
import type { Style } from "./paint.ts";
import { SIGNS } from "./summary.ts";

/** One tenant of several. */
export interface Side {
  readonly tenant: string;
  /** undefined where the command ended before there was one; `failure` says so then. */
  readonly plan?: Plan;
  /** What became of the changes; undefined of a command that writes nothing. */
  readonly outcomes?: readonly Outcome[];
  readonly failure?: "error" | "not begun";
}

export interface Cell {
  readonly text: string;
  readonly style: Style;
}

export interface SideBySide {
  /** What is not unchanged for every tenant that has it, as `Kind/name`; a cell for each tenant. */
  readonly rows: readonly { readonly name: string; readonly cells: readonly Cell[] }[];
  /** A cell for each tenant, about all of its resources. */
  readonly totals: readonly Cell[];
  /** How many resources have no row because nothing is to be done about them anywhere. */
  readonly unchanged: number;
}

const NOT_HERE: Cell = { text: "—", style: "faint" };
const NOT_KNOWN: Cell = { text: "?", style: "warning" };
const UNCHANGED = "unchanged";

/** Rows come in the order of the first plan that has them. */
export function compareSides(sides: readonly Side[]): SideBySide {
  const columns = sides.map((side) => Map.groupBy(side.plan?.changes ?? [], nameOf));
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const rows = names.map((name) => ({
    name,
    cells: sides.map((side, index) => cellOf(side, columns[index]?.get(name))),
  }));
  const isInteresting = ({ cells }: { readonly cells: readonly Cell[] }) =>
    cells.some((cell) => cell.text !== UNCHANGED && cell !== NOT_HERE && cell !== NOT_KNOWN);
  const shown = rows.filter(isInteresting);
  return { rows: shown, totals: sides.map(totalOf), unchanged: rows.length - shown.length };
}

function nameOf({ kind, name }: Change): string {
  return `${kind}/${name}`;
}

/** A resource may have two changes, where one leaves and another one comes under the same name. */
function cellOf(side: Side, changes: readonly Change[] | undefined): Cell {
  if (side.plan === undefined || isUnread(side.plan)) return NOT_KNOWN;
  const [first, ...others] = (changes ?? []).map((change) => cellOfChange(side, change));
  if (first === undefined) return NOT_HERE;
  return { text: [first, ...others].map(({ text }) => text).join(" + "), style: first.style };
}

/** With errors in the manifests nothing was compared, and no change says that something is for this tenant. */
function isUnread(plan: Plan): boolean {
  return plan.changes.length === 0 && isBlocked(plan);
}

const ACTION_STYLES = { create: "added", update: "changed", delete: "removed" } as const;
const OUTCOME_STYLES = {
  done: "added",
  "already-done": "added",
  stale: "warning",
  failed: "error",
  skipped: "warning",
} as const;

function cellOfChange({ outcomes }: Side, change: Change): Cell {
  const { action, notes } = change;
  if (action === "unchanged") return { text: UNCHANGED, style: "faint" };
  if (action === "report") {
    if (isHeld(change)) return { text: "held back", style: "warning" };
    const isUnknown = notes.some((note) => note.startsWith("unknown: "));
    return isUnknown ? { text: "unknown", style: "error" } : { text: "reported", style: "warning" };
  }
  if (outcomes === undefined) return { text: action, style: ACTION_STYLES[action] };
  const outcome = outcomes.find((one) => isAbout(one, change));
  if (outcome === undefined) return { text: "not sent", style: "warning" };
  return { text: outcome.outcome, style: OUTCOME_STYLES[outcome.outcome] };
}

function isAbout({ kind, name, document }: Outcome, change: Change): boolean {
  return (
    kind === change.kind &&
    name === change.name &&
    document.type === change.document.type &&
    document.id === change.document.id
  );
}

function totalOf({ plan, outcomes, failure }: Side): Cell {
  if (plan === undefined) return { text: failure ?? "error", style: failure === "not begun" ? "warning" : "error" };
  const errors = plan.findings.filter(({ severity }) => severity === "error").length;
  const verdict = [
    ...(errors === 0 ? [] : [plural(errors, "error")]),
    ...(isRefused(plan) ? ["refused"] : []),
    ...(outcomes === undefined || outcomes.length === 0 ? countActions(plan) : countOutcomes(outcomes)),
  ].join(" ");
  const style = isBlocked(plan) ? "error" : isRefused(plan) ? "warning" : "strong";
  return { text: verdict === "" ? "nothing" : verdict, style };
}

/** `+1 ~2 =9`: as the signs before the changes of a plan. */
function countActions({ changes }: Plan): readonly string[] {
  const byAction = Map.groupBy(changes, ({ action }) => action);
  return (["create", "update", "delete", "report", "unchanged"] as const).flatMap((action) => {
    const count = byAction.get(action)?.length ?? 0;
    return count === 0 ? [] : [`${SIGNS[action]}${count}`];
  });
}

function countOutcomes(outcomes: readonly Outcome[]): readonly string[] {
  const byKind = Map.groupBy(outcomes, ({ outcome }) => (outcome === "already-done" ? "done" : outcome));
  const counts = (["done", "stale", "failed", "skipped"] as const).flatMap((kind) => {
    const count = byKind.get(kind)?.length ?? 0;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return [counts.join(", ")];
}
