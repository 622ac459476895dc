/** What the recipients of a mail notice. The mail is given as its node's properties, live and desired. */

import { compareFields, describeFieldChange, type FieldChange, showShort } from "../../model/field-changes.ts";
import { compareText } from "../../model/finding.ts";
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  objectFrom,
  stringAt,
  valueAt,
} from "../../model/json.ts";

/** A clause for each difference. Fields that no mail is known to have are told by their names. */
export function describeMailChange(live: JsonObject, desired: JsonObject): readonly string[] {
  return compareFields(readMail(live), readMail(desired)).flatMap(describeField);
}

/** A mail that is new: what it is made of. */
export function describeNewMail(properties: JsonObject): string {
  const template = valueAt(properties, "templateId");
  return template === undefined ? "a new mail" : `a new mail with template ${showShort(template)}`;
}

/** With the attachments by their files, so that each is compared with itself, and what means nothing left out. */
function readMail(properties: JsonObject): JsonObject {
  const attachments = valueAt(properties, "attachments");
  return objectFrom(
    Object.entries({
      ...properties,
      ...(attachments !== undefined && { attachments: readAttachments(attachments) }),
    }).filter(([, value]) => !(isJsonObject(value) && Object.keys(value).length === 0)),
  );
}

function readAttachments(attachments: Json): Json {
  const files = isJsonArray(attachments)
    ? attachments.map((file): readonly [string, Json] => [
        stringAt(file, "fileId") ?? "",
        valueAt(file, "fileName") ?? null,
      ])
    : Object.entries(isJsonObject(attachments) ? attachments : {}).map(([id, file]): readonly [string, Json] => [
        id,
        valueAt(file, "fileName") ?? null,
      ]);
  return objectFrom(files);
}

function describeField(change: FieldChange): readonly string[] {
  const { field, live, desired } = change;
  const list = (["attachments", "variables"] as const).find((name) => field === name || field.startsWith(`${name}.`));
  if (list !== undefined) return describeList(change, list);
  if (field === "trackOpens" || field === "trackClicks") return [describeTracking(field, live, desired)];
  if (live === undefined || desired === undefined) return [`of the mail, ${describeFieldChange(change)}`];
  if (field === "templateId") return [`recipients get template ${showShort(desired)} instead of ${showShort(live)}`];
  if (field === "deliveryMode") {
    return [`the mail is now delivered as ${showShort(desired)} instead of ${showShort(live)}`];
  }
  return [`of the mail, ${describeFieldChange(change)}`];
}

function describeTracking(
  field: "trackOpens" | "trackClicks",
  live: Json | undefined,
  desired: Json | undefined,
): string {
  const change = desired === true ? "now tracked" : live === true ? "no longer tracked" : "not tracked";
  return field === "trackOpens" ? `opening the mail is ${change}` : `clicks on links of the mail are ${change}`;
}

/** One entry of a list, or the whole list where one side has none. */
function describeList({ field, live, desired }: FieldChange, list: "attachments" | "variables"): readonly string[] {
  const describe = list === "attachments" ? describeAttachment : describeVariable;
  if (field !== list) return [describe(field.slice(list.length + 1), live, desired)];
  const names = Object.keys({ ...(isJsonObject(live) && live), ...(isJsonObject(desired) && desired) });
  return names
    .sort(compareText)
    .map((name) => describe(name, live && valueAt(live, name), desired && valueAt(desired, name)));
}

function describeAttachment(file: string, live: Json | undefined, desired: Json | undefined): string {
  if (live === undefined) return `${showShort(desired)} (${file}) is now attached`;
  if (desired === undefined) return `${showShort(live)} (${file}) is no longer attached`;
  return `the attachment ${file} is now called ${showShort(desired)} instead of ${showShort(live)}`;
}

function describeVariable(name: string, live: Json | undefined, desired: Json | undefined): string {
  if (live === undefined) return `the mail's ${name} is now filled from ${showShort(desired)}`;
  if (desired === undefined) return `the mail's ${name} is no longer filled`;
  return `the mail's ${name} is now filled from ${showShort(desired)} instead of ${showShort(live)}`;
}
