import type { Problem } from "../../model/finding.ts";
import { type JsonObject, type JsonPath, objectsAt, stringAt } from "../../model/json.ts";

/**
 * Transitions of a workflow that lead to or from what is no node of it, whoever owns either. Ends that are no text are passed over: what is
 * wrong with those, `checkEdgeEnds` says.
 */
export function checkLooseEnds(document: JsonObject, path: JsonPath): readonly Problem[] {
  const messages = known.get(document) ?? findLooseEnds(document);
  known.set(document, messages);
  return messages.map((message): Problem => {
    return { rule: "workflow/unknown-node", path, message, hint: "Bring the node along, or remove the transition." };
  });
}

/** Every resource of a document asks the same of it. */
const known = new WeakMap<JsonObject, readonly string[]>();

function findLooseEnds(document: JsonObject): readonly string[] {
  const nodes = new Set(objectsAt(document, "nodes").map((node) => stringAt(node, "id")));
  return objectsAt(document, "transitions").flatMap((transition) => {
    const [from, to] = [stringAt(transition, "source"), stringAt(transition, "target")];
    const missing = [...new Set([from, to])].filter((end) => end !== undefined && !nodes.has(end));
    return missing.map(
      (end) => `the transition from "${from}" to "${to}" would name "${end}", and no such node is there`,
    );
  });
}
