/**
 * What callers notice when one version of a flow takes the place of another. Everything here is found by following calls through both
 * versions, never by reading a patch: a condition that is only spelt otherwise is no difference, and a moved digit is one.
 */
import { compareFields, type FieldChange } from "../model/field-changes.ts";
import { compareText } from "../model/finding.ts";
import { type CallFlow, endsProperly } from "./call-flow.ts";
import type { Budget } from "./classes.ts";
import { type Divergence, findDivergences } from "./divergence.ts";
import { findRenames, type Renames, renameNodes } from "./renames.ts";
import { type CallEnd, findWays, type Ways } from "./ways.ts";

/** How many conditions one comparison evaluates before it says that it was cut. Flows of 50 connections need some thousands. */
export const MOST_EVALUATIONS = 1_000_000;

export interface CallImpact {
  /** Nodes that are only called something else. Everything below calls them by their new names. */
  readonly renames: Renames;
  /** Set where calls begin elsewhere, or where one version does not say where. */
  readonly start: { readonly live: string | undefined; readonly desired: string | undefined } | undefined;
  readonly divergences: readonly DivergenceWithEnds[];
  /** Nodes that calls came to, and do not any more; sorted. */
  readonly lost: readonly string[];
  /** Nodes that calls come to now; sorted. */
  readonly gained: readonly string[];
  /** Nodes that calls come to in both versions, and that are of another type now, or were not there at all; sorted. */
  readonly retyped: readonly RetypedNode[];
  /** What is set otherwise at nodes that calls come to in both versions; sorted by node, then property. */
  readonly altered: readonly AlteredProperty[];
  /** Not every class of calls was looked at, so that there may be more than this. */
  readonly isCut: boolean;
}

export interface RetypedNode {
  readonly node: string;
  /** undefined where a connection leads to a node that the version does not have. */
  readonly live: string | undefined;
  readonly desired: string | undefined;
}

export interface AlteredProperty extends FieldChange {
  readonly node: string;
}

export interface DivergenceWithEnds extends Divergence {
  /** Where the calls ended, and where they end now. */
  readonly liveEnds: readonly CallEnd[];
  readonly desiredEnds: readonly CallEnd[];
  /** New nodes that calls now pass before they go on as before. */
  readonly inserted: readonly string[];
  /** Nodes that calls passed, and skip now. */
  readonly skipped: readonly string[];
}

export function compareCalls(live: CallFlow, desired: CallFlow): CallImpact {
  const renames = findRenames(live, desired);
  const budget: Budget = { evaluations: MOST_EVALUATIONS };
  const before = findWays(renameNodes(live, renames), budget);
  const after = findWays(desired, budget);
  const { divergences, isCut } = findDivergences(before, after, budget);
  const ends = divergences.map((divergence) => withEnds(divergence, before, after));
  return {
    renames,
    start: compareStarts(before, after),
    divergences: ends,
    // Where it is not clear where calls begin, it is not clear either what they come to.
    lost: desired.start === undefined ? [] : without(before.reached, after.reached),
    gained: live.start === undefined ? [] : without(after.reached, before.reached),
    retyped: findRetyped(before, after),
    altered: findAltered(before, after),
    isCut: isCut || before.wasCut() || after.wasCut(),
  };
}

/** True when a caller can notice something of what the comparison found. */
export function isNoticed({ start, divergences, lost, gained, retyped, altered, isCut }: CallImpact): boolean {
  return start !== undefined || isCut || [divergences, lost, gained, retyped, altered].some(({ length }) => length > 0);
}

function compareStarts(before: Ways, after: Ways): CallImpact["start"] {
  const [live, desired] = [before.flow.start, after.flow.start];
  return live === desired ? undefined : { live, desired };
}

function without(nodes: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] {
  return [...nodes].filter((node) => !others.has(node)).sort(compareText);
}

function findRetyped(before: Ways, after: Ways): CallImpact["retyped"] {
  return [...before.reached].sort(compareText).flatMap((node) => {
    const [live, desired] = [before.flow.nodes.get(node)?.type, after.flow.nodes.get(node)?.type];
    return after.reached.has(node) && live !== desired ? [{ node, live, desired }] : [];
  });
}

function findAltered(before: Ways, after: Ways): readonly AlteredProperty[] {
  return [...before.reached].sort(compareText).flatMap((node) => {
    const [live, desired] = [before.flow.nodes.get(node), after.flow.nodes.get(node)];
    if (!after.reached.has(node) || live === undefined || desired === undefined) return [];
    const changes = compareFields({ ...live.properties }, { ...desired.properties });
    return changes.map((change) => ({ node, ...change }));
  });
}

function withEnds(divergence: Divergence, before: Ways, after: Ways): DivergenceWithEnds {
  const { node, live, desired } = divergence;
  return {
    ...divergence,
    liveEnds: endsOf(node, live, before),
    desiredEnds: endsOf(node, desired, after),
    inserted: findDetour(desired, live, after, before),
    skipped: findDetour(live, desired, before, after),
  };
}

function endsOf(node: string, targets: readonly string[], ways: Ways): readonly CallEnd[] {
  if (targets.length === 0) return [{ node, isCutOff: !endsProperly(ways.flow, node) }];
  const ends = targets.flatMap((target) => ways.endsFrom(target));
  const unique = new Map(ends.map((end) => [`${end.node} ${end.isCutOff}`, end]));
  return [...unique.values()].sort((left, right) => compareText(left.node, right.node));
}

/** A longer one is no detour that anybody would call so. */
const LONGEST_DETOUR = 50;

/**
 * The nodes of a detour, in their order: nodes that only the one version leads calls through, one after the other with no choice, until
 * they come to where they went directly in the other. Empty when the way is no such detour.
 */
function findDetour(
  from: readonly string[],
  to: readonly string[],
  ways: Pick<Ways, "exitsOf">,
  others: Pick<Ways, "reached">,
): readonly string[] {
  const [goal, anotherGoal] = to;
  const passed = new Set<string>();
  let next = from;
  for (;;) {
    const [node, another] = next;
    if (node === undefined || another !== undefined || goal === undefined || anotherGoal !== undefined) return [];
    if (node === goal) return [...passed];
    if (others.reached.has(node) || passed.has(node) || passed.size >= LONGEST_DETOUR) return [];
    passed.add(node);
    const exits = ways.exitsOf(node);
    next = exits.stops ? [] : exits.targets;
  }
}
