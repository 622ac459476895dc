/** What callers notice, a clause for each. */
import { describeFieldChange } from "../model/field-changes.ts";
import { compareText } from "../model/finding.ts";
import { describeCallers, joinWith } from "./caller-words.ts";
import type { CallImpact, DivergenceWithEnds, RetypedNode } from "./compare.ts";
import type { CallEnd, Ways } from "./ways.ts";

export function describeCallImpact(impact: CallImpact): readonly string[] {
  const { start, divergences, lost, gained, retyped, altered, renames, isCut } = impact;
  return [
    ...(start === undefined ? [] : [describeStart(start)]),
    ...divergences.map(describeDivergence),
    ...retyped.map(describeRetyped),
    ...altered.map((change) => `at ${change.node}, ${describeFieldChange(change)}`),
    ...lost.filter((node) => !isToldBy(divergences, node, "skipped")).map((node) => `${node} can no longer be reached`),
    ...gained.filter((node) => !isToldBy(divergences, node, "inserted")).map((node) => `${node} can now be reached`),
    ...describeRenames(renames),
    ...(isCut
      ? ["there are too many combinations of values to compare them all: callers may notice more than is said here"]
      : []),
  ];
}

function describeStart({ live, desired }: NonNullable<CallImpact["start"]>): string {
  if (desired === undefined) return "it is no longer clear where calls begin";
  if (live === undefined) return `calls now begin at ${desired}; where they began was not clear`;
  return `calls now begin at ${desired} instead of ${live}`;
}

function describeRetyped({ node, live, desired }: RetypedNode): string {
  if (live === undefined) return `${node} is there: calls that came to it were lost`;
  if (desired === undefined) return `${node} is gone, and calls that come to it are lost`;
  return `${node} is now of type ${desired || "(none)"} instead of ${live || "(none)"}`;
}

function describeDivergence(divergence: DivergenceWithEnds): string {
  const { node, callers } = divergence;
  const unless = divergence.unless.length === 0 ? "" : `, unless they go to ${joinWith(divergence.unless, "or")}`;
  return `${describeCallers(callers)} at ${node} ${describeTurn(divergence)}${unless}${describeEnds(divergence)}`;
}

function describeTurn({ live, desired, inserted, skipped, liveEnds, desiredEnds }: DivergenceWithEnds): string {
  const [was, is] = [joinWith(live, "or"), joinWith(desired, "or")];
  if (inserted.length > 0) return `now pass ${joinWith(inserted, "and")} before ${was}`;
  if (skipped.length > 0) return `no longer pass ${joinWith(skipped, "and")} before ${is}`;
  if (desired.length === 0) {
    const stop = isCutOff(desiredEnds) ? "are now cut off" : "now end there";
    return live.length > 1
      ? `${stop} instead of reaching ${was}, undetermined which`
      : `${stop} instead of reaching ${was}`;
  }
  const now = desired.length > 1 ? `now reach ${is}, undetermined which,` : `now reach ${is}`;
  if (live.length === 0) return `${now} instead of ${isCutOff(liveEnds) ? "being cut off" : "ending there"}`;
  return live.length > 1 ? `${now} instead of ${was}, undetermined which` : `${now} instead of ${was}`;
}

function isCutOff(ends: readonly CallEnd[]): boolean {
  return ends.some((end) => end.isCutOff);
}

/** Where calls that come to a node end: "can end at node_a or be cut off at node_b". */
export function describeEndsOf(ways: Ways, node: string): string {
  return sayEnds("can", ways.endsFrom(node));
}

/** Where calls end is worth a word when it changes, and when the nodes they turn to have not said it already. */
function describeEnds({ live, desired, liveEnds, desiredEnds }: DivergenceWithEnds): string {
  const ends = [...liveEnds, ...desiredEnds];
  const isProper = ends.every(({ isCutOff }) => !isCutOff) && liveEnds.length > 0 && desiredEnds.length > 0;
  const isTold = isToldByTurn(live, liveEnds, desiredEnds) && isToldByTurn(desired, desiredEnds, liveEnds);
  if (isTold || sayEnds("can", liveEnds) === sayEnds("can", desiredEnds)) return "";
  const [was, is] = [joinEnds(liveEnds), joinEnds(desiredEnds)];
  if (isProper) return `; their calls then end at ${was === is ? "other nodes" : `${is} instead of ${was}`}`;
  return `; their calls ${sayEnds("can", desiredEnds)}, and before ${sayEnds("could", liveEnds)}`;
}

/** True when the node that calls turn to is where they end; or when the others are cut off on the spot, and these end properly. */
function isToldByTurn(targets: readonly string[], ends: readonly CallEnd[], others: readonly CallEnd[]): boolean {
  const [end, another] = ends;
  const isEndItself =
    another === undefined && (targets.length === 0 || (targets.length === 1 && targets[0] === end?.node));
  const areOthersCutOff = others.length === 1 && isCutOff(others);
  return isEndItself || (areOthersCutOff && ends.length > 0 && ends.every(({ isCutOff }) => !isCutOff));
}

function sayEnds(verb: "can" | "could", ends: readonly CallEnd[]): string {
  if (ends.length === 0) return `${verb} go round for ever`;
  const [ended, cutOff] = [ends.filter(({ isCutOff }) => !isCutOff), ends.filter(({ isCutOff }) => isCutOff)];
  const told = [
    ...(ended.length === 0 ? [] : [`end at ${joinEnds(ended)}`]),
    ...(cutOff.length === 0 ? [] : [`be cut off at ${joinEnds(cutOff)}`]),
  ];
  return `${verb} ${joinWith(told, "or")}`;
}

/** More ends than these are not read; the picture shows them. */
const MOST_ENDS = 4;

function joinEnds(ends: readonly CallEnd[]): string {
  const nodes = [...new Set(ends.map(({ node }) => node))];
  return nodes.length > MOST_ENDS ? `one of ${nodes.length} nodes` : joinWith(nodes, "or");
}

function isToldBy(divergences: readonly DivergenceWithEnds[], node: string, as: "inserted" | "skipped"): boolean {
  return divergences.some((divergence) => divergence[as].includes(node));
}

function describeRenames(renames: CallImpact["renames"]): readonly string[] {
  return [...renames]
    .sort(([left], [right]) => compareText(left, right))
    .map(([from, to]) => `${from} is now called ${to}, which callers do not notice`);
}
