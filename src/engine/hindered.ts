import type { Resource } from "../kinds/kind.ts";
import { isSameJson, type Json, type JsonObject } from "../model/json.ts";
import type { LiveDocument } from "../model/live.ts";
import type { RuleSeverities } from "../model/severity.ts";
import type { Part } from "./part.ts";
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
 *   does not suit the document without what is held back             an e-mail node whose neighbour is not brought
 *   would change the owned part of what is held back                 it deletes the document, or a transition, under it
 */
export function findHindered(input: HinderedInput): Unsuited | undefined {
  const { unit, parts, base, severities } = input;
  const [first] = parts;
  if (first === undefined) return undefined;
  if (base === undefined && !parts.some(({ resource }) => resource.createsDocument)) {
    return { part: first, why: `${unit.ref.type} "${unit.ref.id}" is not created` };
  }
  return findUnsuited(parts, base, severities) ?? findIntruder(input);
}

function findIntruder({ unit, parts, held, base }: HinderedInput): Unsuited | undefined {
  const livePartsOf = (document: JsonObject | undefined) =>
    held.map((resource) => (document === undefined ? undefined : resource.live(document, siblingsOf(unit, resource))));
  let document = base?.document;
  const before = livePartsOf(document);
  for (const part of parts) {
    document = write(part, document);
    const after = livePartsOf(document);
    if (!after.every((one, index) => isSame(one, before[index]))) {
      return { part, why: "it would change what is held back" };
    }
  }
  return undefined;
}

function write({ resource, desired, siblings }: Part, document: JsonObject | undefined): JsonObject | undefined {
  if (desired !== undefined) return resource.compose(document, siblings);
  return document && resource.remove(document, siblings);
}

function isSame(left: Json | undefined, right: Json | undefined): boolean {
  return left === undefined || right === undefined ? left === right : isSameJson(left, right);
}
