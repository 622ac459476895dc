/**
 * Check a: live equals desired on everything that the manifests own. Compares the fields that were generated with the tenant's
 * documents, and uses nothing of the product for it.
 */
import {
  isObject,
  type Json,
  type JsonObject,
  objectsAt,
  stableText,
  textAt,
  valueAt,
} from "../../src/emulator/json.ts";
import type { EmulatorState } from "../../src/emulator/state.ts";
import {
  flowEdges,
  flowNodes,
  type GraphEdge,
  type GraphNode,
  mailEdges,
  mailProperties,
  workflowEdges,
  workflowNodes,
} from "./graphs.ts";
import type { WebhookModel, WorkflowModel } from "./models.ts";
import { FIRST_NODE, type FlowModel, LAST_NODE, type MailModel, type Model, mailsIn } from "./models.ts";
import { PROPERTY_SECRET } from "./secrets.ts";

/**
 * Every difference between the models and the tenant, as a clause. `orphans`: nodes of mails without a manifest, which a whole
 * workflow may hold or not.
 */
export function findDifferences(
  models: readonly Model[],
  orphans: ReadonlySet<string>,
  state: EmulatorState,
): readonly string[] {
  return models.flatMap((model) =>
    differencesOf(model, models, orphans, state).map((difference) => `${model.kind} ${model.name}: ${difference}`),
  );
}

function differencesOf(
  model: Model,
  models: readonly Model[],
  orphans: ReadonlySet<string>,
  state: EmulatorState,
): readonly string[] {
  switch (model.kind) {
    case "Flow":
      return compareFlow(model, state.flows[model.id]);
    case "Workflow":
      return compareWorkflow(model, mailsIn(models, model.id), withoutNodes(state.workflows[model.id], orphans));
    case "EmailNode":
      return compareMail(model, state.workflows[model.workflow]);
    case "Webhook":
      return compareWebhook(model, state);
  }
}

function compareFlow(flow: FlowModel, live: JsonObject | undefined): readonly string[] {
  if (live === undefined) return ["it is not there"];
  const connections = objectsAt(live, "connections").map((one) =>
    edgeText(one, ["source_node_id", "target_node_id", "condition", "type"]),
  );
  return [
    ...compareValue("name", valueAt(live, "name"), flow.title),
    ...compareValue("type", valueAt(live, "type"), "IVR"),
    ...compareNodes(flowNodes(flow, PROPERTY_SECRET.value), [], live),
    ...compareSet(
      "connections",
      connections,
      flowEdges(flow).map(({ from, to, condition, type }) => stableText([from, to, condition, type])),
    ),
  ];
}

function compareWorkflow(
  workflow: WorkflowModel,
  mails: readonly MailModel[],
  live: JsonObject | undefined,
): readonly string[] {
  if (live === undefined) return ["it is not there"];
  const mailNodes = mails.map(({ node }) => node);
  return [
    ...compareValue("name", valueAt(live, "name"), workflow.title),
    ...compareNodes(workflowNodes(workflow), mailNodes, live),
    ...compareSet(
      "transitions",
      objectsAt(live, "transitions").map(transitionText),
      [...workflowEdges(workflow), ...mails.flatMap(mailEdges)].map(desiredTransitionText),
    ),
  ];
}

function withoutNodes(document: JsonObject | undefined, gone: ReadonlySet<string>): JsonObject | undefined {
  if (document === undefined) return undefined;
  const nodes = objectsAt(document, "nodes").filter(({ id }) => !gone.has(String(id)));
  const isKept = ({ source, target }: JsonObject) => !gone.has(String(source)) && !gone.has(String(target));
  return { ...document, nodes, transitions: objectsAt(document, "transitions").filter(isKept) };
}

function compareMail(mail: MailModel, live: JsonObject | undefined): readonly string[] {
  const [node, ...more] = live === undefined ? [] : objectsAt(live, "nodes").filter(({ id }) => id === mail.node);
  if (live === undefined || node === undefined) return ["its node is not there"];
  const transitions = objectsAt(live, "transitions");
  const sources = transitions.filter(({ target }) => target === mail.node).map(({ source }) => String(source));
  const targets = transitions.filter(({ source }) => source === mail.node).map(({ target }) => String(target));
  return [
    ...(more.length > 0 ? ["its node is there twice"] : []),
    ...compareValue("type", valueAt(node, "type"), "email"),
    ...compareProperties(mail.node, node, { ...mailProperties(mail), trackClicks: true }),
    ...(mail.ownsAfter ? compareSet("after", sources, [FIRST_NODE]) : []),
    ...(mail.ownsBefore ? compareSet("before", targets, [LAST_NODE]) : []),
  ];
}

function compareWebhook({ title, url, events, enabled, team }: WebhookModel, state: EmulatorState): readonly string[] {
  const [live, ...more] = state.webhooks.filter(({ name }) => name === title);
  if (live === undefined) return ["it is not there"];
  const headers = Object.entries(live.headers).filter(([name]) => name.toLowerCase() === "x-team");
  return [
    ...(more.length > 0 ? [`it is there ${more.length + 1} times`] : []),
    ...compareValue("url", live.url, url),
    ...compareSet("events", live.events, events),
    ...compareValue("enabled", live.enabled, enabled),
    ...compareSet(
      "X-Team",
      headers.map(([, value]) => value),
      [team],
    ),
  ];
}

/** The nodes are these and the others, no more and no fewer, and these are as desired. */
function compareNodes(desired: readonly GraphNode[], others: readonly string[], live: JsonObject): readonly string[] {
  const liveNodes = objectsAt(live, "nodes");
  const ids = liveNodes.map((node) => textAt(node, "id") ?? "");
  const differences = desired.flatMap(({ id, type, properties }) => {
    const node = liveNodes.find((one) => textAt(one, "id") === id) ?? {};
    return [...compareValue(`${id}/type`, valueAt(node, "type"), type), ...compareProperties(id, node, properties)];
  });
  return [...compareSet("nodes", ids, [...desired.map(({ id }) => id), ...others]), ...differences];
}

/** The named properties are as desired; the tenant may have more. */
function compareProperties(id: string, node: JsonObject, desired: JsonObject): readonly string[] {
  const properties = valueAt(node, "properties");
  return Object.entries(desired).flatMap(([key, value]) =>
    compareValue(`${id}/${key}`, isObject(properties) ? valueAt(properties, key) : undefined, value),
  );
}

function compareValue(what: string, live: Json | undefined, desired: Json): readonly string[] {
  if (live !== undefined && stableText(live) === stableText(desired)) return [];
  return [`${what} is ${live === undefined ? "missing" : stableText(live)} and should be ${stableText(desired)}`];
}

/** The same members, whatever their order; a second one of the same counts. */
function compareSet(what: string, live: readonly string[], desired: readonly string[]): readonly string[] {
  return compareValue(what, live.toSorted(), desired.toSorted());
}

function edgeText(edge: JsonObject, keys: readonly string[]): string {
  return stableText(keys.map((key) => valueAt(edge, key) ?? null));
}

function transitionText(transition: JsonObject): string {
  return edgeText(transition, ["source", "target", "condition"]);
}

function desiredTransitionText({ from, to, condition }: GraphEdge): string {
  return stableText([from, to, condition]);
}
