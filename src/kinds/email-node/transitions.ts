/** The transitions that lead to (`after`) and from (`before`) an e-mail node. A side that the manifest leaves out is not owned. */
import { type JsonObject, objectsAt, stringAt } from "../../model/json.ts";
import { ALWAYS, type ChooseEdgeId, deriveEdgeId, makeChooseEdgeId } from "../shared/edges.ts";
import type { EmailNodeSpec } from "./schema.ts";

export type Side = "after" | "before";

const ENDS = {
  after: { own: "target", other: "source" },
  before: { own: "source", other: "target" },
} as const;

/** The nodes on one side of a node, as the live transitions have it. */
export function neighboursOf(document: JsonObject, node: string, side: Side): readonly string[] {
  const { own, other } = ENDS[side];
  return objectsAt(document, "transitions")
    .filter((transition) => stringAt(transition, own) === node)
    .map((transition) => stringAt(transition, other) ?? "");
}

/**
 * The document's transitions with the owned sides as the manifest has them: a transition to or from a wanted neighbour stays as
 * it is, condition and all; one that nobody wants goes; a missing one is added at the end. All others stay untouched.
 */
export function composeTransitions(document: JsonObject, spec: EmailNodeSpec): readonly JsonObject[] {
  const kept = objectsAt(document, "transitions").filter((transition) => isWanted(transition, spec));
  const keptIds = kept.flatMap((transition) => stringAt(transition, "id") ?? []);
  const chooseId = makeChooseEdgeId([], keptIds);
  const added = (["after", "before"] as const).flatMap((side) => {
    const known = new Set(neighboursOf(document, spec.node, side));
    const missing = [...new Set(spec[side] ?? [])].filter((neighbour) => !known.has(neighbour));
    return missing.map((neighbour) => makeTransition(spec, side, neighbour, chooseId));
  });
  return [...kept, ...added];
}

/** Whether a transition leads to or from the node, whoever decides that side of it. */
export function touches(transition: JsonObject, node: string): boolean {
  return stringAt(transition, "source") === node || stringAt(transition, "target") === node;
}

/** Whether a transition touches the node on a side that the manifest decides. */
export function isOnOwnedSide(transition: JsonObject, spec: EmailNodeSpec): boolean {
  return (["after", "before"] as const).some(
    (side) => spec[side] !== undefined && stringAt(transition, ENDS[side].own) === spec.node,
  );
}

function isWanted(transition: JsonObject, spec: EmailNodeSpec): boolean {
  return (["after", "before"] as const).every((side) => {
    const { own, other } = ENDS[side];
    const wanted = spec[side];
    if (wanted === undefined || stringAt(transition, own) !== spec.node) return true;
    return wanted.includes(stringAt(transition, other) ?? "");
  });
}

/** Its condition is an assumption: as in connections, `true` always holds. */
function makeTransition(spec: EmailNodeSpec, side: Side, neighbour: string, chooseId: ChooseEdgeId): JsonObject {
  const [source, target] = side === "after" ? [neighbour, spec.node] : [spec.node, neighbour];
  const edge = { from: source, to: target, condition: ALWAYS, hasWrittenId: false };
  const id = chooseId({ ...edge, id: deriveEdgeId("tr_", spec.workflow, edge) }, undefined);
  return { id, source, target, condition: ALWAYS };
}
