import { didYouMean } from "../model/closest.ts";
import type { Problem } from "../model/finding.ts";
import { type Json, valueAt } from "../model/json.ts";
import { isReconcilePolicy, RECONCILE_ANNOTATION, RECONCILE_POLICIES } from "../model/policy.ts";

/** A policy that does not exist would be taken for none, and a resource be written that was to be left alone. */
export function checkReconcilePolicy(manifest: Json): readonly Problem[] {
  const policy = valueAt(valueAt(valueAt(manifest, "metadata"), "annotations"), RECONCILE_ANNOTATION);
  // That an annotation is a text is the envelope's business.
  if (typeof policy !== "string" || isReconcilePolicy(policy)) return [];
  const path = ["metadata", "annotations", RECONCILE_ANNOTATION];
  const message = `"${policy}" is no policy of reconcile`;
  const hint = didYouMean(policy, RECONCILE_POLICIES) ?? `Write one of: ${RECONCILE_POLICIES.join(", ")}.`;
  return [{ rule: "manifest/reconcile-policy", path, message, hint }];
}
