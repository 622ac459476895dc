/** What is not ours and has to stay: each fact is a part of a document that must still be in it. */

import { isList, isObject, type Json, type JsonObject, objectsAt, textAt, valueAt } from "../../src/emulator/json.ts";
import type { EmulatorState } from "../../src/emulator/state.ts";
import { flowNodes, workflowNodes } from "./graphs.ts";
import { type Model, mailsIn } from "./models.ts";

export interface Fact {
  readonly type: "flow" | "workflow" | "webhook";
  /** A webhook's name. */
  readonly id: string;
  /** Lists of objects with ids stand for the items that must be there; other lists, and what is no object, for themselves. */
  readonly part: JsonObject;
}

/** The facts that do not hold any more, each as a clause. */
export function findLost(facts: readonly Fact[], state: EmulatorState): readonly string[] {
  return facts.flatMap((fact) => {
    const missing = missingFrom(documentOf(fact, state), fact.part, `${fact.type} ${fact.id}`);
    return missing === undefined ? [] : [missing];
  });
}

/**
 * The facts that still are nobody else's when the manifests ask for these models: what stood on a node that a whole Flow or Workflow
 * has dropped goes with it.
 */
export function keepFacts(facts: readonly Fact[], models: readonly Model[]): readonly Fact[] {
  return facts.filter(({ type, id, part }) => {
    const decided = decidedNodes(type, id, models);
    return decided === undefined || objectsAt(part, "nodes").every((node) => decided.has(textAt(node, "id") ?? ""));
  });
}

/** The facts without what was part of a model that is to be deleted. */
export function dropModel(facts: readonly Fact[], model: Model): readonly Fact[] {
  switch (model.kind) {
    case "Flow":
      return facts.filter(({ type, id }) => type !== "flow" || id !== model.id);
    case "Workflow":
      return facts.filter(({ type, id }) => type !== "workflow" || id !== model.id);
    case "Webhook":
      return facts.filter(({ type, id }) => type !== "webhook" || id !== model.title);
    case "EmailNode":
      return facts.map((fact) =>
        fact.type === "workflow" && fact.id === model.workflow
          ? { ...fact, part: dropNode(fact.part, model.node) }
          : fact,
      );
  }
}

/** A part without a node and the transitions that touch it. */
function dropNode(part: JsonObject, node: string): JsonObject {
  const nodes = objectsAt(part, "nodes").filter(({ id }) => id !== node);
  const transitions = objectsAt(part, "transitions").filter(({ source, target }) => source !== node && target !== node);
  const { nodes: _, transitions: __, ...rest } = part;
  return { ...rest, ...(nodes.length > 0 && { nodes }), ...(transitions.length > 0 && { transitions }) };
}

/** The nodes of a document that a manifest decides as a whole. */
function decidedNodes(type: Fact["type"], id: string, models: readonly Model[]): ReadonlySet<string> | undefined {
  for (const model of models) {
    if (type === "flow" && model.kind === "Flow" && model.id === id) {
      return new Set(flowNodes(model, "").map((node) => node.id));
    }
    if (type === "workflow" && model.kind === "Workflow" && model.id === id) {
      const mails = mailsIn(models, id).map(({ node }) => node);
      return new Set([...workflowNodes(model).map((node) => node.id), ...mails]);
    }
  }
  return undefined;
}

function documentOf({ type, id }: Fact, state: EmulatorState): Json | undefined {
  if (type === "flow") return state.flows[id];
  if (type === "workflow") return state.workflows[id];
  const [first] = state.webhooks.filter(({ name }) => name === id);
  return first && { ...first };
}

/** Where a part is not in a document, undefined when all of it is. */
export function missingFrom(live: Json | undefined, part: Json, where: string): string | undefined {
  if (live === undefined) return `${where} is gone`;
  if (isObject(part)) return isObject(live) ? missingKey(live, part, where) : `${where} is no object any more`;
  if (isList(part) && part.length > 0 && part.every(hasId)) return missingItem(live, part, where);
  return JSON.stringify(live) === JSON.stringify(part) ? undefined : `${where} is ${JSON.stringify(live)}`;
}

function missingKey(live: JsonObject, part: JsonObject, where: string): string | undefined {
  for (const [key, value] of Object.entries(part)) {
    const missing = missingFrom(valueAt(live, key), value, `${where}/${key}`);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function missingItem(live: Json, part: readonly Json[], where: string): string | undefined {
  const items = isList(live) ? live.filter(isObject) : [];
  for (const wanted of part.filter(isObject)) {
    const id = textAt(wanted, "id");
    const missing = missingFrom(
      items.find((item) => textAt(item, "id") === id),
      wanted,
      `${where}/${id}`,
    );
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function hasId(item: Json): boolean {
  return isObject(item) && textAt(item, "id") !== undefined;
}
