import type { Problem } from "../../model/finding.ts";
import type { Manifest } from "../../model/manifest.ts";
import { type Kind, type KindContext, type Resource, registerKind } from "../kind.ts";
import { composeWebhook, desiredWebhook, liveWebhook } from "./canonical.ts";
import { checkWebhookShape } from "./live-shape.ts";
import { checkWebhook, isSecretReference } from "./rules.ts";
import { type WebhookSpec, webhookSchema } from "./schema.ts";

const webhookKind: Kind<WebhookSpec> = { name: "Webhook", schema: webhookSchema, check: checkWebhook, toResource };

/** A webhook of the tenant, found by name. Its secret is sent when it is created and appears nowhere else. */
export const webhook = registerKind(webhookKind);

function toResource(manifest: Manifest<WebhookSpec>, context: KindContext): Resource {
  const { spec } = manifest;
  const name = spec.name ?? manifest.metadata.name;
  const targetPath = spec.name === undefined ? ["metadata", "name"] : ["spec", "name"];
  return {
    kind: "Webhook",
    name: manifest.metadata.name,
    id: name,
    metadata: manifest.metadata,
    source: manifest.source,
    target: { type: "webhook", id: name },
    createsDocument: true,
    targetPath,
    claims: [{ what: "whole", path: targetPath }],
    references: [],
    desired: () => desiredWebhook(spec),
    live: (document) => liveWebhook(document, spec),
    compose: (document) => composeWebhook(document, name, spec, context),
    checkSiblings: () => [],
    checkDocument: (document) =>
      document === undefined ? checkSecretIsSet(spec, context) : checkWebhookShape(document, targetPath),
    checkReferences: () => [],
    impactOf: () => "cosmetic",
  };
}

function checkSecretIsSet(spec: WebhookSpec, context: KindContext): readonly Problem[] {
  if (spec.secret === undefined || context.resolveSecret(spec.secret) !== undefined) return [];
  const which = isSecretReference(spec.secret) ? spec.secret : "what stands here";
  const message = `creating this webhook needs its secret, and ${which} has no value`;
  return [{ rule: "variables/unset", path: ["spec", "secret"], message, hint: "Set the environment variable." }];
}
