/**
 * What a plan refuses by itself: more changes at once than a tenant allows, and changes to what is protected. A refused plan is
 * shown whole and applied not at all. Pure.
 */
import { PROTECT_ANNOTATION } from "../model/annotations.ts";
import type { Change, Refusal } from "../model/plan.ts";
import { identityOf, subjectOf } from "./resource-identity.ts";
import { membersOf, type Unit } from "./units.ts";

export interface GuardSettings {
  /** Percent of the managed resources that are live; from the tenant's configuration. */
  readonly maxUpdatePercent: number;
  readonly maxDeletePercent: number;
  /** The person at the command line knows that this is a large change. */
  readonly allowLargeChange: boolean;
  /** The person at the command line means to change what is protected. Deletes stay refused. */
  readonly allowProtected: boolean;
  /** Nothing has to stay: the plan is not about a folder of manifests. */
  readonly allowEmpty?: boolean;
}

/** So few changes are never too many, however small the tenant. */
const ALWAYS_ALLOWED = 2;

const NOTHING: Outside = { manifests: 0, resources: 0 };

/** What a narrow plan is not about, and what its shares are shares of all the same. */
export interface Outside {
  readonly manifests: number;
  /** What manifests ask for or we manage. Nobody has looked which of it is live. */
  readonly resources: number;
}

export interface Guarded {
  readonly units: readonly Unit[];
  readonly guard: GuardSettings;
  readonly prune: boolean;
  readonly outside?: Outside;
}

/** `wanted` are the changes as they were before any was held back: what is held back is live all the same. */
export function guardChanges(
  changes: readonly Change[],
  { units, guard, prune, outside = NOTHING }: Guarded,
  wanted: readonly Change[] = changes,
): readonly Refusal[] {
  return [
    ...(prune && guard.allowEmpty !== true && outside.manifests === 0 ? refuseEmptyFolder(units) : []),
    ...refuseLargeChange(changes, wanted, { ...guard, outside }),
    ...refuseProtected(changes, units, guard),
  ];
}

/** No manifest at all is a wrong folder, a failed checkout or a bad filter far more often than the wish to delete everything. */
function refuseEmptyFolder(units: readonly Unit[]): readonly Refusal[] {
  const leaving = units.flatMap((unit) => unit.leaving).length;
  if (leaving === 0 || units.some((unit) => unit.resources.length > 0)) return [];
  const message = `there is no manifest for this tenant, and --prune would delete all that is managed (${leaving})`;
  const hint = "Check the manifests folder. To empty a tenant, leave one manifest, or delete what is left in CXone.";
  return [{ reason: "nothing-desired", message, hint }];
}

function refuseLargeChange(
  changes: readonly Change[],
  wanted: readonly Change[],
  settings: GuardSettings & Pick<Required<Guarded>, "outside">,
): readonly Refusal[] {
  if (settings.allowLargeChange) return [];
  const left = settings.outside.resources;
  const seen = wanted.filter(
    ({ action }) => action === "update" || action === "delete" || action === "unchanged",
  ).length;
  const live = seen + left;
  const which = left === 0 ? "that are live" : `that are live or left out of this narrow plan (${left})`;
  const limits = [
    { action: "update", noun: "updates", percent: settings.maxUpdatePercent, reason: "too-many-updates" },
    { action: "delete", noun: "deletes", percent: settings.maxDeletePercent, reason: "too-many-deletes" },
  ] as const;
  return limits.flatMap(({ action, noun, percent, reason }) => {
    const count = changes.filter((change) => change.action === action).length;
    const share = (count * 100) / live;
    if (count <= ALWAYS_ALLOWED || share <= percent) return [];
    const message = `${count} ${noun} are ${Math.round(share)} % of the ${live} resources ${which}, and at most ${percent} % are allowed at once`;
    return [{ reason, message, hint: "Read the plan; if it is meant, run again with --allow-large-change." }];
  });
}

function refuseProtected(
  changes: readonly Change[],
  units: readonly Unit[],
  settings: GuardSettings,
): readonly Refusal[] {
  const resources = new Map(units.flatMap(membersOf).map((one) => [identityOf(one), one]));
  return changes.flatMap((change): Refusal[] => {
    if (change.action !== "update" && change.action !== "delete") return [];
    if (change.action === "update" && settings.allowProtected) return [];
    const resource = resources.get(subjectOf(change));
    if (resource?.metadata.annotations[PROTECT_ANNOTATION] !== "true") return [];
    const message = `${change.kind} "${change.name}" is protected, and this plan would ${change.action} it`;
    const hint =
      change.action === "update"
        ? "If it is meant, run again with --allow-protected."
        : `Put its manifest back without the annotation ${PROTECT_ANNOTATION}, apply that, and remove it then.`;
    return [{ reason: "protected", message, hint }];
  });
}
