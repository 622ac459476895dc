import { checkEmailNode } from "./email-node-rules.ts";
import { isList, isObject, type JsonObject, objectsAt, textAt, valueAt } from "./json.ts";
import type { RuleProblem } from "./refusal.ts";

/**
 * The schema of a workflow, for which a write is answered with 400 (seed SE). The seed shows the shape of nodes and none of
 * transitions: `{id, source, target, condition}` is an assumption. Nodes without any transition are fine: SE's client makes one.
 */
export function checkWorkflow(workflow: JsonObject): readonly RuleProblem[] {
  const shape = checkShape(workflow);
  if (shape.length > 0) return shape;
  const nodes = objectsAt(workflow, "nodes");
  const nodeIds = new Set(nodes.map((node) => textAt(node, "id")));
  const transitions = objectsAt(workflow, "transitions");
  return [
    ...nodes.flatMap(checkNode),
    ...findRepeated(nodes).map((id) => ({ message: `The node id ${id} is there twice`, node: id })),
    ...transitions.flatMap((transition, index) => checkTransition(transition, index, nodeIds)),
    ...findRepeated(transitions).map((id) => ({ message: `The transition id ${id} is there twice`, transition: id })),
  ];
}

export function isEmailNode(node: JsonObject): boolean {
  return textAt(node, "type") === "email";
}

function checkShape(workflow: JsonObject): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  for (const key of ["id", "name"]) {
    if (!textAt(workflow, key)) problems.push({ message: `${key} must be a non-empty string` });
  }
  if (!isListOfObjects(workflow, "nodes")) problems.push({ message: "nodes must be a list of objects" });
  if (valueAt(workflow, "transitions") !== undefined && !isListOfObjects(workflow, "transitions")) {
    problems.push({ message: "transitions must be a list of objects" });
  }
  return problems;
}

function isListOfObjects(workflow: JsonObject, key: string): boolean {
  const list = valueAt(workflow, key);
  return isList(list) && list.every(isObject);
}

function checkNode(node: JsonObject, index: number): readonly RuleProblem[] {
  const id = textAt(node, "id");
  if (!id) return [{ message: `nodes[${index}]: id must be a non-empty string` }];
  if (!textAt(node, "type")) return [{ message: `Node ${id}: type must be a non-empty string`, node: id }];
  if (isEmailNode(node)) return checkEmailNode(node);
  const properties = valueAt(node, "properties");
  if (properties === undefined || isObject(properties)) return [];
  return [{ message: `Node ${id}: properties must be an object`, node: id }];
}

function checkTransition(
  transition: JsonObject,
  index: number,
  nodeIds: ReadonlySet<string | undefined>,
): readonly RuleProblem[] {
  const id = textAt(transition, "id");
  if (!id) return [{ message: `transitions[${index}]: id must be a non-empty string` }];
  const problems: RuleProblem[] = [];
  const report = (said: string) => problems.push({ message: `Transition ${id}: ${said}`, transition: id });
  for (const end of ["source", "target"]) {
    const node = textAt(transition, end);
    if (node === undefined) report(`${end} must be a string`);
    else if (!nodeIds.has(node)) report(`${end} names the unknown node ${node}`);
  }
  const condition = valueAt(transition, "condition");
  if (condition !== undefined && typeof condition !== "string") report("condition must be a string");
  return problems;
}

function findRepeated(items: readonly JsonObject[]): readonly string[] {
  const ids = items.flatMap((item) => textAt(item, "id") ?? []);
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}
