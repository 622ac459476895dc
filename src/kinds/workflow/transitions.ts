import type { Manifest } from "../../model/manifest.ts";
import type { Resource } from "../kind.ts";
import { deriveEdgeId, type Edge } from "../shared/edges.ts";
import type { WorkflowSpec } from "./schema.ts";

export function workflowId(manifest: Manifest<WorkflowSpec>): string {
  return manifest.spec.id ?? manifest.metadata.name;
}

/** The workflow's transitions in the manifest's order, each with an id. */
export function transitionsOf(manifest: Manifest<WorkflowSpec>): readonly Edge[] {
  const owner = workflowId(manifest);
  return manifest.spec.transitions.map((written) => {
    const edge = { from: written.from, to: written.to, condition: written.when };
    return { ...edge, id: written.id ?? deriveEdgeId("tr_", owner, edge), hasWrittenId: written.id !== undefined };
  });
}

/** Which parts of the workflow other manifests decide: e-mail nodes, and the transitions that those own. */
export interface OthersParts {
  hasNode(id: string): boolean;
  hasTransition(edge: { from: string; to: string }): boolean;
}

export function findOthersParts(siblings: readonly Resource[]): OthersParts {
  const claimed = new Set(
    siblings
      .filter((sibling) => !sibling.createsDocument)
      .flatMap((sibling) => sibling.claims.map((claim) => claim.what)),
  );
  return {
    hasNode: (id) => claimed.has(`node/${id}`),
    hasTransition: ({ from, to }) => claimed.has(`transitions-to/${to}`) || claimed.has(`transitions-from/${from}`),
  };
}
