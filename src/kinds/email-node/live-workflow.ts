import { type JsonObject, objectsAt, stringAt } from "../../model/json.ts";

/** A live workflow by the ids that stand in it; what has none is under undefined. Each list is in the document's order. */
export interface LiveWorkflow {
  readonly nodes: ById;
  /** Transitions by the node that they lead to, and by the one that they come from. */
  readonly byTarget: ById;
  readonly bySource: ById;
}

type ById = ReadonlyMap<string | undefined, readonly JsonObject[]>;

const read = new WeakMap<JsonObject, LiveWorkflow>();

/** Reads each document once, however many e-mail nodes look for themselves in it. Documents do not change. */
export function readWorkflow(document: JsonObject): LiveWorkflow {
  const known = read.get(document);
  if (known !== undefined) return known;
  const transitions = objectsAt(document, "transitions");
  const workflow: LiveWorkflow = {
    nodes: groupBy(objectsAt(document, "nodes"), "id"),
    byTarget: groupBy(transitions, "target"),
    bySource: groupBy(transitions, "source"),
  };
  read.set(document, workflow);
  return workflow;
}

function groupBy(objects: readonly JsonObject[], field: string): ById {
  return Map.groupBy(objects, (object) => stringAt(object, field));
}
