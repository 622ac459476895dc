/**
 * Nodes that are only called something else. A node that is gone and one that is new are the same when they have the same type and the
 * same properties, when no other pair of them has, and when every connection that touches the one touches the other in the same way.
 * Callers cannot tell such nodes apart; without this, a reviewer would read that every call to the node goes elsewhere.
 */
import { canonicalJson } from "../model/json.ts";
import { allConnections, type CallConnection, type CallFlow, type CallNode } from "./call-flow.ts";

/** The node's new id by its live one. */
export type Renames = ReadonlyMap<string, string>;

export function findRenames(live: CallFlow, desired: CallFlow): Renames {
  const gone = [...live.nodes.values()].filter(({ id }) => !desired.nodes.has(id));
  const come = Map.groupBy(
    [...desired.nodes.values()].filter(({ id }) => !live.nodes.has(id)),
    contentOf,
  );
  const pairs = [...Map.groupBy(gone, contentOf)].flatMap(([content, [node, another]]): [string, string][] => {
    const [successor, rival] = come.get(content) ?? [];
    const isUnique = node !== undefined && another === undefined && successor !== undefined && rival === undefined;
    return isUnique ? [[node.id, successor.id]] : [];
  });
  return keepWired(new Map(pairs), live, desired);
}

/** Drops pairs until every one that is left is connected alike, under the names that the others get. */
function keepWired(pairs: Renames, live: CallFlow, desired: CallFlow): Renames {
  const wired = new Map(
    [...pairs].filter(([from, to]) => wiringOf(from, live, pairs) === wiringOf(to, desired, new Map())),
  );
  return wired.size === pairs.size ? wired : keepWired(wired, live, desired);
}

function wiringOf(node: string, flow: CallFlow, renames: Renames): string {
  const own = allConnections(flow).filter(({ from, to }) => from === node || to === node);
  const texts = own.map((connection) => {
    const { from, to, text, type } = renameEnds(connection, renames);
    return JSON.stringify([from, to, text, type]);
  });
  return texts.sort().join("\n");
}

function contentOf({ type, properties }: CallNode): string {
  return canonicalJson({ type, properties: { ...properties } });
}

/** The flow with its nodes called as they will be. */
export function renameNodes(flow: CallFlow, renames: Renames): CallFlow {
  if (renames.size === 0) return flow;
  const nodes = [...flow.nodes.values()].map((node) => ({ ...node, id: renames.get(node.id) ?? node.id }));
  const connections = allConnections(flow).map((connection) => renameEnds(connection, renames));
  return {
    start: flow.start === undefined ? undefined : (renames.get(flow.start) ?? flow.start),
    nodes: new Map(nodes.map((node) => [node.id, node])),
    leaving: Map.groupBy(connections, ({ from }) => from),
  };
}

function renameEnds(connection: CallConnection, renames: Renames): CallConnection {
  const { from, to } = connection;
  return { ...connection, from: renames.get(from) ?? from, to: renames.get(to) ?? to };
}
