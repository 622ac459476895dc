import { type Change, type DriftOrigin, isBlocked, type Plan } from "../model/plan.ts";
import { describeConsequences, describeOrigin, minuteOf } from "./drift-words.ts";
import { renderFindings } from "./findings.ts";
import type { Paint } from "./paint.ts";
import { renderChanges, renderPlan, renderUnchanged } from "./plan-text.ts";
import { summarizePlan } from "./summary.ts";

/** When the trail last learnt something of the tenant, and from which commit. */
export interface LatestRun {
  readonly commit: string | null;
  readonly time: string;
}

const ORIGINS: readonly (readonly [origin: DriftOrigin, title: string, count: string])[] = [
  ["edited-live", "Edited live", "edited live"],
  ["both", "Both: edited live, and committed since", "both"],
  ["not-deployed", "Committed, not deployed", "not deployed"],
  ["unknown", "Never applied from here", "never applied from here"],
];

/** Live and desired for people, by where each difference comes from. A plan that could not be made is shown as one. */
export function renderDrift(plan: Plan, latest: LatestRun | null, paint: Paint): string {
  if (isBlocked(plan)) return renderPlan(plan, paint);
  const at = plan.revision === null ? "" : ` at ${plan.revision}`;
  const reports = plan.changes.filter(({ action, drift }) => action === "report" && drift === null);
  const groups = [
    ...ORIGINS.map(([origin, title]) => ({
      title: origin === "not-deployed" ? `${title}${describeLatest(latest)}` : title,
      changes: plan.changes.filter(({ drift }) => drift?.origin === origin),
    })),
    { title: "To look at", changes: reports },
  ].filter(({ changes }) => changes.length > 0);
  return [
    `${paint("strong", `Drift on tenant ${plan.tenant}${at}`)}\n\n`,
    ...groups.map(({ title, changes }) => `${paint("strong", title)}\n${render(plan, changes, paint)}\n`),
    renderUnchanged(plan, paint),
    plan.findings.length > 0 ? `${renderFindings(plan.findings, paint)}\n` : "",
    `${paint("strong", summarizeDrift(plan))}\n`,
  ].join("");
}

function render(plan: Plan, changes: readonly Change[], paint: Paint): string {
  return renderChanges(plan, changes, {
    paint,
    describe: (change) => [...describeOrigin(change), ...describeConsequences(change), ...change.notes],
  });
}

/** " (since commit 0123456 was applied, 2026-11-21 17:30 UTC)". */
function describeLatest(latest: LatestRun | null): string {
  if (latest === null) return "";
  const what = latest.commit === null ? "the last run" : `${latest.commit.slice(0, 12)} was applied`;
  return ` (since ${what}, ${minuteOf(latest.time)})`;
}

function summarizeDrift(plan: Plan): string {
  const counts = ORIGINS.flatMap(([origin, , words]) => {
    const count = plan.changes.filter(({ drift }) => drift?.origin === origin).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  if (counts.length === 0) return summarizePlan(plan);
  const { unchanged } = plan.summary;
  return `${[...counts, ...(unchanged === 0 ? [] : [`${unchanged} unchanged`])].join(", ")}.`;
}
