/**
 * What happens to the resources of one document, given what was read. Pure. It hides nothing: that is done when the plan is made, because
 * another document that is read later may teach what has to be hidden in this one.
 */
import type { Resource } from "../kinds/kind.ts";
import type { Problem } from "../model/finding.ts";
import { isSameOrAbsent, type Json, type JsonObject, objectsAt, stringAt } from "../model/json.ts";
import { type LiveDocument, refKey } from "../model/live.ts";
import type { Change } from "../model/plan.ts";
import { diffOwned } from "./diff.ts";
import { findDrift, type LastAppliedByIdentity } from "./last-applied.ts";
import type { ResourceProblem } from "./left-document.ts";
import type { ReadOf } from "./observe.ts";
import { type Replaced, replacedBy } from "./replaced-secrets.ts";
import { isSameThing } from "./same-thing.ts";
import { type PlannedChange, tellEffects } from "./show-change.ts";
import { membersOf, siblingsOf, type Unit } from "./units.ts";

export interface PlannedUnit {
  readonly changes: readonly PlannedChange[];
  /** The read failed: what the tenant has is not known. */
  readonly isUnknown: boolean;
  /** What is wrong with the document. */
  readonly problems: readonly ResourceProblem[];
  /** What is wrong with what its resources refer to. */
  readonly referenceProblems: readonly ResourceProblem[];
  /** What its members would replace in the document, for who looks for secrets. */
  readonly replaced: readonly Replaced[];
}

/** What is to become of what is leaving, and what the trail knows. */
export interface PlanUnitOptions {
  readonly prune: boolean;
  readonly leavingNote?: string;
  /** What is leaving and is not deleted all the same, each with why, as a clause. */
  readonly spared?: ReadonlyMap<Resource, string>;
  /** The documents (by `refKey`) as they were kept last. */
  readonly keptByDocument?: ReadonlyMap<string, Json>;
  /** What was applied last; without it, no change says where it comes from. */
  readonly lastApplied?: LastAppliedByIdentity;
}

/**
 * One change for each resource of the unit. An unknown read never becomes a create, an update or a delete: it is reported, and
 * nothing else is concluded from it.
 */
export function planUnit(unit: Unit, readOf: ReadOf, options: PlanUnitOptions): PlannedUnit {
  const read = readOf(unit.ref);
  const referenceProblems = unit.resources.flatMap((resource) => checkReferences(resource, readOf));
  if (read.state === "unknown") return { ...reportUnknown(unit, read.reason), referenceProblems };
  const found = read.state === "present" ? read : undefined;
  const isHomeless = unit.resources.length > 0 && !unit.resources.some((resource) => resource.createsDocument);
  if (found === undefined && isHomeless) return { ...reportHomeless(unit), referenceProblems };
  return { ...planMembers(unit, found, options), referenceProblems };
}

function checkReferences(resource: Resource, readOf: ReadOf): readonly ResourceProblem[] {
  const unread = resource.references.flatMap(({ ref, path }): Problem[] => {
    const read = readOf(ref);
    if (read.state !== "unknown") return [];
    const message = `whether ${ref.type} "${ref.id}" exists is unknown: ${read.reason}`;
    return [{ rule: "live/unknown", path, message, hint: "Nothing is written while this is unknown." }];
  });
  return [...unread, ...resource.checkReferences(readOf)].map((problem) => ({ resource, problem }));
}

type PlannedMembers = Omit<PlannedUnit, "referenceProblems">;

function planMembers(unit: Unit, found: LiveDocument | undefined, options: PlanUnitOptions): PlannedMembers {
  const document = found?.document;
  const isStaying = (leaver: Resource) => !options.prune || options.spared?.has(leaver) === true;
  const remaining = { ...unit, leaving: unit.leaving.filter(isStaying) };
  const problems = unit.resources.flatMap((resource) =>
    resource.checkDocument(document, siblingsOf(remaining, resource)).map((problem) => ({ resource, problem })),
  );
  const members = [
    ...unit.resources.map((resource) => planResource(unit, resource, found, options)),
    ...unit.leaving.map((resource) => planLeaving(unit, resource, found, options)),
  ];
  const changes = members.flatMap(({ planned }) => planned ?? []);
  return { changes, isUnknown: false, problems, replaced: members.flatMap(({ replaced }) => replaced) };
}

interface PlannedMember {
  /** undefined where there is nothing to do and nothing to say. */
  readonly planned: PlannedChange | undefined;
  readonly replaced: readonly Replaced[];
}

/**
 * What no manifest asks for any more is reported, and deleted only when that is asked for. What is gone already is no change, and
 * a document in which others stay is not deleted under them.
 */
function planLeaving(
  unit: Unit,
  resource: Resource,
  found: LiveDocument | undefined,
  { prune, leavingNote = ORPHANED, spared = NONE, keptByDocument, lastApplied }: PlanUnitOptions,
): PlannedMember {
  const { document, version: liveVersion = null, changed } = found ?? {};
  const siblings = siblingsOf(unit, resource);
  const livePart = document === undefined ? undefined : resource.live(document, siblings);
  if (document === undefined || livePart === undefined) return { planned: undefined, replaced: [] };
  const replaced = replacedBy(diffOwned(livePart, resource.desired(siblings)));
  const reported = (note: string) => ({ planned: report(resource, note, liveVersion), replaced });
  const [tenant] = unit.resources;
  if (tenant !== undefined && resource.remove(document, siblings) === undefined) {
    return reported(`orphaned, but kept: ${tenant.kind} ${tenant.name} lives in it`);
  }
  const reason =
    whyKept(resource, document, siblings, keptByDocument?.get(refKey(unit.ref))) ??
    spared.get(resource) ??
    findLeftBehind(unit, resource, document, spared);
  if (reason !== undefined) return reported(`orphaned, but kept: ${reason}`);
  if (!prune) return reported(leavingNote);
  const patch = [{ op: "remove", path: "" }] as const;
  const told = { live: livePart, desired: undefined, patch };
  const notes = describeCompany(resource, document, siblings);
  const drift = findDrift({ resource, siblings, document, live: livePart, desired: undefined, changed }, lastApplied);
  const difference = { patch, live: { "": livePart }, liveVersion };
  const change = {
    ...nameOf(resource),
    action: "delete",
    ...tellEffects(resource, told),
    ...difference,
    notes,
    drift,
  } as const;
  return { planned: { change, told, resource }, replaced };
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

const NONE: ReadonlyMap<Resource, string> = new Map();

/** Why what is spared would not stay as it is, were the resource deleted; undefined where it would. */
function findLeftBehind(
  unit: Unit,
  resource: Resource,
  document: JsonObject,
  spared: ReadonlyMap<Resource, string>,
): string | undefined {
  const staying = unit.leaving.filter((other) => other !== resource && spared.has(other));
  const [first] = staying;
  if (first === undefined) return undefined;
  const rest = resource.remove(document, siblingsOf(unit, resource));
  // Also where it is gone: that may be undone by the time of the write.
  if (rest === undefined) return `${first.kind} ${first.name} belongs to it, and is kept`;
  const changed = staying.find((other) => {
    const [before, after] = [document, rest].map((one) => other.live(one, siblingsOf(unit, other)));
    return !isSameOrAbsent(before, after);
  });
  return changed && `${changed.kind} ${changed.name} would change with it, and is kept`;
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
  { lastApplied }: PlanUnitOptions,
): PlannedMember {
  const { document, version: liveVersion = null, changed } = found ?? {};
  const siblings = siblingsOf(unit, resource);
  const livePart = document === undefined ? undefined : resource.live(document, siblings);
  const desired = resource.desired(siblings);
  const { patch, live } = diffOwned(livePart, desired);
  const isAsDesired = patch.length === 0 && resource.rotation === undefined;
  const action = livePart === undefined ? "create" : isAsDesired ? "unchanged" : "update";
  const told = action === "unchanged" ? undefined : { live: livePart, desired, patch };
  const isAdded = action === "create" && document !== undefined;
  const notes = [
    ...(isAdded ? [`added to ${unit.ref.type} ${unit.ref.id}, which is live`] : []),
    ...(action === "update" && resource.rotation !== undefined ? [resource.rotation] : []),
  ];
  const drift =
    action === "unchanged"
      ? null
      : findDrift({ resource, siblings, document, live: livePart, desired, changed }, lastApplied);
  const effects = told === undefined ? NO_EFFECTS : tellEffects(resource, told);
  const change: Change = { ...nameOf(resource), action, ...effects, patch, live, liveVersion, notes, drift };
  return { planned: { change, told, resource }, replaced: replacedBy({ patch, live }) };
}

const NO_EFFECTS = { impact: null, effects: [] } as const;

function reportUnknown(unit: Unit, reason: string): PlannedMembers {
  const changes = membersOf(unit).map((resource) => report(resource, `unknown: ${reason}`));
  return { changes, isUnknown: true, problems: [], replaced: [] };
}

/** Resources that only live in documents of others cannot be created where there is no document. */
function reportHomeless(unit: Unit): PlannedMembers {
  const { type, id } = unit.ref;
  const message = `${type} "${id}" does not exist on the tenant`;
  const hint = `Name a ${type} that is live, or describe it in a manifest of its own.`;
  return {
    changes: unit.resources.map((resource) => report(resource, message)),
    isUnknown: false,
    replaced: [],
    problems: unit.resources.map((resource) => ({
      resource,
      problem: { rule: "live/unknown-document", path: resource.targetPath, message, hint },
    })),
  };
}

/** Something to say of a resource, with nothing to do. */
export function report(resource: Resource, note: string, liveVersion: Change["liveVersion"] = null): PlannedChange {
  const nothing = { ...NO_EFFECTS, patch: [], live: {}, liveVersion };
  const change = { ...nameOf(resource), action: "report", ...nothing, notes: [note], drift: null } as const;
  return { change, told: undefined, resource };
}

function nameOf(resource: Resource): Pick<Change, "kind" | "name" | "id" | "document"> {
  return { kind: resource.kind, name: resource.name, id: resource.id, document: resource.target };
}
