import type { MarkedGraph } from "../model/graph.ts";
import type { Change, Plan } from "../model/plan.ts";
import { groupByOrigin, type LatestRun, summarizeDrift } from "./drift-groups.ts";
import { driftSentencesOf, sentencesOf } from "./drift-words.ts";
import { groupByImpact, summarizeImpact, summarizePlan } from "./summary.ts";

/** What makes of a plan the report of `drift`: where each difference comes from, in the place of who notices it. */
export interface DriftView {
  /** null where the trail knows of no run. */
  readonly latest: LatestRun | null;
}

/** A plan with what a reviewer wants to see of it. Nothing in it holds a secret. */
export interface Report {
  readonly plan: Plan;
  /** undefined of a plan. */
  readonly drift?: DriftView | undefined;
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

/** How a report says what it is about: as a plan, or as drift. */
export interface Voice {
  /** "Plan for" a tenant, or "Drift on" one. */
  readonly title: string;
  readonly command: "plan" | "drift";
  groups(): readonly { readonly title: string; readonly group: readonly ChangeDetails[] }[];
  sentencesOf(change: Change): readonly string[];
  /** A few sentences. */
  summarize(): readonly string[];
}

export function voiceOf({ plan, details, drift }: Report): Voice {
  if (drift === undefined) {
    return {
      title: "Plan for",
      command: "plan",
      groups: () => groupByImpact(details),
      sentencesOf,
      summarize: () => [summarizePlan(plan), summarizeImpact(plan)].filter((sentence) => sentence !== ""),
    };
  }
  return {
    title: "Drift on",
    command: "drift",
    groups: () => groupByOrigin(plan, details, drift.latest),
    sentencesOf: driftSentencesOf,
    summarize: () => [summarizeDrift(plan)],
  };
}
