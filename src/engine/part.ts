import type { Resource } from "../kinds/kind.ts";
import { isSameJson, type Json } from "../model/json.ts";
import type { LiveDocument } from "../model/live.ts";
import type { Change } from "../model/plan.ts";
import { siblingsOf, type Unit } from "./units.ts";

/** One resource's share in the write of its document. */
export interface Part {
  readonly resource: Resource;
  readonly change: Change;
  readonly siblings: readonly Resource[];
  readonly desired: Json;
  /** The owned part as it was when the change was decided; undefined when it was not there. */
  readonly planned: Json | undefined;
}

/** The parts of a unit that its plan changes. */
export function partsOf(unit: Unit, changes: readonly Change[], base: LiveDocument | undefined): readonly Part[] {
  return unit.resources.flatMap((resource) => {
    const change = changes.find(({ kind, name }) => kind === resource.kind && name === resource.name);
    if (change === undefined || (change.action !== "create" && change.action !== "update")) return [];
    const siblings = siblingsOf(unit, resource);
    const desired = resource.desired(siblings);
    return [{ resource, change, siblings, desired, planned: livePartOf({ resource, siblings }, base) }];
  });
}

export function livePartOf(
  part: Pick<Part, "resource" | "siblings">,
  live: LiveDocument | undefined,
): Json | undefined {
  return live === undefined ? undefined : part.resource.live(live.document, part.siblings);
}

export function isAsDesired(part: Part, livePart: Json | undefined): boolean {
  return livePart !== undefined && isSameJson(livePart, part.desired);
}

export function isAsPlanned(part: Part, livePart: Json | undefined): boolean {
  if (livePart === undefined || part.planned === undefined) return livePart === part.planned;
  return isSameJson(livePart, part.planned);
}
