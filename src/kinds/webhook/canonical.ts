import { compareText } from "../../model/finding.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectFrom, valueAt } from "../../model/json.ts";
import type { WebhookSpec } from "./schema.ts";

/** `{url, events: {EVENT: true}, enabled, headers: {name: value}}`; header names in lower case, as HTTP compares them. */
export function desiredWebhook(spec: WebhookSpec): Json {
  return {
    url: spec.url,
    events: eventSet(spec.events),
    enabled: spec.enabled,
    ...(spec.headers && { headers: lowerCaseNames(spec.headers) }),
  };
}

export function liveWebhook(document: JsonObject, spec: WebhookSpec): Json {
  const headers = lowerCaseNames(valueAt(document, "headers") ?? {});
  const named = Object.keys(lowerCaseNames(spec.headers ?? {}));
  return {
    url: valueAt(document, "url") ?? null,
    events: eventSet(valueAt(document, "events") ?? []),
    enabled: valueAt(document, "enabled") ?? null,
    ...(spec.headers && {
      headers: objectFrom(
        named.flatMap((name) => (Object.hasOwn(headers, name) ? [[name, headers[name] ?? null] as const] : [])),
      ),
    }),
  };
}

/** The webhook to send, with a secret only where one is given: nothing ever reads it back. */
export function composeWebhook(
  document: JsonObject | undefined,
  name: string,
  spec: WebhookSpec,
  secret: string | undefined,
): JsonObject {
  const headers = valueAt(document, "headers") ?? {};
  const ownsHeaders = spec.headers !== undefined || document === undefined;
  const named = new Set(Object.keys(lowerCaseNames(spec.headers ?? {})));
  const foreign = Object.entries(isJsonObject(headers) ? headers : {}).filter(
    ([header]) => !named.has(header.toLowerCase()),
  );
  return {
    ...document,
    name,
    url: spec.url,
    events: [...new Set(spec.events)],
    enabled: spec.enabled,
    ...(ownsHeaders && { headers: { ...objectFrom(foreign), ...spec.headers } }),
    ...(secret !== undefined && { secret }),
  };
}

function eventSet(events: Json): JsonObject {
  const names = isJsonArray(events) ? events.filter((event) => typeof event === "string") : [];
  return objectFrom([...new Set(names)].sort(compareText).map((event) => [event, true]));
}

function lowerCaseNames(headers: Json): JsonObject {
  return objectFrom(
    Object.entries(isJsonObject(headers) ? headers : {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
