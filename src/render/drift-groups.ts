/** Differences by where they come from, for every format that `drift` prints. */
import type { Change, DriftOrigin, Plan } from "../model/plan.ts";
import { isUncommitted, shortRevision } from "../model/revision.ts";
import { minuteOf } from "./drift-words.ts";
import { rememberNarrowing } from "./narrowed.ts";
import { summarizePlan } from "./summary.ts";

/** When the trail last learnt something of the tenant, and from which commit. */
export interface LatestRun {
  readonly commit: string | null;
  readonly time: string;
}

type Group = DriftOrigin | "restored" | "to-look-at";

const COUNTED: readonly (readonly [group: Group, count: string])[] = [
  ["edited-live", "edited live"],
  ["restored", "put back"],
  ["both", "both"],
  ["not-deployed", "not deployed"],
  ["unknown", "never applied from here"],
];

/** What is not unchanged, by where it comes from; groups that are empty are left out. `latest` is null where the trail knows of no run. */
export function groupByOrigin<T extends { readonly change: Change }>(
  { revision }: Pick<Plan, "revision">,
  details: readonly T[],
  latest: LatestRun | null,
): readonly { readonly title: string; readonly group: readonly T[] }[] {
  const byGroup = Map.groupBy(details, ({ change }) => groupOf(change));
  return titlesOf(revision, latest).flatMap(([name, title]) => {
    const group = byGroup.get(name);
    return group === undefined ? [] : [{ title, group }];
  });
}

/** One sentence: "1 edited live, 2 not deployed, 11 unchanged." */
export function summarizeDrift(plan: Plan): string {
  const counts = COUNTED.flatMap(([group, words]) => {
    const count = plan.changes.filter((change) => groupOf(change) === group).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  if (counts.length === 0) return summarizePlan(plan);
  const { unchanged } = plan.summary;
  return `${[...counts, ...(unchanged === 0 ? [] : [`${unchanged} unchanged`])].join(", ")}.${rememberNarrowing(plan)}`;
}

/** What a restore put back is nobody's edit, whatever git has changed besides. */
function groupOf({ action, drift }: Change): Group | undefined {
  if (drift !== null) return drift.restored === null ? drift.origin : "restored";
  return action === "unchanged" ? undefined : "to-look-at";
}

/** What stands in a work tree that is not as it was committed may be in no commit at all. */
function titlesOf(
  revision: string | null,
  latest: LatestRun | null,
): readonly (readonly [group: Group, title: string])[] {
  const [ofGit, ofBoth] = isUncommitted(revision)
    ? [
        `Not deployed${revision === null ? "" : ", and the work tree is not committed"}`,
        "Both: edited live, and changed in the manifests since",
      ]
    : ["Committed, not deployed", "Both: edited live, and committed since"];
  return [
    ["edited-live", "Edited live"],
    ["restored", "Put back by a restore, and not as git asks"],
    ["both", ofBoth],
    ["not-deployed", `${ofGit}${describeLatest(latest)}`],
    ["unknown", "Never applied from here"],
    ["to-look-at", "To look at"],
  ];
}

/** " (since 0123456789ab was applied, 2026-11-21 17:30 UTC)". */
function describeLatest(latest: LatestRun | null): string {
  if (latest === null) return "";
  const what = latest.commit === null ? "the last run" : `${shortRevision(latest.commit)} was applied`;
  return ` (since ${what}, ${minuteOf(latest.time)})`;
}
