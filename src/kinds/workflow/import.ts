import { type JsonObject, stringAt, valueAt } from "../../model/json.ts";
import type { Importing, Remarks, Restated } from "../importing.ts";
import { inCallOrder } from "../shared/call-order.ts";
import type { Edge, LiveEdge } from "../shared/edges.ts";
import { findCredentialConditions, isAlways, namedId, restateEdges, spellCondition } from "../shared/import-edges.ts";
import { importNode, remarksOf, restateNodes, type SaidNode, saidNodes } from "../shared/import-nodes.ts";
import type { SaidItem } from "../shared/sayable.ts";
import { liveTransitions } from "./canonical.ts";
import type { WorkflowSpec } from "./schema.ts";
import { findOthersParts, type OthersParts } from "./transitions.ts";

export const workflowImporting: Importing = {
  documentType: "workflow",
  folder: "workflows",
  importFrom(document, id, siblings) {
    const { nodes, edges } = ownParts(document, findOthersParts(siblings));
    const items = nodes.map(importNode);
    const transitions = edges.map((edge) => sayTransition(id, edge, undefined));
    const spec: JsonObject = {
      name: valueAt(document, "name") ?? null,
      ...(nodes.length > 0 && { nodes: items.map(({ short }) => short) }),
      ...(edges.length > 0 && { transitions: transitions.map(({ short }) => short) }),
    };
    return [{ id, name: id, nameField: "id", spec, remarks: remarksOn(items, transitions) }];
  },
};

/** A workflow's manifest as it would describe a live workflow, without what EmailNode manifests decide in it. */
export function restateWorkflow(
  document: JsonObject,
  owner: string,
  spec: WorkflowSpec,
  transitions: readonly Edge[],
  others: OthersParts,
): Restated {
  const live = ownParts(document, others);
  const nodes = restateNodes(live.nodes, spec.nodes);
  const edges = restateEdges(live.edges, transitions, (edge, desired) => sayTransition(owner, edge, desired));
  const head = {
    ...(spec.id !== undefined && { id: spec.id }),
    name: valueAt(document, "name") ?? null,
  };
  return {
    said: { ...head, name: spec.name, nodes: saidNodes(spec.nodes), transitions: transitions.map(saidTransition) },
    live: { ...head, nodes: nodes.map(({ full }) => full), transitions: edges.map(({ full }) => full) },
    // A list that neither has is not brought in: the manifest may leave it out.
    short: {
      ...head,
      ...(nodes.length + spec.nodes.length > 0 && { nodes: nodes.map(({ short }) => short) }),
      ...(edges.length + transitions.length > 0 && { transitions: edges.map(({ short }) => short) }),
    },
    remarks: remarksOn(nodes, edges),
  };
}

function remarksOn(nodes: readonly SaidNode[], transitions: readonly SaidItem[]): Remarks {
  const remarks = remarksOf(nodes);
  const conditions = findCredentialConditions(
    "transitions",
    transitions.map(({ short }) => short),
  );
  return { ...remarks, credentials: [...remarks.credentials, ...conditions] };
}

/** What of the workflow is nobody else's, in the order of the call through all of it. */
function ownParts(document: JsonObject, others: OthersParts) {
  const { nodes, edges } = inCallOrder(document, liveTransitions(document));
  return {
    nodes: nodes.filter((node) => !others.hasNode(stringAt(node, "id") ?? "")),
    edges: edges.filter((edge) => !others.hasTransition(edge)),
  };
}

function saidTransition({ id, hasWrittenId, from, to, condition }: Edge): JsonObject {
  return { ...(hasWrittenId && { id }), from, to, when: condition };
}

function sayTransition(owner: string, live: LiveEdge, desired: Edge | undefined): SaidItem {
  const id = namedId(live, desired, { owner, derivedPrefix: "tr_" });
  const when = spellCondition(live, desired);
  const ends = { ...(id !== undefined && { id }), from: live.from, to: live.to };
  return { full: { ...ends, when }, short: { ...ends, ...(!isAlways(when) && { when }) } };
}
