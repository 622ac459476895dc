/**
 * A workflow's one shape for comparing: `{name, nodes: {ID: {type, properties}}, transitions: {ID: {source, target, condition}}}`,
 * without what EmailNode manifests decide.
 */
import { canonicalCondition } from "../../conditions/print.ts";
import { type Json, type JsonObject, objectFrom, objectsAt, stringAt, valueAt } from "../../model/json.ts";
import {
  type ChooseEdgeId,
  type Edge,
  keyLiveEdges,
  type LiveEdge,
  makeChooseEdgeId,
  matchEdges,
  readCondition,
} from "../shared/edges.ts";
import { composeNodes, desiredNodes, liveNodes } from "../shared/nodes.ts";
import type { WorkflowSpec } from "./schema.ts";
import type { OthersParts } from "./transitions.ts";

export function desiredWorkflow(spec: WorkflowSpec, transitions: readonly Edge[]): Json {
  return {
    name: spec.name,
    nodes: desiredNodes(spec.nodes),
    transitions: objectFrom(transitions.map((edge) => [edge.id, canonicalTransition(edge)])),
  };
}

export function liveWorkflow(
  document: JsonObject,
  spec: WorkflowSpec,
  transitions: readonly Edge[],
  others: OthersParts,
): Json {
  // Counted without the transitions of others, so that what they add or remove changes no name here.
  const owned = liveTransitions(document)
    .filter((edge) => !others.hasTransition(edge))
    .map((edge, index) => ({ ...edge, index }));
  const matches = matchEdges(owned, transitions);
  return {
    name: valueAt(document, "name") ?? null,
    nodes: liveNodes(document, spec.nodes, others.hasNode),
    transitions: objectFrom(
      keyLiveEdges("transition", owned, matches).map(([key, edge]) => [key, canonicalTransition(edge)]),
    ),
  };
}

/** The document with this workflow's name, nodes and transitions; what others decide and the tenant's own fields stay. */
export function composeWorkflow(
  document: JsonObject | undefined,
  id: string,
  spec: WorkflowSpec,
  transitions: readonly Edge[],
  others: OthersParts,
): JsonObject {
  const base = document ?? { id };
  return {
    ...base,
    name: spec.name,
    nodes: composeNodes(base, spec.nodes, others.hasNode),
    transitions: composeTransitions(base, transitions, others),
  };
}

function composeTransitions(
  document: JsonObject,
  transitions: readonly Edge[],
  others: OthersParts,
): readonly JsonObject[] {
  const live = liveTransitions(document);
  const theirs = live.filter((edge) => others.hasTransition(edge));
  const owned = live.filter((edge) => !others.hasTransition(edge));
  const matches = matchEdges(owned, transitions);
  const chooseId = makeChooseEdgeId(
    transitions,
    theirs.flatMap(({ id }) => id ?? []),
  );
  const waiting = new Map(transitions.map((edge) => [edge.id, edge]));
  const kept: JsonObject[] = [];
  for (const [index, raw] of objectsAt(document, "transitions").entries()) {
    const edge = matches.get(index);
    const liveEdge = live[index];
    if (edge !== undefined) {
      waiting.delete(edge.id);
      kept.push(putTransition(raw, edge, chooseId));
    } else if (liveEdge !== undefined && others.hasTransition(liveEdge)) {
      kept.push(raw);
    }
  }
  return [...kept, ...[...waiting.values()].map((edge) => putTransition({}, edge, chooseId))];
}

function putTransition(live: JsonObject, edge: Edge, chooseId: ChooseEdgeId): JsonObject {
  const id = chooseId(edge, stringAt(live, "id"));
  return { ...live, id, source: edge.from, target: edge.to, condition: edge.condition };
}

export function liveTransitions(document: JsonObject): readonly LiveEdge[] {
  return objectsAt(document, "transitions").map((transition, index) => ({
    index,
    id: stringAt(transition, "id"),
    from: stringAt(transition, "source") ?? "",
    to: stringAt(transition, "target") ?? "",
    condition: readCondition(valueAt(transition, "condition")),
  }));
}

function canonicalTransition(edge: { from: string; to: string; condition: string }): Json {
  return { source: edge.from, target: edge.to, condition: canonicalCondition(edge.condition) };
}
