import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  type JsonPath,
  objectFrom,
  objectsAt,
  stringAt,
  valueAt,
} from "../../model/json.ts";
import { type Imported, type Importing, NO_REMARKS, type Restated } from "../importing.ts";
import { MAIL_NODE_TYPE } from "../shared/mail-references.ts";
import { restateSet } from "../shared/sayable.ts";
import { findCredentials } from "../shared/without-credentials.ts";
import { findNode } from "./canonical.ts";
import type { EmailNodeSpec } from "./schema.ts";
import { neighboursOf, type Side } from "./transitions.ts";

/** What a manifest means that does not say it. */
const DEFAULTS: Readonly<Record<string, Json>> = { deliveryMode: "standard", trackOpens: true, trackClicks: true };

export const emailNodeImporting: Importing = {
  documentType: "workflow",
  folder: "email",
  importFrom(document, workflow, siblings) {
    const taken = new Set(siblings.flatMap(({ claims }) => claims.map(({ what }) => what)));
    const mails = objectsAt(document, "nodes").filter((node) => stringAt(node, "type") === MAIL_NODE_TYPE);
    const firstById = new Map(mails.toReversed().map((node) => [stringAt(node, "id") ?? "", node]));
    return [...firstById].flatMap(([id, node]) => (taken.has(`node/${id}`) ? [] : [importMail(workflow, id, node)]));
  },
};

/**
 * Variables and attachments are written where there are none, too: what a manifest does not name is the tenant's, and a file that somebody
 * attaches live would reach the recipients unseen. The transitions stay with the workflow's owner: a manifest that lists them decides them,
 * and knows no conditions.
 */
function importMail(workflow: string, node: string, live: JsonObject): Imported {
  const properties = valueAt(live, "properties");
  const variables = valueAt(properties, "variables") ?? {};
  const attachments = valueAt(properties, "attachments") ?? [];
  const odd = [
    ...(isVariables(variables) ? [] : ["variables"]),
    ...(isAttachments(attachments) ? [] : ["attachments"]),
  ];
  const spec: JsonObject = {
    workflow,
    node,
    templateId: valueAt(properties, "templateId") ?? null,
    ...(isVariables(variables) && { variables }),
    ...(isAttachments(attachments) && { attachments: attachments.map(sayAttachment) }),
    ...withoutDefaults(ownedOptions(properties)),
  };
  const notes = odd.map((key) => `\`${key}\` is in a shape that no EmailNode can have, and stays with the tenant`);
  return {
    id: node,
    name: `${workflow}-${node}`,
    nameField: undefined,
    spec,
    remarks: { ...NO_REMARKS, notes, credentials: credentialsIn(spec) },
  };
}

function isVariables(value: Json): value is JsonObject {
  return isJsonObject(value) && Object.entries(value).every(([name, path]) => name !== "" && typeof path === "string");
}

function isAttachments(value: Json): value is readonly JsonObject[] {
  if (!isJsonArray(value)) return false;
  return value.every((file) => stringAt(file, "fileId") !== undefined && stringAt(file, "fileName") !== undefined);
}

function sayAttachment(file: JsonObject): JsonObject {
  return { fileId: valueAt(file, "fileId") ?? null, fileName: valueAt(file, "fileName") ?? null };
}

/** The fields that a manifest always decides, as they are live; one that is not live is left out. */
function ownedOptions(properties: Json | undefined): JsonObject {
  const live = Object.keys(DEFAULTS).map((key) => [key, valueAt(properties, key)] as const);
  return objectFrom(live.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}

function withoutDefaults(options: JsonObject): JsonObject {
  return objectFrom(Object.entries(options).filter(([key, value]) => value !== DEFAULTS[key]));
}

/** An e-mail node's manifest as it would describe a live node: the fields that it names, and those with a default. */
export function restateEmailNode(document: JsonObject, spec: EmailNodeSpec): Restated | undefined {
  const node = findNode(document, spec.node);
  if (node === undefined) return undefined;
  const properties = valueAt(node, "properties");
  const { workflow, node: id, templateId, variables, attachments, after, before } = spec;
  const named: JsonObject = {
    workflow,
    node: id,
    templateId: valueAt(properties, "templateId") ?? null,
    ...(variables && { variables: valueAt(properties, "variables") ?? {} }),
    ...(attachments && { attachments: restateAttachments(objectsAt(properties, "attachments"), attachments) }),
  };
  const options = ownedOptions(properties);
  const sides = { ...restateSide(document, spec, "after"), ...restateSide(document, spec, "before") };
  const { deliveryMode, trackOpens, trackClicks } = spec;
  return {
    said: {
      ...named,
      templateId,
      ...(variables && { variables }),
      ...(attachments && { attachments }),
      ...{ deliveryMode, trackOpens, trackClicks },
      ...(after && { after }),
      ...(before && { before }),
    },
    live: { ...named, ...options, ...sides },
    short: { ...named, ...withoutDefaults(options), ...sides },
    remarks: { ...NO_REMARKS, credentials: credentialsIn(named) },
  };
}

/** Variables are owned as a whole, so none of them can be left out. */
function credentialsIn(spec: JsonObject): readonly JsonPath[] {
  return findCredentials(valueAt(spec, "variables") ?? {}).map((path) => ["spec", "variables", ...path]);
}

function restateAttachments(live: readonly JsonObject[], said: readonly JsonObject[]): readonly JsonObject[] {
  const rankById = new Map(said.map((file, rank) => [stringAt(file, "fileId"), rank]));
  const rankOf = (file: JsonObject) => rankById.get(stringAt(file, "fileId")) ?? said.length;
  return live.map(sayAttachment).toSorted((left, right) => rankOf(left) - rankOf(right));
}

function restateSide(document: JsonObject, spec: EmailNodeSpec, side: Side): JsonObject {
  const said = spec[side];
  if (said === undefined) return {};
  return { [side]: restateSet(neighboursOf(document, spec.node, side), said) };
}
