/** The transitions that lead to (`after`) and from (`before`) an e-mail node. A side that the manifest leaves out is not owned. */
import { type JsonObject, objectsAt, stringAt } from "../../model/json.ts";
import { ALWAYS, type ChooseEdgeId, deriveEdgeId, makeChooseEdgeId } from "../shared/edges.ts";
import { readWorkflow } from "./live-workflow.ts";
import type { EmailNodeSpec } from "./schema.ts";

export type Side = "after" | "before";

const ENDS = {
  after: { own: "target", other: "source" },
  before: { own: "source", other: "target" },
} as const;

/** The nodes on one side of a node, as the live transitions have it. */
export function neighboursOf(document: JsonObject, node: string, side: Side): readonly string[] {
  const { byTarget, bySource } = readWorkflow(document);
  return otherEnds((side === "after" ? byTarget : bySource).get(node) ?? [], side);
}

function otherEnds(transitions: readonly JsonObject[], side: Side): readonly string[] {
  return transitions.map((transition) => stringAt(transition, ENDS[side].other) ?? "");
}

/**
 * The document's transitions with the owned sides as the manifest has them: a transition to or from a wanted neighbour stays as
 * it is, condition and all; one that nobody wants goes; a missing one is added at the end. All others stay untouched.
 */
export function composeTransitions(document: JsonObject, spec: EmailNodeSpec): readonly JsonObject[] {
  // Looked through as it is: to read it by ids would be for this one node, for the next one gets another document.
  const live = objectsAt(document, "transitions");
  const kept = live.filter((transition) => isWanted(transition, spec));
  const missing = (["after", "before"] as const).flatMap((side) => missingOn(side, live, spec));
  if (missing.length === 0) return kept;
  const chooseId = makeChooseEdgeId(
    [],
    kept.flatMap((transition) => stringAt(transition, "id") ?? []),
  );
  return [...kept, ...missing.map(({ side, neighbour }) => makeTransition(spec, side, neighbour, chooseId))];
}

function missingOn(
  side: Side,
  live: readonly JsonObject[],
  { node, [side]: wanted = [] }: EmailNodeSpec,
): readonly { readonly side: Side; readonly neighbour: string }[] {
  if (wanted.length === 0) return [];
  const touching = live.filter((transition) => stringAt(transition, ENDS[side].own) === node);
  const known = new Set(otherEnds(touching, side));
  return [...new Set(wanted)].flatMap((neighbour) => (known.has(neighbour) ? [] : [{ side, neighbour }]));
}

/** Whether a transition leads to or from the node, whoever decides that side of it. */
export function touches(transition: JsonObject, node: string): boolean {
  return stringAt(transition, "source") === node || stringAt(transition, "target") === node;
}

/** Whether a transition touches the node on a side that the manifest decides. */
export function isOnOwnedSide(transition: JsonObject, { node, after, before }: EmailNodeSpec): boolean {
  const isAfter = after !== undefined && stringAt(transition, ENDS.after.own) === node;
  return isAfter || (before !== undefined && stringAt(transition, ENDS.before.own) === node);
}

/** The transitions that `isOnOwnedSide` holds for; one that leads back to the node may be among them twice. */
export function onOwnedSides(document: JsonObject, { node, after, before }: EmailNodeSpec): readonly JsonObject[] {
  const { byTarget, bySource } = readWorkflow(document);
  return [
    ...(after === undefined ? [] : (byTarget.get(node) ?? [])),
    ...(before === undefined ? [] : (bySource.get(node) ?? [])),
  ];
}

function isWanted(transition: JsonObject, spec: EmailNodeSpec): boolean {
  return isWantedOn("after", transition, spec) && isWantedOn("before", transition, spec);
}

function isWantedOn(side: Side, transition: JsonObject, { node, [side]: wanted }: EmailNodeSpec): boolean {
  const { own, other } = ENDS[side];
  if (wanted === undefined || stringAt(transition, own) !== node) return true;
  return wanted.includes(stringAt(transition, other) ?? "");
}

/** Its condition is an assumption: as in connections, `true` always holds. */
function makeTransition(spec: EmailNodeSpec, side: Side, neighbour: string, chooseId: ChooseEdgeId): JsonObject {
  const [source, target] = side === "after" ? [neighbour, spec.node] : [spec.node, neighbour];
  const edge = { from: source, to: target, condition: ALWAYS, hasWrittenId: false };
  const id = chooseId({ ...edge, id: deriveEdgeId("tr_", spec.workflow, edge) }, undefined);
  return { id, source, target, condition: ALWAYS };
}
