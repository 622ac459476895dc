import { locate, type Problem } from "../model/finding.ts";
import type { JsonObject } from "../model/json.ts";
import type { LiveDocument } from "../model/live.ts";
import { applySeverities, type RuleSeverities } from "../model/severity.ts";
import { composeParts, type Part } from "./part.ts";

/** A part that a document does not suit, and the rule's word for it. */
export interface Unsuited {
  readonly part: Part;
  readonly why: string;
}

/**
 * The first of the parts that the document, with only each other in it, does not suit; undefined when it suits all. What is leaving is
 * suited by any. And the part without which the document would hold together: a workflow whose transition leads to an e-mail node that is
 * not brought. What is broken already stays as it is, for it is nothing that the parts do. Pure.
 */
export function findUnsuited(
  parts: readonly Part[],
  live: LiveDocument | undefined,
  severities: RuleSeverities,
): Unsuited | undefined {
  const staying = parts.filter(({ desired }) => desired !== undefined);
  for (const part of staying) {
    const siblings = staying.filter((other) => other !== part).map(({ resource }) => resource);
    const [why] = errorsOf(part, part.resource.checkDocument(live?.document, siblings), severities);
    if (why !== undefined) return { part, why };
  }
  return findBreaking(parts, live?.document, severities);
}

function findBreaking(
  parts: readonly Part[],
  base: JsonObject | undefined,
  severities: RuleSeverities,
): Unsuited | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const brokenIn = (document: JsonObject | undefined) =>
    document === undefined ? [] : errorsOf(first, first.resource.checkComposed(document), severities);
  const before = new Set(brokenIn(base));
  const why = brokenIn(composeParts(parts, base)).find((message) => !before.has(message));
  if (why === undefined) return undefined;
  const isWhole = (part: Part) => {
    const others = parts.filter((other) => other !== part);
    return !brokenIn(composeParts(others, base)).includes(why);
  };
  return { part: parts.find(isWhole) ?? first, why };
}

function errorsOf({ resource }: Part, problems: readonly Problem[], severities: RuleSeverities): readonly string[] {
  const located = problems.map((problem) => locate(problem, resource.source));
  const errors = applySeverities(located, severities).filter(({ severity }) => severity === "error");
  return errors.map(({ message }) => message);
}
