/** What a manifest described is left live when it is taken out, until it is pruned: nobody's business meanwhile. */
import { isObject, type JsonObject, objectsAt } from "../../src/emulator/json.ts";
import type { EmulatorState } from "../../src/emulator/state.ts";
import type { Fact } from "./facts.ts";
import type { Model } from "./models.ts";

/** What has to stay as it is of the models that were removed, given those that are left. */
export function factsOfRemoved(
  removed: readonly Model[],
  left: readonly Model[],
  state: EmulatorState,
): readonly Fact[] {
  return removed.flatMap((model) => factsOfOne(model, left, state));
}

function factsOfOne(model: Model, left: readonly Model[], state: EmulatorState): readonly Fact[] {
  switch (model.kind) {
    case "Flow":
      return factOf("flow", model.id, state.flows[model.id]);
    case "Workflow":
      return factOf("workflow", model.id, state.workflows[model.id]);
    case "Webhook": {
      const live = state.webhooks.find(({ name }) => name === model.title);
      return live === undefined ? [] : [{ type: "webhook", id: model.title, part: { ...live } }];
    }
    case "EmailNode": {
      // A whole Workflow drops such a node when the trail does not know it, and leaves it to --prune when it does.
      const isDropped = left.some((one) => one.kind === "Workflow" && one.id === model.workflow);
      return isDropped ? [] : mailFact(model.workflow, model.node, state.workflows[model.workflow]);
    }
  }
}

/** Whether what a removed manifest described is still live. */
export function isLive(model: Model, state: EmulatorState): boolean {
  switch (model.kind) {
    case "Flow":
      return state.flows[model.id] !== undefined;
    case "Workflow":
      return state.workflows[model.id] !== undefined;
    case "Webhook":
      return state.webhooks.some(({ name }) => name === model.title);
    case "EmailNode":
      return objectsAt(state.workflows[model.workflow] ?? {}, "nodes").some(({ id }) => id === model.node);
  }
}

function factOf(type: "flow" | "workflow", id: string, live: JsonObject | undefined): readonly Fact[] {
  if (live === undefined) return [];
  const { version: _, lastUpdatedTimestamp: __, ...part } = live;
  return [{ type, id, part }];
}

function mailFact(workflow: string, node: string, live: JsonObject | undefined): readonly Fact[] {
  if (!isObject(live)) return [];
  const nodes = objectsAt(live, "nodes").filter(({ id }) => id === node);
  const transitions = objectsAt(live, "transitions").filter(({ source, target }) => source === node || target === node);
  return [{ type: "workflow", id: workflow, part: { nodes, ...(transitions.length > 0 && { transitions }) } }];
}
