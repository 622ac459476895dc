import type { Secrets } from "../model/secrets.ts";
import type { ReadCalls } from "./documents.ts";
import type { Family } from "./family.ts";
import type { Timeouts } from "./tenant.ts";

/** Templates, which e-mail nodes refer to and which are only ever read: part of the workflows family. */
export function templateCalls(family: Family, secrets: Secrets, timeouts: Timeouts): ReadCalls {
  return {
    family,
    secrets,
    noun: "template",
    collection: "/api/v2/interactions/templates",
    idKeys: ["id"],
    readScope: "email:template",
    readTimeoutMs: timeouts.readMs,
  };
}

/** Attachments, which e-mail nodes refer to and which are only ever read: part of the workflows family. */
export function attachmentCalls(family: Family, secrets: Secrets, timeouts: Timeouts): ReadCalls {
  return {
    family,
    secrets,
    noun: "attachment",
    collection: "/api/v2/interactions/attachments",
    idKeys: ["fileId", "id"],
    readScope: "interaction:read",
    readTimeoutMs: timeouts.readMs,
  };
}
