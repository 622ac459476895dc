/** Where calls can get to in one version of a flow, and where they can end. */
import { compareText } from "../model/finding.ts";
import { type CallFlow, connectionsFrom, endsProperly, targetsOf } from "./call-flow.ts";
import { type Budget, classifyCalls } from "./classes.ts";

/** What can become of calls at one node. */
export interface Exits {
  /** The nodes that some call goes on to, sorted. */
  readonly targets: readonly string[];
  /** Some call can take no connection here: it ends, or is cut off. */
  readonly stops: boolean;
}

/** Where a call ends: at a terminal node, or cut off at another. */
export interface CallEnd {
  readonly node: string;
  readonly isCutOff: boolean;
}

/** One version of a flow, looked at as a whole. */
export interface Ways {
  readonly flow: CallFlow;
  /** Every node that some call comes to, if the flow says where calls begin. */
  readonly reached: ReadonlySet<string>;
  /** Where calls that come to a node can end, sorted by node. Calls that go round in circles end nowhere. */
  endsFrom(node: string): readonly CallEnd[];
  exitsOf(node: string): Exits;
  /** The budget did not suffice for a node that was asked about so far; of such a node everything is taken for possible. */
  wasCut(): boolean;
}

export function findWays(flow: CallFlow, budget: Budget): Ways {
  let isCut = false;
  const exitsOf = remember((node) => {
    const found = findExits(flow, node, budget);
    isCut ||= found.isCut;
    return found;
  });
  const reached = flow.start === undefined ? new Set<string>() : reachFrom(flow.start, exitsOf);
  return {
    flow,
    reached,
    exitsOf,
    wasCut: () => isCut,
    endsFrom: remember((node) =>
      [...reachFrom(node, exitsOf)]
        .flatMap((one): readonly CallEnd[] => {
          return exitsOf(one).stops ? [{ node: one, isCutOff: !endsProperly(flow, one) }] : [];
        })
        .sort((left, right) => compareText(left.node, right.node)),
    ),
  };
}

/** Each node is asked about once. */
function remember<T>(find: (node: string) => T): (node: string) => T {
  const found = new Map<string, T>();
  return (node) => {
    const known = found.get(node);
    if (known !== undefined) return known;
    const value = find(node);
    found.set(node, value);
    return value;
  };
}

function reachFrom(start: string, exitsOf: (node: string) => Exits): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const node of reached) for (const target of exitsOf(node).targets) reached.add(target);
  return reached;
}

function findExits(flow: CallFlow, node: string, budget: Budget): Exits & { readonly isCut: boolean } {
  const connections = connectionsFrom(flow, node);
  if (connections.length === 0) return { targets: [], stops: true, isCut: false };
  const { classes, isCut } = classifyCalls([connections], budget);
  // What was not looked at may be taken; to leave it out would be to say that nobody gets there.
  if (isCut) return { targets: targetsOf(connections), stops: true, isCut };
  const taken = classes.flatMap(({ chosen }) => chosen[0] ?? []);
  return { targets: targetsOf(taken), stops: classes.some(({ chosen }) => chosen[0]?.length === 0), isCut };
}
