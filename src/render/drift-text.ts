import type { Change, Plan } from "../model/plan.ts";
import { groupByOrigin, type LatestRun, summarizeDrift } from "./drift-groups.ts";
import { driftSentencesOf } from "./drift-words.ts";
import { renderFindings } from "./findings.ts";
import type { Paint } from "./paint.ts";
import { renderAlarm, renderChanges, renderNarrowing, renderUnchanged } from "./plan-text.ts";

/** Live and desired for people, by where each difference comes from; then what keeps git from being applied. */
export function renderDrift(plan: Plan, latest: LatestRun | null, paint: Paint): string {
  const at = plan.revision === null ? "" : ` at ${plan.revision}`;
  const details = plan.changes.map((change) => ({ change }));
  const groups = groupByOrigin(plan, details, latest).map(({ title, group }) => {
    return { title, changes: group.map(({ change }): Change => change) };
  });
  return [
    `${paint("strong", `Drift on tenant ${plan.tenant}${at}`)}\n\n`,
    renderNarrowing(plan, paint),
    ...groups.map(
      ({ title, changes }) =>
        `${paint("strong", title)}\n${renderChanges(plan, changes, { paint, describe: driftSentencesOf })}\n`,
    ),
    renderUnchanged(plan, paint),
    plan.findings.length > 0 ? `${renderFindings(plan.findings, paint)}\n` : "",
    `${paint("strong", summarizeDrift(plan))}\n`,
    renderAlarm(plan, paint),
  ].join("");
}
