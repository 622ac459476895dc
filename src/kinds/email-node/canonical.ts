/**
 * An e-mail node's one shape for comparing:
 * `{type, properties: {templateId, variables, attachments: {FILEID: {fileName}}, …}, after: {NODE: true}, before: {NODE: true}}`,
 * with only the fields that the manifest names.
 */
import {
  isJsonObject,
  type Json,
  type JsonObject,
  objectFrom,
  objectsAt,
  stringAt,
  valueAt,
} from "../../model/json.ts";
import { MAIL_NODE_TYPE } from "../shared/mail-references.ts";
import { readWorkflow } from "./live-workflow.ts";
import type { EmailNodeSpec } from "./schema.ts";
import { neighboursOf } from "./transitions.ts";

export function desiredEmailNode(spec: EmailNodeSpec): Json {
  return {
    type: MAIL_NODE_TYPE,
    properties: {
      templateId: spec.templateId,
      ...(spec.variables && { variables: spec.variables }),
      ...(spec.attachments && { attachments: keyByFile(spec.attachments) }),
      deliveryMode: spec.deliveryMode,
      trackOpens: spec.trackOpens,
      trackClicks: spec.trackClicks,
    },
    ...(spec.after && { after: asSet(spec.after) }),
    ...(spec.before && { before: asSet(spec.before) }),
  };
}

export function liveEmailNode(document: JsonObject, spec: EmailNodeSpec): Json | undefined {
  const node = findNode(document, spec.node);
  if (node === undefined) return undefined;
  const properties = valueAt(node, "properties") ?? {};
  const owned = Object.keys(ownedProperties(spec)).flatMap((key): (readonly [string, Json])[] => {
    const value = valueAt(properties, key) ?? MEANT_BY_NOTHING[key];
    if (value === undefined) return [];
    return [[key, key === "attachments" ? keyByFile(objectsAt(properties, key)) : value]];
  });
  return {
    type: valueAt(node, "type") ?? null,
    properties: objectFrom(owned),
    ...(spec.after && { after: asSet(neighboursOf(document, spec.node, "after")) }),
    ...(spec.before && { before: asSet(neighboursOf(document, spec.node, "before")) }),
  };
}

/** A server may leave out what holds nothing: no variables and no attachments are the same as empty ones. */
const MEANT_BY_NOTHING: Readonly<Record<string, Json>> = { variables: {}, attachments: [] };

export function findNode(document: JsonObject, id: string): JsonObject | undefined {
  return readWorkflow(document).nodes.get(id)?.[0];
}

/** The node with the fields that the manifest names put in; everything else in it stays. */
export function composeNode(live: JsonObject | undefined, spec: EmailNodeSpec): JsonObject {
  const base = live ?? { id: spec.node };
  const properties = valueAt(base, "properties");
  const blank = live === undefined ? { variables: {}, attachments: [] } : {};
  const merged = { ...blank, ...(isJsonObject(properties) ? properties : {}), ...ownedProperties(spec) };
  const attachments = spec.attachments && {
    attachments: putAttachments(objectsAt(properties, "attachments"), spec.attachments),
  };
  return { ...base, type: MAIL_NODE_TYPE, properties: { ...merged, ...attachments } };
}

/** The properties that the manifest names or that have a default, in the document's own shape. */
export function ownedProperties(spec: EmailNodeSpec): JsonObject {
  return {
    templateId: spec.templateId,
    ...(spec.variables && { variables: spec.variables }),
    ...(spec.attachments && { attachments: spec.attachments }),
    deliveryMode: spec.deliveryMode,
    trackOpens: spec.trackOpens,
    trackClicks: spec.trackClicks,
  };
}

/** The desired attachments in the manifest's order, each with whatever else the tenant keeps about it. */
function putAttachments(live: readonly JsonObject[], desired: readonly JsonObject[]): readonly JsonObject[] {
  const liveById = new Map(live.map((attachment) => [stringAt(attachment, "fileId"), attachment]));
  return desired.map((attachment) => ({ ...liveById.get(stringAt(attachment, "fileId")), ...attachment }));
}

/** A file that is attached twice live shows under a name of its own, and goes. */
function keyByFile(attachments: readonly JsonObject[]): JsonObject {
  const seen = new Set<string>();
  const entries = attachments.map((attachment, index): readonly [string, Json] => {
    const fileId = stringAt(attachment, "fileId") ?? `(attachment ${index} without fileId)`;
    const key = seen.has(fileId) ? `(attachment ${index}, another ${fileId})` : fileId;
    seen.add(fileId);
    return [key, { fileName: valueAt(attachment, "fileName") ?? null }];
  });
  return objectFrom(entries);
}

function asSet(names: readonly string[]): JsonObject {
  return objectFrom(names.map((name) => [name, true]));
}
