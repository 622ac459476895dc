/**
 * A flow as a call goes through it, whichever version of it: desired or live.
 *
 * At a node with connections, the call takes the conditional connection whose condition holds; when none does, the default one; when
 * there is none, the fallback. What no source says, and what follows from it here:
 *
 *   - The order of connections means nothing (product specification, section 4). When the conditions of two connections hold at once
 *     and they lead to different nodes, it is undetermined where the call goes, and nothing here pretends to know.
 *   - A connection of type default or fallback asks for nothing as a rule; where a live one has a condition, that must hold too.
 *   - When no connection can be taken the call is cut off.
 *   - What a name is worth may change during a call: a caller presses another key at the next menu. Nothing here concludes from one
 *     node what holds at another.
 */
import type { Condition } from "../conditions/condition.ts";
import { evaluateCondition, type ReadValue } from "../conditions/evaluate.ts";
import { compareText } from "../model/finding.ts";
import type { Json } from "../model/json.ts";

export interface CallFlow {
  /** Where calls begin; undefined when there is no start node, or more than one. */
  readonly start: string | undefined;
  readonly nodes: ReadonlyMap<string, CallNode>;
  /** The connections that leave each node; a node that none leaves has no entry. Their order means nothing. */
  readonly leaving: ReadonlyMap<string, readonly CallConnection[]>;
}

export interface CallNode {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, Json>>;
}

export interface CallConnection {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly condition: Condition;
  /** The condition as people read it. */
  readonly text: string;
  /** Asked in this order: the connections of one type only when none of the types before can be taken. */
  readonly type: "conditional" | "default" | "fallback";
}

const TYPES_IN_ORDER = ["conditional", "default", "fallback"] as const;

/** The node type at which calls end as they should. */
const TERMINAL = "terminal";

/**
 * The connections that a call may take at a node, all of one type: none when it is cut off (or ends there), several when it is
 * undetermined which; null when it hangs on a value that is undecided.
 */
export function chooseConnections(
  connections: readonly CallConnection[],
  read: ReadValue,
): readonly CallConnection[] | null {
  for (const type of TYPES_IN_ORDER) {
    const taken: CallConnection[] = [];
    for (const connection of connections) {
      if (connection.type !== type) continue;
      const holds = evaluateCondition(connection.condition, read);
      if (holds === null) return null;
      if (holds) taken.push(connection);
    }
    if (taken.length > 0) return taken;
  }
  return [];
}

/** Where connections lead to, each node once, sorted. */
export function targetsOf(connections: readonly CallConnection[]): readonly string[] {
  return [...new Set(connections.map(({ to }) => to))].sort(compareText);
}

export function connectionsFrom(flow: CallFlow, node: string): readonly CallConnection[] {
  return flow.leaving.get(node) ?? [];
}

/** Whether a call that takes no connection at a node has ended there; elsewhere it is cut off. */
export function endsProperly(flow: CallFlow, node: string): boolean {
  return flow.nodes.get(node)?.type === TERMINAL;
}

/** Every connection of a flow, whichever node it leaves. */
export function allConnections(flow: CallFlow): readonly CallConnection[] {
  return [...flow.leaving.values()].flat();
}
