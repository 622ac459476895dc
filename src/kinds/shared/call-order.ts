/** The order in which a file reads like the call: from the start, breadth first; then what nothing leads to, by id. */
import { canonicalCondition } from "../../conditions/print.ts";
import { compareText } from "../../model/finding.ts";
import { type Json, type JsonObject, objectsAt, stringAt } from "../../model/json.ts";
import { ALWAYS, type LiveEdge } from "./edges.ts";

/** An edge that may say what it is for, as a flow's do. */
interface OrderedEdge extends LiveEdge {
  readonly type?: Json;
}

export interface CallOrder<E> {
  readonly nodes: readonly JsonObject[];
  readonly edges: readonly E[];
}

/** A document's nodes and edges in this order, whatever order the tenant sends them in. */
export function inCallOrder<E extends OrderedEdge>(document: JsonObject, edges: readonly E[]): CallOrder<E> {
  const nodes = objectsAt(document, "nodes").toSorted((left, right) => compareText(idOf(left), idOf(right)));
  // Weighed once: a condition has to be parsed for it.
  const weights = new Map(edges.map((edge) => [edge, weightOf(edge)]));
  const sorted = edges.toSorted((left, right) => {
    return (weights.get(left) ?? 0) - (weights.get(right) ?? 0) || compareEdges(left, right);
  });
  const rankById = new Map(walk(nodes, sorted).map((id, rank) => [id, rank]));
  const rankOf = (id: string) => rankById.get(id) ?? rankById.size;
  return {
    nodes: nodes.toSorted((left, right) => rankOf(idOf(left)) - rankOf(idOf(right))),
    edges: sorted.toSorted((left, right) => rankOf(left.from) - rankOf(right.from)),
  };
}

function walk(nodes: readonly JsonObject[], edges: readonly OrderedEdge[]): readonly string[] {
  const leaving = Map.groupBy(edges, ({ from }) => from);
  const known = new Set(nodes.map(idOf));
  const found = new Set(findStarts(nodes, edges));
  // A set that grows while it is walked through is walked to its end.
  for (const id of found) for (const { to } of leaving.get(id) ?? []) if (known.has(to)) found.add(to);
  return [...new Set([...found, ...known])];
}

function findStarts(nodes: readonly JsonObject[], edges: readonly OrderedEdge[]): readonly string[] {
  const starts = nodes.filter((node) => stringAt(node, "type") === "start").map(idOf);
  if (starts.length > 0) return starts;
  const reached = new Set(edges.map(({ to }) => to));
  return nodes.map(idOf).filter((id) => !reached.has(id));
}

function idOf(node: JsonObject): string {
  return stringAt(node, "id") ?? "";
}

function compareEdges(left: OrderedEdge, right: OrderedEdge): number {
  return (
    compareText(left.condition, right.condition) ||
    compareText(left.to, right.to) ||
    compareText(left.from, right.from) ||
    compareText(left.id ?? "", right.id ?? "")
  );
}

/** Of one node's edges those that ask for something come first, those that take the rest last. */
function weightOf({ type, condition }: OrderedEdge): number {
  if (type === "fallback") return 2;
  return canonicalCondition(condition) === ALWAYS ? 1 : 0;
}
