import { isObject, type JsonObject, objectsAt, textAt, valueAt } from "../../src/emulator/json.ts";
import type { Fact } from "./facts.ts";
import type { Prng } from "./prng.ts";

export interface Decorated {
  readonly document: JsonObject;
  readonly facts: readonly Fact[];
}

/** Puts fields of the tenant's own into a document: at its top, beside a node's fields and among its properties. */
export function decorate(prng: Prng, type: "flow" | "workflow", document: JsonObject): Decorated {
  const id = textAt(document, "id") ?? "";
  const facts: Fact[] = [];
  const keep = (part: JsonObject) => {
    facts.push({ type, id, part });
    return part;
  };
  const top = prng.chance(0.6) ? keep({ ownerTeam: `team-${prng.word()}`, limits: { daily: prng.int(1, 99) } }) : {};
  const nodes = objectsAt(document, "nodes").map((node) => {
    const nodeId = textAt(node, "id") ?? "";
    const canvas = prng.chance(0.4) ? { canvas: { x: prng.int(0, 900), y: prng.int(0, 900) } } : {};
    const note = prng.chance(0.4) ? { note: `kept-${prng.word()}` } : {};
    if (Object.keys(canvas).length + Object.keys(note).length === 0) return node;
    keep({ nodes: [{ id: nodeId, ...canvas, ...(Object.keys(note).length > 0 && { properties: note }) }] });
    return { ...node, ...canvas, properties: { ...objectOf(node, "properties"), ...note } };
  });
  return { document: { ...document, ...top, nodes }, facts };
}

function objectOf(node: JsonObject, key: string): JsonObject {
  const value = valueAt(node, key);
  return isObject(value) ? value : {};
}
