/** What happens to the resources of one document, given what was read. Pure. */
import type { PartChange, Resource } from "../kinds/kind.ts";
import type { Problem } from "../model/finding.ts";
import { isSameOrAbsent, type Json, type JsonObject, objectsAt, stringAt } from "../model/json.ts";
import { type LiveDocument, type LiveRead, refKey } from "../model/live.ts";
import type { Change } from "../model/plan.ts";
import type { Secrets } from "../model/secrets.ts";
import { diffOwned } from "./diff.ts";
import { findDrift, type LastAppliedByIdentity } from "./last-applied.ts";
import { maskApart } from "./mask.ts";
import { isSameThing } from "./same-thing.ts";
import { membersOf, siblingsOf, type Unit } from "./units.ts";

export interface PlannedUnit {
  readonly changes: readonly Change[];
  /** The read failed: what the tenant has is not known. */
  readonly isUnknown: boolean;
  readonly problems: readonly { readonly resource: Resource; readonly problem: Problem }[];
}

/** What is to become of what is leaving, and what must not be shown. */
export interface PlanUnitOptions {
  readonly secrets: Secrets;
  readonly prune: boolean;
  readonly leavingNote?: string;
  /** The documents (by `refKey`) as they were kept last. */
  readonly keptByDocument?: ReadonlyMap<string, Json>;
  /** What was applied last; without it, no change says where it comes from. */
  readonly lastApplied?: LastAppliedByIdentity;
}

/**
 * One change for each resource of the unit. An unknown read never becomes a create, an update or a delete: it is reported, and
 * nothing else is concluded from it.
 */
export function planUnit(unit: Unit, read: LiveRead, options: PlanUnitOptions): PlannedUnit {
  if (read.state === "unknown") return reportUnknown(unit, read.reason);
  const found = read.state === "present" ? read : undefined;
  const document = found?.document;
  const isHomeless = unit.resources.length > 0 && !unit.resources.some((resource) => resource.createsDocument);
  if (document === undefined && isHomeless) return reportHomeless(unit);
  const remaining = options.prune ? { ...unit, leaving: [] } : unit;
  const problems = unit.resources.flatMap((resource) =>
    resource.checkDocument(document, siblingsOf(remaining, resource)).map((problem) => ({ resource, problem })),
  );
  const changes = [
    ...unit.resources.map((resource) => planResource(unit, resource, found, options)),
    ...unit.leaving.flatMap((resource) => planLeaving(unit, resource, found, options)),
  ];
  return { changes, isUnknown: false, problems };
}

/**
 * What no manifest asks for any more is reported, and deleted only when that is asked for. What is gone already is no change, and
 * a document in which others stay is not deleted under them.
 */
function planLeaving(
  unit: Unit,
  resource: Resource,
  found: LiveDocument | undefined,
  { prune, leavingNote = ORPHANED, keptByDocument, secrets, lastApplied }: PlanUnitOptions,
): readonly Change[] {
  const { document, version: liveVersion = null, changed } = found ?? {};
  const siblings = siblingsOf(unit, resource);
  const livePart = document === undefined ? undefined : resource.live(document, siblings);
  if (document === undefined || livePart === undefined) return [];
  const [tenant] = unit.resources;
  if (tenant !== undefined && resource.remove(document, siblings) === undefined) {
    const note = `orphaned, but kept: ${tenant.kind} ${tenant.name} lives in it`;
    return [{ ...report(resource, note), liveVersion }];
  }
  const reason = whyKept(resource, document, siblings, keptByDocument?.get(refKey(unit.ref)));
  if (reason !== undefined) return [{ ...report(resource, `orphaned, but kept: ${reason}`), liveVersion }];
  if (!prune) return [{ ...report(resource, leavingNote), liveVersion }];
  const patch = [{ op: "remove", path: "" }] as const;
  const live = { "": livePart };
  const notes = describeCompany(resource, document, siblings);
  const effects = effectsOf(resource, { live: livePart, desired: undefined, patch }, secrets);
  const drift = findDrift({ resource, siblings, document, live: livePart, desired: undefined, changed }, lastApplied);
  return [{ ...nameOf(resource), action: "delete", ...effects, patch, live, liveVersion, notes, drift }];
}

/** Why something of that name is not deleted: it is not what we managed, or nothing that we know how to take out. */
function whyKept(
  resource: Resource,
  document: JsonObject,
  siblings: readonly Resource[],
  kept: Json | undefined,
): string | undefined {
  if (!isSameThing(kept, document)) return "what we managed was deleted, and somebody has made another one since";
  return resource.checkDocument(document, siblings).find(({ rule }) => rule.startsWith("live/"))?.message;
}

/** What goes with it because it cannot be there without it: other items of the document's lists, by their ids. */
function describeCompany(resource: Resource, document: JsonObject, siblings: readonly Resource[]): readonly string[] {
  const rest = resource.remove(document, siblings);
  if (rest === undefined) return [];
  const gone = Object.keys(document).flatMap((key) => {
    const stays = new Set(objectsAt(rest, key).map((item) => stringAt(item, "id")));
    return objectsAt(document, key)
      .flatMap((item) => stringAt(item, "id") ?? [])
      .filter((id) => !stays.has(id));
  });
  const others = gone.filter((id) => id !== resource.id);
  return others.length === 0 ? [] : [`with it go ${others.join(", ")}`];
}

const ORPHANED = "orphaned: no manifest describes it any more, and it is still live; --prune deletes it";

function planResource(
  unit: Unit,
  resource: Resource,
  found: LiveDocument | undefined,
  { secrets, lastApplied }: PlanUnitOptions,
): Change {
  const { document, version: liveVersion = null, changed } = found ?? {};
  const siblings = siblingsOf(unit, resource);
  const livePart = document === undefined ? undefined : resource.live(document, siblings);
  const desired = resource.desired(siblings);
  const { patch, live } = diffOwned(livePart, desired);
  const isAsDesired = patch.length === 0 && resource.rotation === undefined;
  const action = livePart === undefined ? "create" : isAsDesired ? "unchanged" : "update";
  const effects =
    action === "unchanged" ? NO_EFFECTS : effectsOf(resource, { live: livePart, desired, patch }, secrets);
  const isAdded = action === "create" && document !== undefined;
  const notes = [
    ...(isAdded ? [`added to ${unit.ref.type} ${unit.ref.id}, which is live`] : []),
    ...(action === "update" && resource.rotation !== undefined ? [resource.rotation] : []),
  ];
  const drift =
    action === "unchanged"
      ? null
      : findDrift({ resource, siblings, document, live: livePart, desired, changed }, lastApplied);
  return { ...nameOf(resource), action, ...effects, patch, live, liveVersion, notes, drift };
}

const NO_EFFECTS = { impact: null, effects: [] } as const;

/**
 * Who notices hangs on the values themselves; what is said about it, only on what may be shown of them. Both sides are masked alike, and
 * texts that are different stay different, so that what is said is still true.
 */
export function effectsOf(
  resource: Resource,
  change: PartChange,
  secrets: Secrets,
): Pick<Change, "impact" | "effects"> {
  const { impact, sentences } = resource.effectsOf(change);
  const mask = maskApart(secrets);
  const shown = {
    live: change.live === undefined ? undefined : mask(change.live),
    desired: change.desired === undefined ? undefined : mask(change.desired),
    patch: change.patch,
  };
  const hidesNothing = isSameOrAbsent(shown.live, change.live) && isSameOrAbsent(shown.desired, change.desired);
  return { impact, effects: hidesNothing ? sentences : resource.effectsOf(shown).sentences };
}

function reportUnknown(unit: Unit, reason: string): PlannedUnit {
  const note = `unknown: ${reason}`;
  return { changes: membersOf(unit).map((resource) => report(resource, note)), isUnknown: true, problems: [] };
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
  return {
    ...nameOf(resource),
    action: "report",
    ...NO_EFFECTS,
    patch: [],
    live: {},
    liveVersion: null,
    notes: [note],
    drift: null,
  };
}

function nameOf(resource: Resource): Pick<Change, "kind" | "name" | "id" | "document"> {
  return { kind: resource.kind, name: resource.name, id: resource.id, document: resource.target };
}
