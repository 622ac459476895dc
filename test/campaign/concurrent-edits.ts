/** What other people do to a document while a run is at work. */
import { isObject, type JsonObject, objectsAt, textAt, valueAt } from "../../src/emulator/json.ts";
import type { Fact } from "./facts.ts";
import { FIRST_NODE } from "./models.ts";
import type { Prng } from "./prng.ts";
import type { Target } from "./targets.ts";

type Edit = (document: JsonObject) => JsonObject;

/**
 * An edit of something that no manifest decides. Once it happens, `remember` gets the fact that has to hold from then on; it never
 * does when the document lacks what would be edited.
 */
export function makeForeignEdit(prng: Prng, target: Target, remember: (fact: Fact) => void): Edit {
  const mark = { [`marked_${prng.word()}`]: prng.word() };
  const note = (part: JsonObject) => remember({ type: target.type, id: target.id, part });
  return prng.weighted<() => Edit>([
    [2, () => markDocument(mark, note)],
    [3, () => markNode(prng.pick(target.nodes), mark, note)],
    [target.isWhole ? 0 : 3, () => addTheirNode(`sms_${prng.word()}`, mark, note)],
  ])();
}

type Note = (part: JsonObject) => void;

function markDocument(mark: JsonObject, note: Note): Edit {
  return (document) => {
    note(mark);
    return { ...document, ...mark };
  };
}

function markNode(id: string, mark: JsonObject, note: Note): Edit {
  return (document) => {
    const nodes = objectsAt(document, "nodes");
    if (!nodes.some((node) => textAt(node, "id") === id)) return document;
    note({ nodes: [{ id, properties: mark }] });
    return { ...document, nodes: nodes.map((node) => (textAt(node, "id") === id ? withProperties(node, mark) : node)) };
  };
}

function addTheirNode(id: string, mark: JsonObject, note: Note): Edit {
  const node = { id, type: "sms", properties: mark };
  const transition = { id: `tr_${id}`, source: FIRST_NODE, target: id, condition: "true" };
  return (document) => {
    if (objectsAt(document, "nodes").some((one) => textAt(one, "id") === id)) return document;
    note({ nodes: [node], transitions: [transition] });
    const transitions = [...objectsAt(document, "transitions"), transition];
    return { ...document, nodes: [node, ...objectsAt(document, "nodes")], transitions };
  };
}

/** An edit of what a manifest does decide: git wins in the end, and nothing of it has to stay. */
export function makeOwnedEdit(prng: Prng, target: Target): Edit {
  const word = prng.word();
  const id = prng.pick(target.nodes);
  if (!target.isWhole) return changeMails(target.nodes, word);
  return prng.pick<Edit>([
    (document) => ({ ...document, name: `Edited by hand ${word}` }),
    (document) => addStray(document, `node_stray_${word}`),
    (document) => ({
      ...document,
      nodes: objectsAt(document, "nodes").map((node) => (textAt(node, "id") === id ? spoil(node, word) : node)),
    }),
  ]);
}

function addStray(document: JsonObject, id: string): JsonObject {
  const others = objectsAt(document, "nodes").filter((node) => textAt(node, "id") !== id);
  return { ...document, nodes: [...others, { id, type: "terminal" }] };
}

/** A mail node that is not among these has no manifest any more, and is as foreign as any other. */
function changeMails(ids: readonly string[], word: string): Edit {
  const isOurs = (node: JsonObject) => textAt(node, "type") === "email" && ids.includes(textAt(node, "id") ?? "");
  return (document) => ({
    ...document,
    nodes: objectsAt(document, "nodes").map((node) =>
      isOurs(node) ? withProperties(node, { deliveryMode: `by-hand-${word}` }) : node,
    ),
  });
}

/** Another value for each text or number among the properties that manifests name. */
function spoil(node: JsonObject, word: string): JsonObject {
  const named = ["prompt", "skill", "seconds", "deliveryMode"];
  const properties = valueAt(node, "properties");
  const spoilt = named.filter((key) => isObject(properties) && valueAt(properties, key) !== undefined);
  return withProperties(node, Object.fromEntries(spoilt.map((key) => [key, `by hand ${word}`])));
}

function withProperties(node: JsonObject, more: JsonObject): JsonObject {
  const properties = valueAt(node, "properties");
  return { ...node, properties: { ...(isObject(properties) ? properties : {}), ...more } };
}
