/** From a change as it was found to one that may be shown. Pure. */
import type { PartChange, Resource } from "../kinds/kind.ts";
import { isSameOrAbsent } from "../model/json.ts";
import type { Change } from "../model/plan.ts";
import type { Secrets } from "../model/secrets.ts";
import { maskApart, maskChange } from "./mask.ts";

/** A change with everything in it that must not be shown. */
export interface PlannedChange {
  readonly change: Change;
  /** What its effects tell of; undefined where nobody notices anything. */
  readonly told: PartChange | undefined;
  readonly resource: Resource;
}

/** As they are, with whatever the values hold. */
export function tellEffects(resource: Resource, told: PartChange): Pick<Change, "impact" | "effects"> {
  const { impact, sentences } = resource.effectsOf(told);
  return { impact, effects: sentences };
}

/** A change as it may be shown. To be called when all secrets are known that the plan's documents teach. */
export function showChange({ change, told, resource }: PlannedChange, secrets: Secrets): Change {
  const effects = told === undefined ? change.effects : showEffects(resource, told, change.effects, secrets);
  return maskChange({ ...change, effects }, secrets);
}

/** Who notices when a part of a document becomes another, and what may be said of it. */
export function effectsOf(
  resource: Resource,
  change: PartChange,
  secrets: Secrets,
): Pick<Change, "impact" | "effects"> {
  const { impact, effects } = tellEffects(resource, change);
  return { impact, effects: showEffects(resource, change, effects, secrets) };
}

/**
 * Who notices hangs on the values themselves; what is said about it, only on what may be shown of them. Both sides are masked alike, and
 * texts that are different stay different, so that what is said is still true.
 */
function showEffects(
  resource: Resource,
  told: PartChange,
  sentences: readonly string[],
  secrets: Secrets,
): readonly string[] {
  const mask = maskApart(secrets);
  const shown = {
    live: told.live === undefined ? undefined : mask(told.live),
    desired: told.desired === undefined ? undefined : mask(told.desired),
    patch: told.patch,
  };
  const hidesNothing = isSameOrAbsent(shown.live, told.live) && isSameOrAbsent(shown.desired, told.desired);
  return hidesNothing ? sentences : resource.effectsOf(shown).sentences;
}
