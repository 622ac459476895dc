/** A workflow drawn whole, whoever asks: its own manifest, or that of an e-mail node inside it. */
import type { Graph, GraphEdge, NodeRole } from "../../model/graph.ts";
import { type JsonObject, objectsAt, stringAt, valueAt } from "../../model/json.ts";
import { drawCondition, drawDocument } from "./draw.ts";
import { MAIL_NODE_TYPE } from "./mail-references.ts";

const ROLES: ReadonlyMap<string, NodeRole> = new Map([
  ["start", "start"],
  ["end", "end"],
  ["decision", "decision"],
  [MAIL_NODE_TYPE, "mail"],
]);

const TELLING = ["templateId", "attachments", "variables", "event", "reads"];

export function drawWorkflow(document: JsonObject): Graph {
  return drawDocument(document, {
    edges: transitionsOf,
    roleOf: (type) => ROLES.get(type) ?? "step",
    telling: TELLING,
  });
}

function transitionsOf(document: JsonObject): readonly GraphEdge[] {
  return objectsAt(document, "transitions").map((transition) => ({
    from: stringAt(transition, "source") ?? "",
    to: stringAt(transition, "target") ?? "",
    label: drawCondition(valueAt(transition, "condition")),
  }));
}
