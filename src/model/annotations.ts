import { RECONCILE_ANNOTATION, RECONCILE_POLICIES } from "./policy.ts";

/** Annotations that begin so mean something to us. All others are the team's own. */
export const OUR_NAMESPACE = "cxone-gitops/";

/** A resource with this annotation set to "true" is never deleted, and updated only when somebody says so. */
export const PROTECT_ANNOTATION = "cxone-gitops/protect";

/** Its value is any text; another value than the last applied one asks for a webhook's secret to be sent again. */
export const ROTATE_SECRET = "cxone-gitops/rotate-secret";

/** Every annotation of ours, and the values that it takes; null for any text. A test keeps docs/manifests.md equal. */
export const OUR_ANNOTATIONS: ReadonlyMap<string, readonly string[] | null> = new Map<string, readonly string[] | null>(
  [
    [PROTECT_ANNOTATION, ["true", "false"]],
    [RECONCILE_ANNOTATION, RECONCILE_POLICIES],
    [ROTATE_SECRET, null],
  ],
);
