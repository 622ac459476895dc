import type { Json } from "./json.ts";
import type { DocumentRef } from "./live.ts";
import type { Action, Plan } from "./plan.ts";

export const SAVED_PLAN_FORMAT_VERSION = 1;

/** What one resource was when the plan was made: enough to tell later whether, and how, it has moved. */
export interface Binding {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  readonly document: DocumentRef;
  readonly action: Action;
  /** Keyed digest of what git asks for; null when nothing does. */
  readonly desired: string | null;
  /** Why it was to be sent although all that can be read was as desired; null for no such reason. */
  readonly rotation: string | null;
  /** Keyed digest of the owned part as it was live; null when it was not there. */
  readonly live: string | null;
  /** For a reader; a version moves with edits of parts that nobody here owns, and so decides nothing. */
  readonly liveVersion: string | number | null;
  /** Both sides with secrets masked, to name what moved; null where they were equal. */
  readonly sides: { readonly live: Json | null; readonly desired: Json | null } | null;
}

/** The endpoints of a tenant, so that a plan made for one is not applied to another of the same name. */
export interface PlannedTenant {
  readonly name: string;
  readonly org: string;
  readonly flows: string;
  readonly workflows: string;
}

/** The flags that the plan was made with; applying it uses the same. */
export interface PlannedOptions {
  readonly prune: boolean;
  readonly adopt: boolean;
  readonly allowLargeChange: boolean;
  readonly allowProtected: boolean;
  /** As in Narrowing; a revision as the commit that was compared with. */
  readonly only: readonly string[];
  readonly selector: string | null;
  readonly changedSince: string | null;
}

/** What `plan --out` writes, besides its seal. Plain data without secrets. */
export interface SavedPlan {
  readonly formatVersion: typeof SAVED_PLAN_FORMAT_VERSION;
  /** The version of cxone-gitops that made it. */
  readonly tool: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly tenant: PlannedTenant;
  readonly options: PlannedOptions;
  readonly plan: Plan;
  readonly bindings: readonly Binding[];
}

/** One field that is not as it was when the plan was made. Values are masked; undefined where there is none. */
export interface Moved {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  readonly document: DocumentRef;
  /** Whose side moved: the tenant's, git's, or what is to be done for another reason. */
  readonly side: "live" | "desired" | "action";
  /** JSON pointer into the owned part; empty for the whole. */
  readonly field: string;
  /** Live when the plan was made. */
  readonly old: Json | undefined;
  /** What the plan was to make of it. */
  readonly planned: Json | undefined;
  readonly now: Json | undefined;
}
