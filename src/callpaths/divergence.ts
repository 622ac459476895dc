/**
 * Where two versions of a flow send the same call different ways.
 *
 * Both are compared node by node, at every node that calls come to in both: what the classes of calls there take in the one and in the
 * other. A call whose way differs at all differs for the first time at such a node, so nothing is missed; and since no node says what
 * holds at another, nothing is told that cannot happen. What lies behind the first difference is compared too, for callers who get there
 * another way.
 */
import { compareText } from "../model/finding.ts";
import { type CallConnection, connectionsFrom, targetsOf } from "./call-flow.ts";
import { type Caller, mergeCallers } from "./callers.ts";
import { type Budget, type CallClass, classifyCalls } from "./classes.ts";
import type { Ways } from "./ways.ts";

/** Calls that come to one node, and now go on elsewhere. */
export interface Divergence {
  readonly node: string;
  /** Which calls: those of any of these groups. */
  readonly callers: readonly Caller[];
  /** Where they went and where they go now, sorted: none when they are cut off, several when it is undetermined where. */
  readonly live: readonly string[];
  readonly desired: readonly string[];
}

export interface Divergences {
  readonly divergences: readonly Divergence[];
  readonly isCut: boolean;
}

export function findDivergences(live: Ways, desired: Ways, budget: Budget): Divergences {
  const nodes = [...live.reached].filter((node) => desired.reached.has(node)).sort(compareText);
  const found = nodes.map((node) => compareAt(node, live, desired, budget));
  return { divergences: found.flatMap(({ divergences }) => divergences), isCut: found.some(({ isCut }) => isCut) };
}

function compareAt(node: string, live: Ways, desired: Ways, budget: Budget): Divergences {
  const versions = [connectionsFrom(live.flow, node), connectionsFrom(desired.flow, node)] as const;
  if (signatureOf(versions[0]) === signatureOf(versions[1])) return { divergences: [], isCut: false };
  const { classes, cells, isCut } = classifyCalls(versions, budget);
  const groups = Map.groupBy(
    classes.filter((one) => waysOf(one, 0) !== waysOf(one, 1)),
    (one) => `${waysOf(one, 0)} ${waysOf(one, 1)}`,
  );
  const divergences = [...groups.values()].map((group) => ({
    node,
    callers: mergeCallers(
      group.map(({ assignment }) => assignment),
      cells,
    ),
    live: targetsOf(group[0]?.chosen[0] ?? []),
    desired: targetsOf(group[0]?.chosen[1] ?? []),
  }));
  return { divergences, isCut };
}

function waysOf({ chosen }: CallClass, version: 0 | 1): string {
  return JSON.stringify(targetsOf(chosen[version] ?? []));
}

/** Equal for connections that cannot differ in what they do with a call. */
function signatureOf(connections: readonly CallConnection[]): string {
  return JSON.stringify(connections.map(({ to, text, type }) => [type, text, to].join("\n")).sort(compareText));
}
