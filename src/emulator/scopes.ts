/** The two API families; each has its own login, and a token of one is no good for the other (assumption). */
export type Family = "flows" | "workflows";

/** What somebody may edit by hand. */
export type EditableType = "flow" | "workflow" | "webhook";

/** What a route asks of a caller. */
export interface Access {
  readonly family: Family;
  readonly scope: string;
  /** The documents behind a `/:id` route, for faults that edit them. */
  readonly documents?: EditableType;
}

/** The scopes that the seeds request from each family (seed SF, seed SE). */
export const FAMILY_SCOPES: Readonly<Record<Family, readonly string[]>> = {
  flows: ["flows:write", "flows:read"],
  workflows: ["workflow:edit", "workflow:view", "email:template", "interaction:read", "webhook:manage"],
};

/** Which family answers under a path: the flows paths are SF's, all others SE's. */
export function familyOf(path: string): Family {
  return path === "/oauth/token" || path === "/api/v2/flows" || path.startsWith("/api/v2/flows/")
    ? "flows"
    : "workflows";
}

/** SF's scopes: `flows:read` to read and `flows:write` for the rest (seed SF names both; which call needs which is an assumption). */
export function flowAccess(kind: "read" | "write"): Access {
  return { family: "flows", scope: `flows:${kind}`, documents: "flow" };
}

/** SE's scopes: 403 without `workflow:view` on a read (seed SE), `workflow:edit` for the rest (assumption). */
export function workflowAccess(kind: "view" | "edit"): Access {
  return { family: "workflows", scope: `workflow:${kind}`, documents: "workflow" };
}

/** Which scope opens which of SE's other endpoints is read off the scopes' names (assumption). */
export const TEMPLATE_ACCESS: Access = { family: "workflows", scope: "email:template" };
export const ATTACHMENT_ACCESS: Access = { family: "workflows", scope: "interaction:read" };
export const WEBHOOK_ACCESS: Access = { family: "workflows", scope: "webhook:manage", documents: "webhook" };
