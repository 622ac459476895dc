import type { Scalar } from "../conditions/condition.ts";
import { pathsOf } from "../conditions/evaluate.ts";
import {
  type CallConnection,
  type CallFlow,
  chooseConnections,
  connectionsFrom,
  endsProperly,
  targetsOf,
} from "./call-flow.ts";

/**
 * What one call brings with it: the value of each name, the same at every node. A list holds the answers that a caller gives one
 * after the other: each node that asks for the name takes the next, and after the last one the caller says nothing more.
 */
export type Given = Readonly<Record<string, Scalar | readonly Scalar[]>>;

/** One node of the way, and the connection by which the call left it. */
export interface RouteStep {
  readonly node: string;
  /** undefined at the last node. */
  readonly taken: CallConnection | undefined;
  /** What the names that were asked for here were worth; without those that had no value. */
  readonly values: ReadonlyMap<string, Scalar>;
}

/**
 * Why a call goes no further.
 *
 *   ended         no connection can be taken, and the node is terminal, as it should be
 *   cut-off       no connection can be taken, and the node is not terminal
 *   undetermined  several connections to different nodes can be taken (`candidates`)
 *   lost          a connection leads to a node that the flow does not have
 *   endless       the call comes to a node that it has passed already (only live flows can have cycles)
 *   no-start      the flow does not say where calls begin
 */
export type RouteEnd =
  | { readonly how: "ended" | "cut-off" | "lost" | "endless" | "no-start" }
  | { readonly how: "undetermined"; readonly candidates: readonly CallConnection[] };

export interface Route {
  readonly steps: readonly RouteStep[];
  readonly end: RouteEnd;
}

/** The way of one call through a flow. Never throws, and ends on any graph. */
export function followCall(flow: CallFlow, given: Given): Route {
  if (flow.start === undefined) return { steps: [], end: { how: "no-start" } };
  const answers = new Answers(given);
  const steps: RouteStep[] = [];
  const passed = new Set<string>();
  let node = flow.start;
  for (;;) {
    if (passed.has(node)) return { steps, end: { how: "endless" } };
    passed.add(node);
    const type = flow.nodes.get(node)?.type;
    if (type === undefined) return { steps, end: { how: "lost" } };
    const connections = connectionsFrom(flow, node);
    const values = answers.take(askedAt(connections));
    const taken = chooseConnections(connections, (path) => values.get(path)) ?? [];
    const [target, another] = targetsOf(taken);
    const isDecided = target !== undefined && another === undefined;
    steps.push({ node, taken: isDecided ? taken[0] : undefined, values });
    if (another !== undefined) return { steps, end: { how: "undetermined", candidates: taken } };
    if (target === undefined) {
      return { steps, end: { how: endsProperly(flow, node) ? "ended" : "cut-off" } };
    }
    node = target;
  }
}

/** Every name that the connections of one node ask for, sorted. */
export function askedAt(connections: readonly CallConnection[]): readonly string[] {
  return [...new Set(connections.flatMap(({ condition }) => pathsOf(condition)))].sort();
}

/** Hands out the values of one call, node by node. */
class Answers {
  readonly #given: ReadonlyMap<string, Scalar | readonly Scalar[]>;
  readonly #used = new Map<string, number>();

  constructor(given: Given) {
    this.#given = new Map(Object.entries(given));
  }

  take(paths: readonly string[]): ReadonlyMap<string, Scalar> {
    const values = paths.flatMap((path): [string, Scalar][] => {
      const given = this.#given.get(path);
      if (given === undefined) return [];
      if (typeof given !== "object") return [[path, given]];
      const used = this.#used.get(path) ?? 0;
      this.#used.set(path, used + 1);
      const answer = given[used];
      // An empty answer is a caller who says nothing.
      return answer === undefined || answer === "" ? [] : [[path, answer]];
    });
    return new Map(values);
  }
}
