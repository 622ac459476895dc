import type { Problem } from "../../model/finding.ts";
import { isJsonArray, isJsonObject, type JsonObject, type JsonPath, valueAt } from "../../model/json.ts";

/** A live webhook whose lists cannot be read is left alone, as flows and workflows are: writing would lose what they hold. */
export function checkWebhookShape(document: JsonObject, path: JsonPath): readonly Problem[] {
  const events = valueAt(document, "events") ?? [];
  const headers = valueAt(document, "headers") ?? {};
  const hasEvents = isJsonArray(events) && events.every((event) => typeof event === "string");
  const wrong = [...(hasEvents ? [] : ["events"]), ...(isJsonObject(headers) ? [] : ["headers"])];
  return wrong.map((name) => ({
    rule: "live/shape",
    path,
    message: `the tenant's answer has \`${name}\` in a shape that is not documented`,
    hint: "Nothing is written to it; look at the webhook in CXone.",
  }));
}
