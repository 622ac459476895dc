import { type Finding, hasErrors } from "./finding.ts";
import type { Json } from "./json.ts";
import type { DocumentRef } from "./live.ts";
import type { Narrowed } from "./narrowing.ts";

export const PLAN_FORMAT_VERSION = 1;

/** `report` is something to say with nothing to do: an unknown read, a resource that cannot be changed. */
export type Action = "create" | "update" | "delete" | "unchanged" | "report";

/** Who can notice a change: callers, the people whom mails are sent to, or colleagues alone. */
export type Impact = "caller-visible" | "recipient-visible" | "cosmetic";

/** What a change means for people. */
export interface Effects {
  readonly impact: Impact;
  /** What they will notice, a clause each: "pressing 2 at node_menu now reaches node_sales instead of node_billing". */
  readonly sentences: readonly string[];
}

/** One RFC 6902 operation on the owned part. We only ever produce these three. */
export type PatchOperation =
  | { readonly op: "add"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "replace"; readonly path: string; readonly value: Json };

/**
 * Where a difference comes from. `edited-live`: live is not as it was applied, and git asks for what it asked for then. `not-deployed`:
 * live is as it was applied, and git asks for something else by now. `both`: some of it is the one, some the other. `unknown`: it was
 * never applied from here, so that nothing can be told.
 */
export type DriftOrigin = "edited-live" | "not-deployed" | "both" | "unknown";

/** Whose change a change of a plan is. A path that stands in both lists was edited live and in git, to different values. */
export interface Drift {
  readonly origin: DriftOrigin;
  /** JSON pointers into the owned part: what is not as it was applied. Lists are one field. */
  readonly live: readonly string[];
  /** What git asks for otherwise than what was applied. */
  readonly desired: readonly string[];
  /** When the document was edited last, and by whom, as the tenant tells it: ISO 8601. null where it does not, or where that was us. */
  readonly at: string | null;
  readonly by: string | null;
  /** The run of ours that put back what is not as it was applied; null where somebody edited some of it, and where nothing is. */
  readonly restored: string | null;
}

/** One entry of a plan: what happens to one resource. */
export interface Change {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  /** The live document that holds it; an id may be unique only there. */
  readonly document: DocumentRef;
  readonly action: Action;
  /** null where nothing changes. */
  readonly impact: Impact | null;
  /** What callers and recipients will notice, a clause each; secrets masked. */
  readonly effects: readonly string[];
  /** From live to desired, on the owned part only; secrets masked. */
  readonly patch: readonly PatchOperation[];
  /** What stands live at each path that the patch replaces or removes, so that a reader sees both sides; secrets masked. */
  readonly live: Readonly<Record<string, Json>>;
  readonly liveVersion: string | number | null;
  readonly notes: readonly string[];
  /**
   * Where the difference comes from; null where there is none, and where the trail was not asked. A `report` that has one is a change
   * that is held back. It does not enter the fingerprint: what a plan does hangs on the difference, not on who made it.
   */
  readonly drift: Drift | null;
}

/** Why a plan that could be applied is not: a guard's word, with a way to overrule it. */
export interface Refusal {
  readonly reason: "too-many-updates" | "too-many-deletes" | "protected" | "nothing-desired" | "edited-since";
  readonly message: string;
  readonly hint: string;
}

export interface PlanSummary {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly unchanged: number;
  readonly unknown: number;
  /** How many refusals there are; with one, nothing is applied. */
  readonly refused: number;
}

/** Plain data: it can be printed, saved, approved and replayed. Same inputs, same bytes. */
export interface Plan {
  readonly formatVersion: typeof PLAN_FORMAT_VERSION;
  readonly tenant: string;
  /** The commit that the manifests were read from, null outside git. `-dirty` is appended when the work tree differs from it. */
  readonly revision: string | null;
  /** What a narrow plan is about; without it, the plan is about everything. */
  readonly narrowed?: Narrowed;
  readonly fingerprint: string;
  readonly summary: PlanSummary;
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  readonly refusals: readonly Refusal[];
}

/** True when applying the plan would write something. */
export function hasChanges(plan: Plan): boolean {
  return plan.summary.create + plan.summary.update + plan.summary.delete > 0;
}

/** True when the plan could be applied, and a guard says that it must not be without a person's word. */
export function isRefused(plan: Plan): boolean {
  return plan.refusals.length > 0;
}

/** True for a change that would be made, and is not because a policy leaves it to a person. */
export function isHeld({ action, drift }: Change): boolean {
  return action === "report" && drift !== null;
}

/** How many changes are held back. */
export function countHeld({ changes }: Plan): number {
  return changes.filter(isHeld).length;
}

/** True when the plan cannot be applied: a read failed or a check found an error. */
export function isBlocked(plan: Plan): boolean {
  return plan.summary.unknown > 0 || hasErrors(plan.findings);
}
