import type { Resource } from "../kinds/kind.ts";
import { isSameJson, type Json, type JsonObject } from "../model/json.ts";
import type { LiveDocument } from "../model/live.ts";
import type { Change } from "../model/plan.ts";
import { identityOf } from "./resource-identity.ts";
import { membersOf, siblingsOf, type Unit } from "./units.ts";

/** One resource's share in the write of its document. */
export interface Part {
  readonly resource: Resource;
  readonly change: Change;
  readonly siblings: readonly Resource[];
  /** undefined when the resource is to be gone. */
  readonly desired: Json | undefined;
  /** The owned part as it was when the change was decided; undefined when it was not there. */
  readonly planned: Json | undefined;
}

/** The parts of a unit that its plan changes, in the order in which they are composed. `changes` is by identity. */
export function partsOf(
  unit: Unit,
  changes: ReadonlyMap<string, Change>,
  base: LiveDocument | undefined,
): readonly Part[] {
  return membersOf(unit).flatMap((resource) => {
    const change = changes.get(identityOf(resource));
    if (change === undefined || !["create", "update", "delete"].includes(change.action)) return [];
    const siblings = siblingsOf(unit, resource);
    const desired = change.action === "delete" ? undefined : resource.desired(siblings);
    return [{ resource, change, siblings, desired, planned: livePartOf({ resource, siblings }, base) }];
  });
}

/** The document as the parts want it, one after the other; undefined when it is to be gone. */
export function composeParts(parts: readonly Part[], base: JsonObject | undefined): JsonObject | undefined {
  let document = base;
  for (const { resource, desired, siblings } of parts) {
    if (desired !== undefined) document = resource.compose(document, siblings);
    else document = document && resource.remove(document, siblings);
  }
  return document;
}

export function livePartOf(
  part: Pick<Part, "resource" | "siblings">,
  live: LiveDocument | undefined,
): Json | undefined {
  return live === undefined ? undefined : part.resource.live(live.document, part.siblings);
}

export function isAsDesired(part: Part, livePart: Json | undefined): boolean {
  if (livePart === undefined || part.desired === undefined) return livePart === part.desired;
  return isSameJson(livePart, part.desired);
}

export function isAsPlanned(part: Part, livePart: Json | undefined): boolean {
  if (livePart === undefined || part.planned === undefined) return livePart === part.planned;
  return isSameJson(livePart, part.planned);
}
