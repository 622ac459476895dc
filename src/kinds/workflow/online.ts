/** What only the tenant can tell about a workflow: asked while planning, before anything is written. */
import type { Problem } from "../../model/finding.ts";
import { type JsonObject, objectsAt, stringAt } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Resource } from "../kind.ts";
import { checkEdgeEnds, checkGraphShape } from "../shared/live-shape.ts";
import type { WorkflowSpec } from "./schema.ts";
import { findOthersParts } from "./transitions.ts";

export function checkLive(
  document: JsonObject | undefined,
  { spec }: Manifest<WorkflowSpec>,
  siblings: readonly Resource[],
): readonly Problem[] {
  if (document === undefined) return [];
  const targetPath = spec.id === undefined ? ["metadata", "name"] : ["spec", "id"];
  const others = findOthersParts(siblings);
  const owned = objectsAt(document, "transitions").filter((live) => !others.hasTransition(endsOf(live)));
  return [
    ...checkGraphShape(document, ["nodes", "transitions"], targetPath),
    ...checkEdgeEnds(owned, "transitions", targetPath),
    ...checkWrittenIds(document, spec, siblings),
  ];
}

/** A written transition id that an EmailNode's transition has live can be given to no other; a derived one would step aside. */
function checkWrittenIds(document: JsonObject, spec: WorkflowSpec, siblings: readonly Resource[]): readonly Problem[] {
  const others = findOthersParts(siblings);
  const theirs = objectsAt(document, "transitions").filter((live) => others.hasTransition(endsOf(live)));
  const taken = new Set(theirs.map((live) => stringAt(live, "id")));
  return spec.transitions.flatMap(({ id }, index) => {
    if (id === undefined || !taken.has(id)) return [];
    const message = `transition "${id}" is live between nodes where an EmailNode decides`;
    const hint = "Give this transition another id, or leave the id out.";
    return [{ rule: "live/transition-taken", path: ["spec", "transitions", index, "id"], message, hint }];
  });
}

function endsOf(live: JsonObject): { readonly from: string; readonly to: string } {
  return { from: stringAt(live, "source") ?? "", to: stringAt(live, "target") ?? "" };
}
