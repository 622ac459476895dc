import { compareText } from "../../model/finding.ts";
import {
  canonicalJson,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  objectFrom,
  valueAt,
} from "../../model/json.ts";
import type { Importing, Remarks, Restated } from "../importing.ts";
import { restateSet } from "../shared/sayable.ts";
import { holdsCredential, isCredential, isCredentialName } from "./credentials.ts";
import { type WebhookSpec, webhookSchema } from "./schema.ts";

const SECRET_IS_HIDDEN =
  "no tenant shows the secret of a webhook: where it has one, add `secret: ${env:NAME}`, which is sent when the webhook has to be made again";

export const webhookImporting: Importing = {
  documentType: "webhook",
  folder: "webhooks",
  importFrom(document, name) {
    const headers = valueAt(document, "headers") ?? {};
    const { said, left } = isJsonObject(headers) ? sortHeaders(headers) : { said: {}, left: [] };
    const url = valueAt(document, "url") ?? null;
    const enabled = valueAt(document, "enabled") ?? null;
    const spec: JsonObject = {
      url,
      events: eventsOf(document).toSorted((left, right) => compareText(canonicalJson(left), canonicalJson(right))),
      ...(enabled !== true && { enabled }),
      ...(Object.keys(said).length > 0 && { headers: said }),
    };
    const notes = left.map(
      (header) => `header \`${header}\` is left out: it may be a credential, and stays with the tenant`,
    );
    return [
      {
        id: name,
        name,
        nameField: "name",
        spec,
        remarks: { notes, general: [SECRET_IS_HIDDEN], ...credentialsIn(url) },
      },
    ];
  },
};

/** The headers that a manifest may say, and the names of those that it must or can not. */
function sortHeaders(headers: JsonObject): { readonly said: JsonObject; readonly left: readonly string[] } {
  const entries = Object.entries(headers).toSorted(([left], [right]) => compareText(left, right));
  const isSaid = ([name, value]: readonly [string, Json]) =>
    isHeader(name, value) && !isCredentialName(name) && !isCredential(value);
  const left = entries.filter((entry) => !isSaid(entry)).map(([name]) => name);
  return { said: objectFrom(entries.filter(isSaid)), left };
}

function isHeader(name: string, value: Json): boolean {
  return webhookSchema.shape.headers.safeParse({ [name]: value }).success;
}

/**
 * A webhook's manifest as it would describe a live webhook: of its headers those that it names. A secret stays as it
 * is.
 */
export function restateWebhook(document: JsonObject, spec: WebhookSpec): Restated {
  const { name, url, events, enabled, headers, secret } = spec;
  const ends = { ...(secret !== undefined && { secret }) };
  const liveUrl = valueAt(document, "url") ?? null;
  const liveEnabled = valueAt(document, "enabled") ?? null;
  const head = {
    ...(name !== undefined && { name }),
    url: liveUrl,
    events: restateSet(eventsOf(document), events),
  };
  const named = headers && { headers: restateHeaders(valueAt(document, "headers") ?? {}, headers) };
  const sensitive = Object.entries(named?.headers ?? {}).filter(
    ([key, value]) => isCredentialName(key) || isCredential(value),
  );
  const { credentials } = credentialsIn(liveUrl);
  return {
    said: { ...head, url, events, enabled, ...(headers && { headers }), ...ends },
    live: { ...head, enabled: liveEnabled, ...named, ...ends },
    short: { ...head, ...(liveEnabled !== true && { enabled: liveEnabled }), ...named, ...ends },
    remarks: {
      notes: [],
      general: [],
      credentials: [...credentials, ...sensitive.map(([key]) => ["spec", "headers", key])],
    },
  };
}

function credentialsIn(url: Json): Pick<Remarks, "credentials"> {
  return { credentials: holdsCredential(url) ? [["spec", "url"]] : [] };
}

function eventsOf(document: JsonObject): readonly Json[] {
  const events = valueAt(document, "events");
  return isJsonArray(events) ? [...new Set(events)] : [];
}

/** The named headers that are live, under the manifest's spelling: upper and lower case do not count. */
function restateHeaders(live: Json, said: Readonly<Record<string, string>>): JsonObject {
  const valueByName = new Map(
    Object.entries(isJsonObject(live) ? live : {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const found = Object.keys(said).flatMap((name) => {
    const value = valueByName.get(name.toLowerCase());
    return value === undefined ? [] : [[name, value] as const];
  });
  return objectFrom(found);
}
