import type { ReplaceWrite, WriteResult } from "../engine/ports.ts";
import type { JsonObject } from "../model/json.ts";
import type { Secrets } from "../model/secrets.ts";
import { type DocumentCalls, replaceDocument } from "./documents.ts";
import type { Family } from "./family.ts";
import type { Timeouts } from "./tenant.ts";

/** Flows: `/api/v2/flows` of the flows family. */
export function flowCalls(family: Family, secrets: Secrets, timeouts: Timeouts): DocumentCalls {
  return {
    family,
    secrets,
    noun: "flow",
    collection: "/api/v2/flows",
    idKeys: ["id"],
    readScope: "flows:read",
    writeScope: "flows:write",
    readTimeoutMs: timeouts.readMs,
    writeTimeoutMs: timeouts.flowWriteMs,
  };
}

/** Sends the whole flow with the version just read; some tenants keep no versions on flows, and then none is sent. */
export function replaceFlow(calls: DocumentCalls, write: ReplaceWrite): Promise<WriteResult> {
  return replaceDocument(calls, write, withVersion(write.document, write.base.version));
}

/** The document with the version that its replacement builds on. */
export function withVersion(document: JsonObject, version: string | number | null): JsonObject {
  return version === null ? document : { ...document, version };
}
