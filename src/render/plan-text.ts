import { type Action, type Change, isBlocked, type Plan } from "../model/plan.ts";
import { plural, renderFindings } from "./findings.ts";
import { type Paint, printable, type Style } from "./paint.ts";
import { renderPatch } from "./patch.ts";

const SIGNS: Readonly<Record<Action, readonly [sign: string, style: Style]>> = {
  create: ["+", "added"],
  update: ["~", "changed"],
  delete: ["-", "removed"],
  unchanged: ["=", "faint"],
  report: ["?", "warning"],
};

/** A plan for people: what would change and what stands there now, then what stays, then one line of numbers. */
export function renderPlan(plan: Plan, paint: Paint): string {
  const at = plan.revision === null ? "" : ` at ${plan.revision}`;
  const shown = plan.changes.filter((change) => change.action !== "unchanged");
  return [
    `${paint("strong", `Plan for tenant ${plan.tenant}${at}`)}\n\n`,
    ...shown.map((change) => renderChange(change, paint, hasTwin(change, plan.changes))),
    shown.length > 0 ? "\n" : "",
    plan.findings.length > 0 ? `${renderFindings(plan.findings, paint)}\n` : "",
    `${paint("strong", summarizePlan(plan))}\n`,
    ...plan.refusals.map(({ message, hint }) => `${paint("error", "refused")} ${printable(message)}\n    ${hint}\n`),
    isBlocked(plan) ? `${paint("error", describeBlock(plan))}\n` : "",
  ].join("");
}

/** One sentence: "1 to create, 2 to update, 9 unchanged." or that nothing is to do. */
export function summarizePlan(plan: Plan): string {
  const { summary } = plan;
  const parts = [
    ...count(summary.create, "to create"),
    ...count(summary.update, "to update"),
    ...count(summary.delete, "to delete"),
    ...count(summary.refused, summary.refused === 1 ? "refusal" : "refusals"),
    ...count(summary.unknown, "unknown (not read)"),
    ...count(summary.unchanged, "unchanged"),
  ];
  const isQuiet = summary.create + summary.update + summary.delete + summary.refused + summary.unknown === 0;
  if (!isQuiet) return `${parts.join(", ")}.`;
  if (summary.unchanged === 0) return describeNothing(plan);
  return `No changes: live equals desired for ${plural(summary.unchanged, "resource")}.`;
}

function describeNothing(plan: Plan): string {
  if (isBlocked(plan)) return "Nothing was compared.";
  return plan.changes.length > 0 ? "Nothing to change." : "No manifests for this tenant: nothing to compare.";
}

/** Why a plan cannot be applied as it is. */
function describeBlock({ summary, findings }: Plan): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const reasons = [
    ...(errors === 0 ? [] : [plural(errors, "error")]),
    ...(summary.unknown === 0 ? [] : [plural(summary.unknown, "unknown resource")]),
  ];
  return `Nothing will be applied: ${reasons.join(" and ")}.`;
}

function count(number: number, what: string): readonly string[] {
  return number === 0 ? [] : [`${number} ${what}`];
}

/** Another change of the same name and id, which only its document tells apart. */
function hasTwin(change: Change, changes: readonly Change[]): boolean {
  return changes.some(
    (other) => other !== change && other.kind === change.kind && other.name === change.name && other.id === change.id,
  );
}

function renderChange(change: Change, paint: Paint, hasTwin: boolean): string {
  const [sign, style] = SIGNS[change.action];
  const where = hasTwin ? ` in ${change.document.type} ${change.document.id}` : "";
  const id = change.id === change.name && where === "" ? "" : ` (${change.id}${where})`;
  const impact = change.impact === null ? "" : paint("faint", `  ${change.impact}`);
  const head = `  ${paint(style, sign)} ${change.action} ${paint("strong", `${change.kind} ${change.name}`)}${id}${impact}\n`;
  const notes = change.notes.map((note) => `      ${printable(note)}\n`);
  return [head, ...notes, ...renderPatch(change, "      ", paint)].join("");
}
