import type { MarkedGraph } from "../model/graph.ts";
import type { Change, Plan } from "../model/plan.ts";

/** A plan with what a reviewer wants to see of it. Nothing in it holds a secret. */
export interface Report {
  readonly plan: Plan;
  /** One for each change of the plan, in its order. */
  readonly details: readonly ChangeDetails[];
}

/** What is large is made when it is asked for, and not kept: a plan may have thousands of changes. */
export interface ChangeDetails {
  readonly change: Change;
  /** The document that the change is in; the changes of one document share one object. undefined where nothing is written. */
  readonly picture: Picture | undefined;
  /** The owned part as YAML, with equal keys in equal order on both sides. undefined stands for a side that is not there. */
  writeYaml(): YamlSides;
}

/** True for a change that applying the plan sends to the tenant. */
export function isWritten({ action }: Change): boolean {
  return action === "create" || action === "update" || action === "delete";
}

export interface Picture {
  /** Live and desired in one picture; undefined for a document that is no graph, or one in which nothing that is drawn changes. */
  draw(): MarkedGraph | undefined;
}

export interface YamlSides {
  readonly live: string | undefined;
  readonly desired: string | undefined;
}
