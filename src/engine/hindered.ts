import type { Resource } from "../kinds/kind.ts";
import { isSameOrAbsent, type JsonObject } from "../model/json.ts";
import type { LiveDocument } from "../model/live.ts";
import type { RuleSeverities } from "../model/severity.ts";
import { composeParts, type Part } from "./part.ts";
import { siblingsOf, type Unit } from "./units.ts";
import { findUnsuited, type Unsuited } from "./unsuited.ts";

export interface HinderedInput {
  readonly unit: Unit;
  /** What is still to be written of the unit. */
  readonly parts: readonly Part[];
  /** What is to stay as it is. Not empty. */
  readonly held: readonly Resource[];
  readonly base: LiveDocument | undefined;
  readonly severities: RuleSeverities;
}

/**
 * The first part that cannot be written while others of its document are held back; undefined when each can. Pure.
 *
 *   the part                                                        because
 *   lives in a document that is not there, and nobody may create     it has nowhere to go
 *   does not suit the document without what is held back             an e-mail node whose neighbour is not brought, a workflow with a
 *                                                                    transition to an e-mail node that is not
 *   would change the owned part of what is held back                 it deletes the document, or a transition, under it
 */
export function findHindered(input: HinderedInput): Unsuited | undefined {
  const { unit, parts, base, severities } = input;
  const [first] = parts;
  if (first === undefined) return undefined;
  if (base === undefined && !parts.some(({ resource }) => resource.createsDocument)) {
    return { part: first, why: `${unit.ref.type} "${unit.ref.id}" is not created` };
  }
  const unsuited = findUnsuited(parts, base, severities);
  if (unsuited !== undefined) return unsuited;
  const intruder = findIntruder(input);
  return intruder && { ...intruder, why: "it would change what is held back" };
}

/** The first part that would change the owned part of what is to stay as it is. Pure. */
export function findIntruder({ unit, parts, held, base }: Omit<HinderedInput, "severities">): Unsuited | undefined {
  const livePartsOf = (document: JsonObject | undefined) =>
    held.map((resource) => (document === undefined ? undefined : resource.live(document, siblingsOf(unit, resource))));
  let document = base?.document;
  const before = livePartsOf(document);
  for (const part of parts) {
    document = composeParts([part], document);
    const after = livePartsOf(document);
    const changed = held.find((_, index) => !isSameOrAbsent(after[index], before[index]));
    if (changed !== undefined) return { part, why: `it would change ${changed.kind} ${changed.name}` };
  }
  return undefined;
}
