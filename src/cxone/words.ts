import { isJsonObject, stringAt, valueAt } from "../model/json.ts";
import type { Secrets } from "../model/secrets.ts";
import type { Body } from "./wire/body.ts";

/** As much of a server's words as a message has room for. */
export const MOST_WORDS = 500;

/**
 * What a server said about its refusal, fit for a message: one line, at most 500 characters, every secret masked (servers
 * echo what they were sent). Details are kept beside the message, because they name the node or connection at fault.
 */
export function quoteWords(body: Body, secrets: Secrets): string {
  const words = secrets
    .mask(pickWords(body))
    .replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
  return words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS - 1)}…` : words;
}

/** The same as the end of a sentence, empty where the server said nothing. */
export function addWords(body: Body, secrets: Secrets): string {
  const words = quoteWords(body, secrets);
  return words === "" ? "" : `: ${words}`;
}

function pickWords(body: Body): string {
  if (body.kind === "text") return body.text;
  if (body.kind !== "json") return "";
  const { value } = body;
  if (typeof value === "string") return value;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const keys = ["message", "error_description", "detail", "error", "title"];
  const message = keys.map((key) => stringAt(value, key)).find((text) => text !== undefined);
  if (message === undefined) return JSON.stringify(value);
  const details = valueAt(value, "errors") ?? valueAt(value, "details");
  return details === undefined ? message : `${message} ${JSON.stringify(details)}`;
}
