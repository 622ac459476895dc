/**
 * Whether the document that a plan leaves behind is whole. Each resource of a document is asked about what is live; only all of their changes
 * together, composed as they are to be sent, show that one takes away what another counts on. Pure.
 *
 *   what is left                                              found by
 *   a manifest names a neighbour that is leaving              its `checkDocument`, asked of what is left
 *   a transition leads to or from what is no node any more    `checkComposed`: what is not deleted, or comes back, still leads there
 *   a manifest's part is not as git asks for it, or not as    `live/undone`
 *   it was, where it is held back
 *
 * What is broken live already is nothing that the plan does.
 */
import type { Resource } from "../kinds/kind.ts";
import { hasErrors, locate, type Problem } from "../model/finding.ts";
import { isSameJson, type Json, type JsonObject } from "../model/json.ts";
import type { LiveDocument } from "../model/live.ts";
import { type Change, isHeld } from "../model/plan.ts";
import { applySeverities, type RuleSeverities } from "../model/severity.ts";
import { findIntruder } from "./hindered.ts";
import { composeParts, type Part, partsOf } from "./part.ts";
import { identityOf } from "./resource-identity.ts";
import { membersOf, siblingsOf, type Unit } from "./units.ts";

export interface ResourceProblem {
  readonly resource: Resource;
  readonly problem: Problem;
}

export interface LeftInput {
  readonly unit: Unit;
  /** The plan's changes by identity, those that are held back as reports. */
  readonly changes: ReadonlyMap<string, Change>;
  /** The document as it is live; undefined when there is none. */
  readonly base: LiveDocument | undefined;
  /** What was found about the unit's resources one by one. With an error in it, nothing will be written. */
  readonly known: readonly ResourceProblem[];
  readonly severities: RuleSeverities;
}

/** What would be broken in the document once the unit's changes are written; empty while they are not going to be. */
export function checkLeftDocument(input: LeftInput): readonly ResourceProblem[] {
  const { unit, changes, base, known, severities } = input;
  if (hasErrorsAmong(known, severities)) return [];
  const parts = partsOf(unit, changes, base);
  const left = composeParts(parts, base?.document);
  if (parts.length === 0 || left === undefined) return [];
  const isShared = membersOf(unit).length > 1;
  const lacking = isShared ? findLacking(unit, left, known) : [];
  if (hasErrorsAmong(lacking, severities)) return lacking;
  return [...lacking, ...findLooseEnds(input, parts, left), ...(isShared ? findUndone(input, parts, left) : [])];
}

function hasErrorsAmong(problems: readonly ResourceProblem[], severities: RuleSeverities): boolean {
  const located = problems.map(({ resource, problem }) => locate(problem, resource.source));
  return hasErrors(applySeverities(located, severities));
}

/** What manifests lack in what is left, and do not lack live. What the `live/` rules ask is asked of the tenant's own document alone. */
function findLacking(unit: Unit, left: JsonObject, known: readonly ResourceProblem[]): readonly ResourceProblem[] {
  const staying = { ...unit, leaving: [] };
  const before = new Set(known.map(({ resource, problem }) => `${identityOf(resource)} ${problem.message}`));
  return unit.resources.flatMap((resource) =>
    resource
      .checkDocument(left, siblingsOf(staying, resource))
      .filter(({ rule, message }) => !rule.startsWith("live/") && !before.has(`${identityOf(resource)} ${message}`))
      .map((problem) => ({ resource, problem })),
  );
}

function findLooseEnds(
  { unit, base }: LeftInput,
  parts: readonly Part[],
  left: JsonObject,
): readonly ResourceProblem[] {
  const resource = parts[0]?.resource;
  if (resource === undefined) return [];
  const before = new Set(base && resource.checkComposed(base.document).map(({ message }) => message));
  const broken = resource.checkComposed(left).filter(({ message }) => !before.has(message));
  return broken.map((problem) => {
    const orphan = unit.leaving.find((leaver) => isMendedWithout(leaver, siblingsOf(unit, leaver), left, problem));
    if (orphan === undefined) return { resource, problem };
    const why = `no manifest describes ${orphan.kind} "${orphan.name}" any more, and it is still live`;
    const hint = `${why}: run with --prune, or keep what it leads to and from until it is gone.`;
    return { resource, problem: { ...problem, hint } };
  });
}

function isMendedWithout(
  leaver: Resource,
  siblings: readonly Resource[],
  left: JsonObject,
  { message }: Problem,
): boolean {
  const rest = leaver.remove(left, siblings);
  return rest !== undefined && leaver.checkComposed(rest).every((problem) => problem.message !== message);
}

/** Manifests whose part would not be as they ask for it, or as it is where it is held back, because of what others of the document change. */
function findUndone(
  { unit, changes, base }: LeftInput,
  parts: readonly Part[],
  left: JsonObject,
): readonly ResourceProblem[] {
  return unit.resources.flatMap((resource): ResourceProblem[] => {
    const siblings = siblingsOf(unit, resource);
    const change = changes.get(identityOf(resource));
    const wanted = change && findWanted(change, resource, siblings, base);
    const found = resource.live(left, siblings);
    if (wanted === undefined || (found !== undefined && isSameJson(found, wanted))) return [];
    const others = parts.filter((part) => part.resource !== resource);
    const intruder = findIntruder({ unit, parts: others, held: [resource], base })?.part ?? others[0];
    const what = intruder === undefined ? "this plan" : describePart(intruder);
    const message = `${what} would change what this manifest decides in the same document`;
    const hint = "Let both ask for the same, or take out of this manifest what is to go.";
    return [{ resource, problem: { rule: "live/undone", path: resource.targetPath, message, hint } }];
  });
}

/** How the part is to be afterwards; undefined where nobody can say. */
function findWanted(
  change: Change,
  resource: Resource,
  siblings: readonly Resource[],
  base: LiveDocument | undefined,
): Json | undefined {
  if (change.action !== "report") return resource.desired(siblings);
  return isHeld(change) && base !== undefined ? resource.live(base.document, siblings) : undefined;
}

function describePart({ change, resource }: Part): string {
  return `the ${change.action} of ${resource.kind} "${resource.name}"`;
}
