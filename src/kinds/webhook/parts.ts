import { isJsonObject, type JsonObject, valueAt } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { MASK } from "../../model/secrets.ts";
import { pickFrom, pickMembers, turnMembers } from "../shared/document-parts.ts";
import { manifestDocument } from "../shared/manifest-document.ts";
import { isSecretReference } from "./rules.ts";
import type { WebhookSpec } from "./schema.ts";

/** `{url, events, enabled}` as they are live, and the headers that the manifest names, however it spells them. */
export function excerptWebhook(document: JsonObject, spec: WebhookSpec): JsonObject {
  const owned = new Set(["url", "events", "enabled", ...(spec.headers ? ["headers"] : [])]);
  const named = new Set(Object.keys(spec.headers ?? {}).map((name) => name.toLowerCase()));
  return turnMembers(
    pickFrom(document, (key) => owned.has(key)),
    { headers: (headers) => pickMembers(headers, (name) => named.has(name.toLowerCase())) },
  );
}

/** The manifest, which the trail keeps. A secret that stands in it literally is never sent, and is not kept either. */
export function webhookDocument(manifest: Manifest<WebhookSpec>): JsonObject {
  const { spec } = manifest;
  const document = manifestDocument(manifest);
  if (spec.secret === undefined || isSecretReference(spec.secret)) return document;
  const kept = valueAt(document, "spec");
  return { ...document, spec: { ...(isJsonObject(kept) ? kept : {}), secret: MASK } };
}
