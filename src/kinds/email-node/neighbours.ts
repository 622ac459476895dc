/** Rules about the nodes that `after` and `before` name. */
import type { Problem } from "../../model/finding.ts";
import { type JsonObject, stringAt, valueAt } from "../../model/json.ts";
import type { Resource } from "../kind.ts";
import type { EmailNodeSpec } from "./schema.ts";

const OPPOSITE = { after: "before", before: "after" } as const;

/** True when a Workflow manifest decides all of the workflow, so that live nodes it does not list are on their way out. */
export function isWholeOwned(siblings: readonly Resource[]): boolean {
  return siblings.some((sibling) => sibling.claims.some((claim) => claim.what === "whole"));
}

/** The nodes that `after` and `before` name must be there: among the live nodes given, or brought by a sibling. */
export function checkNeighbours(
  liveNodes: readonly JsonObject[],
  spec: EmailNodeSpec,
  siblings: readonly Resource[],
): readonly Problem[] {
  const claimed = siblings.flatMap((sibling) => sibling.claims.map((claim) => claim.what));
  const known = new Set([...claimed, ...liveNodes.map((node) => `node/${stringAt(node, "id")}`)]);
  return (["after", "before"] as const).flatMap((side) =>
    (spec[side] ?? []).flatMap((neighbour, index) => {
      if (known.has(`node/${neighbour}`) || neighbour === spec.node) return [];
      const message = `\`${side}\` names "${neighbour}", which is no node of workflow "${spec.workflow}"`;
      return [{ rule: "email/neighbour", path: ["spec", side, index], message, hint: "Name a node of the workflow." }];
    }),
  );
}

/**
 * A transition between two e-mail nodes can be owned from both ends: by `before` of the one, by `after` of the other. When only
 * one of them lists it, each would undo what the other asks for.
 */
export function checkAgreement(spec: EmailNodeSpec, siblings: readonly Resource[]): readonly Problem[] {
  return (["after", "before"] as const).flatMap((side) =>
    (spec[side] ?? []).flatMap((neighbour, index) => {
      const sibling = siblings.find(({ id, createsDocument }) => id === neighbour && !createsDocument);
      const theirSide = sibling && valueAt(sibling.desired([]), OPPOSITE[side]);
      if (sibling === undefined || theirSide === undefined || valueAt(theirSide, spec.node) !== undefined) return [];
      const message = `\`${side}\` names "${neighbour}", but \`${OPPOSITE[side]}\` of EmailNode "${sibling.name}" does not name "${spec.node}"`;
      const hint = `Name it there too, or leave \`${OPPOSITE[side]}\` out there.`;
      return [{ rule: "email/neighbours-disagree", path: ["spec", side, index], message, hint }];
    }),
  );
}
