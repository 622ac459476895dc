/** Rules about the nodes that `after` and `before` name. */
import type { Problem } from "../../model/finding.ts";
import { valueAt } from "../../model/json.ts";
import type { Resource } from "../kind.ts";
import type { EmailNodeSpec } from "./schema.ts";

const OPPOSITE = { after: "before", before: "after" } as const;

/** True when a Workflow manifest decides all of the workflow, so that live nodes it does not list are on their way out. */
export function isWholeOwned(siblings: readonly Resource[]): boolean {
  // Only who may bring a workflow into being can decide all of it.
  return siblings.some(
    ({ createsDocument, claims }) => createsDocument && claims.some((claim) => claim.what === "whole"),
  );
}

/** The nodes that `after` and `before` name must be there: among the live nodes given, or brought by a sibling. */
export function checkNeighbours(
  isLive: (node: string) => boolean,
  spec: EmailNodeSpec,
  siblings: readonly Resource[],
): readonly Problem[] {
  const isBrought = (node: string) => {
    const what = `node/${node}`;
    return siblings.some(({ claims }) => claims.some((claim) => claim.what === what));
  };
  return (["after", "before"] as const).flatMap((side) =>
    (spec[side] ?? []).flatMap((neighbour, index) => {
      if (neighbour === spec.node || isLive(neighbour) || isBrought(neighbour)) return [];
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
