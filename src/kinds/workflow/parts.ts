import { type Json, type JsonObject, stringAt } from "../../model/json.ts";
import { dropItems, pickFrom, turnMembers } from "../shared/document-parts.ts";
import type { OthersParts } from "./transitions.ts";

const OWNED = new Set(["name", "nodes", "transitions"]);

/** `{name, nodes, transitions}` as they are live, without what EmailNode manifests decide in them. */
export function excerptWorkflow(document: JsonObject, others: OthersParts): JsonObject {
  return turnMembers(
    pickFrom(document, (key) => OWNED.has(key)),
    {
      nodes: (nodes: Json) => dropItems(nodes, (node) => others.hasNode(stringAt(node, "id") ?? "")),
      transitions: (transitions: Json) =>
        dropItems(transitions, (one) =>
          others.hasTransition({ from: stringAt(one, "source") ?? "", to: stringAt(one, "target") ?? "" }),
        ),
    },
  );
}
