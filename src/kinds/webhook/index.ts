import type { JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { type Kind, type KindContext, type Resource, registerKind } from "../kind.ts";
import { composeWebhook, desiredWebhook, liveWebhook } from "./canonical.ts";
import { webhookEffects } from "./effects.ts";
import { restateWebhook, webhookImporting } from "./import.ts";
import { checkWebhookShape } from "./live-shape.ts";
import { excerptWebhook, webhookDocument } from "./parts.ts";
import { rotationOf } from "./rotation.ts";
import { checkWebhook } from "./rules.ts";
import { type WebhookSpec, webhookSchema } from "./schema.ts";
import { checkSecretToSend, type Sending, secretToSend } from "./secret.ts";

const webhookKind: Kind<WebhookSpec> = {
  name: "Webhook",
  schema: webhookSchema,
  check: checkWebhook,
  toResource,
  asksLastApplied: true,
  importing: webhookImporting,
};

/** A webhook of the tenant, found by name. Its secret is sent when it is created or rotated, and appears nowhere else. */
export const webhook = registerKind(webhookKind);

function toResource(manifest: Manifest<WebhookSpec>, context: KindContext): Resource {
  const { spec } = manifest;
  const name = spec.name ?? manifest.metadata.name;
  const targetPath = spec.name === undefined ? ["metadata", "name"] : ["spec", "name"];
  const rotation = rotationOf(manifest, context);
  const sendingTo = (document: JsonObject | undefined): Sending => {
    return { isNew: document === undefined, isRotated: rotation !== undefined };
  };
  return {
    kind: "Webhook",
    name: manifest.metadata.name,
    id: name,
    metadata: manifest.metadata,
    source: manifest.source,
    manifest: () => webhookDocument(manifest),
    rotation,
    target: { type: "webhook", id: name },
    createsDocument: true,
    targetPath,
    claims: [{ what: "whole", path: targetPath }],
    references: [],
    desired: () => desiredWebhook(spec),
    live: (document) => liveWebhook(document, spec),
    compose: (document) => composeWebhook(document, name, spec, secretToSend(spec, context, sendingTo(document))),
    excerpt: (document) => excerptWebhook(document, spec),
    remove: () => undefined,
    restate: (document) => restateWebhook(document, spec),
    checkSiblings: () => [],
    checkDocument: (document) => [
      ...(document === undefined ? [] : checkWebhookShape(document, targetPath)),
      ...checkSecretToSend(spec, context, sendingTo(document)),
    ],
    checkComposed: () => [],
    checkReferences: () => [],
    effectsOf: webhookEffects,
    graphOf: () => undefined,
    callFlow: () => undefined,
  };
}
