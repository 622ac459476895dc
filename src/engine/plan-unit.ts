/** What happens to the resources of one document, given what was read. Pure. */
import type { Resource } from "../kinds/kind.ts";
import type { Problem } from "../model/finding.ts";
import type { JsonObject } from "../model/json.ts";
import type { LiveRead } from "../model/live.ts";
import type { Change } from "../model/plan.ts";
import { diffOwned } from "./diff.ts";
import { siblingsOf, type Unit } from "./units.ts";

export interface PlannedUnit {
  readonly changes: readonly Change[];
  /** The read failed: what the tenant has is not known. */
  readonly isUnknown: boolean;
  readonly problems: readonly { readonly resource: Resource; readonly problem: Problem }[];
}

/**
 * One change for each resource of the unit. An unknown read never becomes a create, an update or a delete: it is reported, and
 * nothing else is concluded from it.
 */
export function planUnit(unit: Unit, read: LiveRead): PlannedUnit {
  if (read.state === "unknown") return reportUnknown(unit, read.reason);
  const document = read.state === "present" ? read.document : undefined;
  const version = read.state === "present" ? read.version : null;
  if (document === undefined && !unit.resources.some((resource) => resource.createsDocument))
    return reportHomeless(unit);
  const problems = unit.resources.flatMap((resource) =>
    resource.checkDocument(document, siblingsOf(unit, resource)).map((problem) => ({ resource, problem })),
  );
  return {
    changes: unit.resources.map((resource) => planResource(unit, resource, document, version)),
    isUnknown: false,
    problems,
  };
}

function planResource(
  unit: Unit,
  resource: Resource,
  document: JsonObject | undefined,
  liveVersion: Change["liveVersion"],
): Change {
  const siblings = siblingsOf(unit, resource);
  const livePart = document === undefined ? undefined : resource.live(document, siblings);
  const { patch, live } = diffOwned(livePart, resource.desired(siblings));
  const action = livePart === undefined ? "create" : patch.length === 0 ? "unchanged" : "update";
  const impact = action === "unchanged" ? null : resource.impactOf(patch);
  const notes =
    action === "create" && document !== undefined ? [`added to ${unit.ref.type} ${unit.ref.id}, which is live`] : [];
  return { ...nameOf(resource), action, impact, patch, live, liveVersion, notes };
}

function reportUnknown(unit: Unit, reason: string): PlannedUnit {
  const note = `unknown: ${reason}`;
  return { changes: unit.resources.map((resource) => report(resource, note)), isUnknown: true, problems: [] };
}

/** Resources that only live in documents of others cannot be created where there is no document. */
function reportHomeless(unit: Unit): PlannedUnit {
  const { type, id } = unit.ref;
  const message = `${type} "${id}" does not exist on the tenant`;
  const hint = `Name a ${type} that is live, or describe it in a manifest of its own.`;
  return {
    changes: unit.resources.map((resource) => report(resource, message)),
    isUnknown: false,
    problems: unit.resources.map((resource) => ({
      resource,
      problem: { rule: "live/unknown-document", path: resource.targetPath, message, hint },
    })),
  };
}

function report(resource: Resource, note: string): Change {
  return { ...nameOf(resource), action: "report", impact: null, patch: [], live: {}, liveVersion: null, notes: [note] };
}

function nameOf(resource: Resource): Pick<Change, "kind" | "name" | "id"> {
  return { kind: resource.kind, name: resource.name, id: resource.id };
}
