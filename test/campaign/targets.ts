import type { FaultMatch } from "../../src/emulator/faults.ts";
import type { EmulatorState } from "../../src/emulator/state.ts";
import { flowNodes, workflowNodes } from "./graphs.ts";
import { FIRST_NODE, LAST_NODE, type Model, mailsIn } from "./models.ts";

/** A document that a run reads and writes, as faults and other people see it. */
export interface Target {
  readonly type: "flow" | "workflow";
  readonly id: string;
  readonly path: string;
  /** The nodes that stay in it whatever the run does. */
  readonly nodes: readonly string[];
  /** Whether a manifest decides all of its nodes, so that one more is in the owned part. */
  readonly isWhole: boolean;
}

/** The documents that these models live in. */
export function targetsOf(models: readonly Model[], foreign: readonly string[]): readonly Target[] {
  const flows = models.filter((model) => model.kind === "Flow");
  const workflows = models.filter((model) => model.kind === "Workflow");
  const mailNodes = (id: string) => mailsIn(models, id).map(({ node }) => node);
  return [
    ...flows.map((flow): Target => ({ ...target("flow", flow.id), nodes: idsOf(flowNodes(flow, "")), isWhole: true })),
    ...workflows.map((workflow): Target => {
      const nodes = [...idsOf(workflowNodes(workflow)), ...mailNodes(workflow.id)];
      return { ...target("workflow", workflow.id), nodes, isWhole: true };
    }),
    ...foreign
      .filter((id) => mailNodes(id).length > 0)
      .map((id): Target => {
        const nodes = [FIRST_NODE, LAST_NODE, ...mailNodes(id)];
        return { ...target("workflow", id), nodes, isWhole: false };
      }),
  ];
}

/** Those of the targets that one of these models lives in. */
export function targetsWith(models: readonly Model[], targets: readonly Target[]): readonly Target[] {
  const documents = models.map((model) => {
    if (model.kind === "Webhook") return undefined;
    return model.kind === "EmailNode" ? model.workflow : model.id;
  });
  return targets.filter(({ id }) => documents.includes(id));
}

/** The writes that bring these models to a tenant in this state, each once. */
export function writesFor(models: readonly Model[], state: EmulatorState): readonly FaultMatch[] {
  const writes = models.map((model) => {
    if (model.kind === "Webhook")
      return writeOf(
        "webhooks",
        "*",
        state.webhooks.some(({ name }) => name === model.title),
      );
    if (model.kind === "Flow") return writeOf("flows", model.id, state.flows[model.id] !== undefined);
    const id = model.kind === "EmailNode" ? model.workflow : model.id;
    return writeOf("workflows", id, state.workflows[id] !== undefined);
  });
  return [...new Map(writes.map((write) => [`${write.method} ${write.path}`, write])).values()];
}

function writeOf(family: string, id: string, isLive: boolean): FaultMatch {
  const collection = `/api/v2/${family}`;
  return isLive ? { method: "PUT", path: `${collection}/${id}` } : { method: "POST", path: collection };
}

function target(type: "flow" | "workflow", id: string): Pick<Target, "type" | "id" | "path"> {
  return { type, id, path: `/api/v2/${type}s/${id}` };
}

function idsOf(nodes: readonly { readonly id: string }[]): readonly string[] {
  return nodes.map(({ id }) => id);
}
