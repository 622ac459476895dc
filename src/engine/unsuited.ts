import { locate } from "../model/finding.ts";
import type { LiveDocument } from "../model/live.ts";
import { applySeverities, type RuleSeverities } from "../model/severity.ts";
import type { Part } from "./part.ts";

/** A part that a document does not suit, and the rule's word for it. */
export interface Unsuited {
  readonly part: Part;
  readonly why: string;
}

/**
 * The first of the parts that the document, with only each other in it, does not suit; undefined when it suits all. What is leaving is
 * suited by any. Pure.
 */
export function findUnsuited(
  parts: readonly Part[],
  live: LiveDocument | undefined,
  severities: RuleSeverities,
): Unsuited | undefined {
  const staying = parts.filter(({ desired }) => desired !== undefined);
  for (const part of staying) {
    const siblings = staying.filter((other) => other !== part).map(({ resource }) => resource);
    const problems = part.resource.checkDocument(live?.document, siblings);
    const located = problems.map((problem) => locate(problem, part.resource.source));
    const error = applySeverities(located, severities).find(({ severity }) => severity === "error");
    if (error !== undefined) return { part, why: error.message };
  }
  return undefined;
}
