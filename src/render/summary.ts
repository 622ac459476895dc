/** A plan in numbers and in one sentence, for every format. */
import { type Action, type Change, countHeld, type Impact, isBlocked, type Plan } from "../model/plan.ts";
import { plural } from "./findings.ts";
import { rememberNarrowing } from "./narrowed.ts";

/** What stands before a change, so that actions are told apart without colour. */
export const SIGNS: Readonly<Record<Action, string>> = {
  create: "+",
  update: "~",
  delete: "-",
  unchanged: "=",
  report: "?",
};

/** One sentence: "1 to create, 2 to update, 9 unchanged." or that nothing is to do; and whether that is about everything. */
export function summarizePlan(plan: Plan): string {
  return `${countChanges(plan)}${rememberNarrowing(plan)}`;
}

function countChanges(plan: Plan): string {
  const { summary } = plan;
  const held = countHeld(plan);
  const parts = [
    ...count(summary.create, "to create"),
    ...count(summary.update, "to update"),
    ...count(summary.delete, "to delete"),
    ...count(held, "held back"),
    ...count(summary.refused, summary.refused === 1 ? "refusal" : "refusals"),
    ...count(summary.unknown, "unknown (not read)"),
    ...count(summary.unchanged, "unchanged"),
  ];
  const isQuiet = summary.create + summary.update + summary.delete + held + summary.refused + summary.unknown === 0;
  if (!isQuiet) return `${parts.join(", ")}.`;
  if (summary.unchanged === 0) return describeNothing(plan);
  return `No changes: live equals desired for ${plural(summary.unchanged, "resource")}.`;
}

function describeNothing(plan: Plan): string {
  if (isBlocked(plan)) return "Nothing was compared.";
  if (plan.changes.length > 0) return "Nothing to change.";
  return plan.narrowed === undefined ? "No manifests for this tenant: nothing to compare." : "Nothing to do.";
}

/** Why a plan cannot be applied as it is. */
export function describeBlock({ summary, findings }: Plan): string {
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
export function findTwins(changes: readonly Change[]): (change: Change) => boolean {
  const keyOf = ({ kind, name, id }: Change) => JSON.stringify([kind, name, id]);
  const counts = new Map<string, number>();
  for (const change of changes) counts.set(keyOf(change), (counts.get(keyOf(change)) ?? 0) + 1);
  return (change) => (counts.get(keyOf(change)) ?? 0) > 1;
}

const IMPACT_TITLES: readonly (readonly [impact: Change["impact"], title: string])[] = [
  [null, "To look at"],
  ["caller-visible", "Callers notice"],
  ["recipient-visible", "Recipients of mails notice"],
  ["cosmetic", "Neither callers nor recipients notice"],
];

/** What is not unchanged, by who notices it, in the order in which it matters; groups that are empty are left out. */
export function groupByImpact<T extends { readonly change: Change }>(
  details: readonly T[],
): readonly { readonly title: string; readonly group: readonly T[] }[] {
  const shown = details.filter(({ change }) => change.action !== "unchanged");
  const byImpact = Map.groupBy(shown, ({ change }) => change.impact);
  return IMPACT_TITLES.flatMap(([impact, title]) => {
    const group = byImpact.get(impact);
    return group === undefined ? [] : [{ title, group }];
  });
}

/** How many of each kind stay as they are, in the order of the plan. */
export function countUnchanged({ changes }: Plan): readonly (readonly [kind: string, count: number])[] {
  const unchanged = changes.filter(({ action }) => action === "unchanged");
  return [...Map.groupBy(unchanged, ({ kind }) => kind)].map(([kind, group]) => [kind, group.length]);
}

export function countImpact({ changes }: Plan, impact: Impact): number {
  return changes.filter((change) => change.impact === impact).length;
}

/** "Callers notice 2 changes, recipients of mails 1." Empty when nothing is changed, or nothing will be. */
export function summarizeImpact(plan: Plan): string {
  if (isBlocked(plan)) return "";
  const [callers, recipients, nobody] = (["caller-visible", "recipient-visible", "cosmetic"] as const).map((impact) =>
    countImpact(plan, impact),
  );
  if (callers === 0 && recipients === 0 && nobody === 0) return "";
  if (callers === 0 && recipients === 0) return "Neither callers nor recipients of mails notice anything.";
  if (callers === 0) return `Recipients of mails notice ${plural(recipients ?? 0, "change")}, callers none.`;
  if (recipients === 0) return `Callers notice ${plural(callers ?? 0, "change")}, recipients of mails none.`;
  return `Callers notice ${plural(callers ?? 0, "change")}, recipients of mails ${recipients}.`;
}
