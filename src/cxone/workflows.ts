import type { ReplaceWrite, WriteResult } from "../engine/ports.ts";
import type { Secrets } from "../model/secrets.ts";
import { type DocumentCalls, replaceDocument } from "./documents.ts";
import type { Family } from "./family.ts";
import { withVersion } from "./flows.ts";
import type { Timeouts } from "./tenant.ts";

/** Workflows: `/api/v2/workflows` of the workflows family. */
export function workflowCalls(family: Family, secrets: Secrets, timeouts: Timeouts): DocumentCalls {
  return {
    family,
    secrets,
    noun: "workflow",
    collection: "/api/v2/workflows",
    idKeys: ["id"],
    readScope: "workflow:view",
    writeScope: "workflow:edit",
    readTimeoutMs: timeouts.readMs,
    writeTimeoutMs: timeouts.workflowWriteMs,
  };
}

/**
 * Sends the whole workflow with its version as read and the time of the change, as the e-mail article does. The time is
 * that of the intention: the body of a repetition must be equal, or its idempotency key would count as taken.
 */
export function replaceWorkflow(calls: DocumentCalls, write: ReplaceWrite): Promise<WriteResult> {
  const document = withVersion(write.document, write.base.version);
  return replaceDocument(calls, write, { ...document, lastUpdatedTimestamp: write.at });
}
