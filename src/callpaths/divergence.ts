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
  /** Where they went and where they go now, sorted: none when they go nowhere, several when it is undetermined where. */
  readonly live: readonly string[];
  readonly desired: readonly string[];
  /**
   * Where some of them may go instead, before and now: another condition holds for them as well, and leads there. Sorted. Only told apart
   * where something else is replaced by something else.
   */
  readonly unless: readonly string[];
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
  const turned = classes.map((one) => ({ ...turnOf(one), assignment: one.assignment }));
  const groups = Map.groupBy(
    turned.filter((one) => nameOf(one.live) !== nameOf(one.desired)),
    (one) => `${nameOf(one.live)} ${nameOf(one.desired)}`,
  );
  const divergences = [...groups.values()].flatMap((group): readonly Divergence[] => {
    const [first] = group;
    if (first === undefined) return [];
    const callers = mergeCallers(
      group.map(({ assignment }) => assignment),
      cells,
    );
    const unless = [...new Set(group.flatMap((one) => one.unless))].sort(compareText);
    return [{ node, callers, live: first.live, desired: first.desired, unless }];
  });
  return { divergences, isCut };
}

type Turn = Pick<Divergence, "live" | "desired" | "unless">;

/** What is possible both before and now is set apart, so that calls which all turn from one node to another are one group. */
function turnOf({ chosen: [live, desired] }: CallClass): Turn {
  const [was, is] = [targetsOf(live ?? []), targetsOf(desired ?? [])];
  const [gone, come] = [was.filter((node) => !is.includes(node)), is.filter((node) => !was.includes(node))];
  if (gone.length === 0 || come.length === 0) return { live: was, desired: is, unless: [] };
  return { live: gone, desired: come, unless: was.filter((node) => is.includes(node)) };
}

function nameOf(nodes: readonly string[]): string {
  return JSON.stringify(nodes);
}

/** Equal for connections that cannot differ in what they do with a call. */
function signatureOf(connections: readonly CallConnection[]): string {
  return JSON.stringify(connections.map(({ to, text, type }) => [type, text, to].join("\n")).sort(compareText));
}
