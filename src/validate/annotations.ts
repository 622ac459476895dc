import { OUR_ANNOTATIONS, OUR_NAMESPACE } from "../model/annotations.ts";
import { didYouMean } from "../model/closest.ts";
import type { Problem } from "../model/finding.ts";
import { isJsonObject, type Json, valueAt } from "../model/json.ts";
import { RECONCILE_ANNOTATION } from "../model/policy.ts";

/**
 * What annotations of ours say. One that we do not know, or a value that means nothing, would be taken for none: what was to be
 * protected would be deleted, and what was to be left alone be written.
 */
export function checkAnnotations(manifest: Json): readonly Problem[] {
  const annotations = valueAt(valueAt(manifest, "metadata"), "annotations");
  if (!isJsonObject(annotations)) return [];
  return Object.entries(annotations).flatMap(([key, value]) => checkKey(key) ?? checkValue(key, value) ?? []);
}

/** Case does not count for what is ours, so that a capital letter makes no annotation of the team's own of it. */
function checkKey(key: string): Problem | undefined {
  if (OUR_ANNOTATIONS.has(key) || !key.trim().toLowerCase().startsWith(OUR_NAMESPACE)) return undefined;
  const known = [...OUR_ANNOTATIONS.keys()];
  const message = `there is no annotation \`${key}\`, and those that begin with \`${OUR_NAMESPACE}\` are not for your own use`;
  const hint = didYouMeanAnnotation(key) ?? `Known are: ${known.join(", ")}.`;
  return { rule: "manifest/annotation", path: ["metadata", "annotations", key], at: "key", message, hint };
}

/** What they have in common makes nothing alike. */
function didYouMeanAnnotation(key: string): string | undefined {
  const word = key.trim().slice(OUR_NAMESPACE.length);
  const words = [...OUR_ANNOTATIONS.keys()].map((one) => one.slice(OUR_NAMESPACE.length));
  return didYouMean(word, words)?.replace('"', `"${OUR_NAMESPACE}`);
}

function checkValue(key: string, value: Json): Problem | undefined {
  const values = OUR_ANNOTATIONS.get(key);
  // That an annotation is a text is the envelope's business.
  if (!values || typeof value !== "string" || values.includes(value)) return undefined;
  const path = ["metadata", "annotations", key];
  const hint = didYouMean(value, values) ?? `Write one of: ${values.join(", ")}.`;
  if (key === RECONCILE_ANNOTATION) {
    return { rule: "manifest/reconcile-policy", path, message: `"${value}" is no policy of reconcile`, hint };
  }
  return { rule: "manifest/annotation", path, message: `\`${key}\` does not take "${value}"`, hint };
}
