/** An e-mail node's own part of a live workflow, and the workflow without it. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectFrom, stringAt } from "../../model/json.ts";
import { dropItems, pickFrom, pickMembers, turnMembers } from "../shared/document-parts.ts";
import { ownedProperties } from "./canonical.ts";
import type { EmailNodeSpec } from "./schema.ts";
import { isOnOwnedSide, touches } from "./transitions.ts";

const OWNED_IN_NODE = new Set(["id", "type", "properties"]);

/** `{nodes, transitions}` with the node alone, of its properties those that the manifest names, and the transitions on owned sides. */
export function excerptEmailNode(document: JsonObject, spec: EmailNodeSpec): JsonObject {
  const ownsTransitions = (spec.after ?? spec.before) !== undefined;
  const isOwnedList = (key: string) => key === "nodes" || (key === "transitions" && ownsTransitions);
  const lists = Object.entries(document).filter(([key, value]) => isOwnedList(key) && isJsonArray(value));
  return turnMembers(objectFrom(lists), {
    nodes: (nodes) =>
      objectsOf(nodes)
        .filter((node) => stringAt(node, "id") === spec.node)
        .map((node) => excerptNode(node, spec)),
    transitions: (transitions) => objectsOf(transitions).filter((transition) => isOnOwnedSide(transition, spec)),
  });
}

function excerptNode(node: JsonObject, spec: EmailNodeSpec): JsonObject {
  const owned = ownedProperties(spec);
  return turnMembers(
    pickFrom(node, (key) => OWNED_IN_NODE.has(key)),
    { properties: (properties) => pickMembers(properties, (key) => Object.hasOwn(owned, key)) },
  );
}

/** The workflow without the node and every transition that touches it: a transition to nowhere would be refused. */
export function removeEmailNode(document: JsonObject, spec: EmailNodeSpec): JsonObject {
  return turnMembers(document, {
    nodes: (nodes) => dropItems(nodes, (node) => stringAt(node, "id") === spec.node),
    transitions: (transitions) => dropItems(transitions, (transition) => touches(transition, spec.node)),
  });
}

function objectsOf(list: Json): readonly JsonObject[] {
  return isJsonArray(list) ? list.filter(isJsonObject) : [];
}
