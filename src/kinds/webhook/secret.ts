import type { Problem } from "../../model/finding.ts";
import type { KindContext } from "../kind.ts";
import { isSecretReference } from "./rules.ts";
import type { WebhookSpec } from "./schema.ts";

/** When a webhook's secret goes out: with a new webhook, and with a live one whose rotation is due. */
export interface Sending {
  readonly isNew: boolean;
  readonly isRotated: boolean;
}

/** The secret to send; undefined when none is to be sent, so that nothing else ever looks it up. */
export function secretToSend(spec: WebhookSpec, context: KindContext, sending: Sending): string | undefined {
  if (spec.secret === undefined || !(sending.isNew || sending.isRotated)) return undefined;
  return context.resolveSecret(spec.secret);
}

/** A secret that is to be sent has a value. */
export function checkSecretToSend(spec: WebhookSpec, context: KindContext, sending: Sending): readonly Problem[] {
  if (spec.secret === undefined || !(sending.isNew || sending.isRotated)) return [];
  if (context.resolveSecret(spec.secret) !== undefined) return [];
  const which = isSecretReference(spec.secret) ? spec.secret : "what stands here";
  const purpose = sending.isNew ? "creating this webhook needs its secret" : "rotating this webhook's secret needs it";
  const message = `${purpose}, and ${which} has no value`;
  return [{ rule: "variables/unset", path: ["spec", "secret"], message, hint: "Set the environment variable." }];
}
