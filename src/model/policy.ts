/** What a scheduled run may do by itself: `report` says, `repair` lets git win, `repair-unless-edited` leaves edits made live alone. */
export const RECONCILE_POLICIES = ["report", "repair", "repair-unless-edited"] as const;
export type ReconcilePolicy = (typeof RECONCILE_POLICIES)[number];

export const DEFAULT_RECONCILE_POLICY: ReconcilePolicy = "repair";

/** A manifest with this annotation decides for its own resource, whatever the run, the tenant and the configuration say. */
export const RECONCILE_ANNOTATION = "cxone-gitops/reconcile";

/** When a field counts as written by somebody else again and again: so many repairs within so many minutes. */
export interface FlipFlopLimits {
  readonly repairs: number;
  readonly withinMinutes: number;
}

export function isReconcilePolicy(text: string | undefined): text is ReconcilePolicy {
  return RECONCILE_POLICIES.some((policy) => policy === text);
}
