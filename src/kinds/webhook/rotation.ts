/**
 * Sending a live webhook's secret again. No tenant shows a secret, so nothing in what is read can say that it should be sent; an
 * annotation does, and the trail knows the value it had when the webhook was last applied.
 *
 *   annotation     the trail knows the webhook with     the secret is sent
 *   none           anything                             no
 *   a              a                                    no
 *   b              a, or no annotation                  yes
 *   any            not at all                           no: either the webhook is created, and the secret with it, or nobody
 *                                                       knows what was sent before, and every run would send it again
 */
import { ROTATE_SECRET } from "../../model/annotations.ts";
import type { Problem } from "../../model/finding.ts";
import { stringAt, valueAt } from "../../model/json.ts";
import type { Manifest, Metadata } from "../../model/manifest.ts";
import type { KindContext } from "../kind.ts";
import type { WebhookSpec } from "./schema.ts";

/** A reference inside a text; `$${` is none. */
const ENV_REFERENCE = /(?<!\$)\$\{env:/;

/** Why the secret is to be sent to a live webhook, as a clause; undefined when it is not. */
export function rotationOf({ metadata, spec }: Manifest<WebhookSpec>, context: KindContext): string | undefined {
  const wanted = rotationIn(metadata);
  if (spec.secret === undefined || wanted === undefined || wanted.trim() === "") return undefined;
  const last = context.lastApplied("Webhook", spec.name ?? metadata.name);
  if (last === undefined || rotationIn(last) === wanted) return undefined;
  return `the secret is sent again (rotate-secret: ${wanted})`;
}

export function checkRotation({ metadata, spec, source }: Manifest<WebhookSpec>): readonly Problem[] {
  const wanted = rotationIn(metadata);
  if (wanted === undefined) return [];
  const at = { rule: "webhook/rotation", path: ["metadata", "annotations", ROTATE_SECRET] } as const;
  if (spec.secret === undefined) {
    const message = `\`${ROTATE_SECRET}\` asks to send a secret, and the webhook has none`;
    return [{ ...at, message, hint: "Give the webhook a secret: ${env:NAME}, or remove the annotation." }];
  }
  if (wanted.trim() === "") {
    const message = `\`${ROTATE_SECRET}\` is empty`;
    return [{ ...at, message, hint: "Write any text that was not there before, such as today's date." }];
  }
  // As written: what came from the environment is masked in the trail, where it would never equal itself again.
  const annotations = valueAt(valueAt(source.value, "metadata"), "annotations");
  if (!ENV_REFERENCE.test(stringAt(annotations, ROTATE_SECRET) ?? "")) return [];
  const message = `\`${ROTATE_SECRET}\` comes from the environment, and what does is not recorded`;
  return [{ ...at, message, hint: "Write the text itself, such as today's date." }];
}

function rotationIn({ annotations }: Metadata): string | undefined {
  return stringAt(annotations, ROTATE_SECRET);
}
