/** Who edited a document last, and when, as the tenant tells it. The one place that knows under which names. */
import { type Json, type JsonObject, stringAt, valueAt } from "../model/json.ts";
import type { LastEdit } from "../model/live.ts";

/** Epoch milliseconds (seed article on e-mail nodes). */
export const EDIT_TIME_KEY = "lastUpdatedTimestamp";
/** Our assumption: the first of these that names somebody, as a text or as an object that holds one. */
const EDITOR_KEYS = ["lastUpdatedBy", "updatedBy", "modifiedBy"] as const;
const NAME_KEYS = ["name", "userName", "email", "id"] as const;
const LONGEST_NAME = 120;
/** The last moment that a date can hold, in milliseconds. */
const END_OF_TIME = 8.64e15;

/** undefined where the tenant does not say when. Must accept any JSON object: live documents are untrusted. */
export function lastEditOf(document: JsonObject): LastEdit | undefined {
  const at = valueAt(document, EDIT_TIME_KEY);
  if (typeof at !== "number" || !Number.isInteger(at) || at <= 0 || at > END_OF_TIME) return undefined;
  const names = EDITOR_KEYS.flatMap((key) => nameIn(valueAt(document, key)) ?? []);
  return { at, by: names[0] ?? null };
}

function nameIn(editor: Json | undefined): string | undefined {
  const names = [typeof editor === "string" ? editor : undefined, ...NAME_KEYS.map((key) => stringAt(editor, key))];
  const name = names.find((text) => text !== undefined && text.trim() !== "");
  return name?.trim().slice(0, LONGEST_NAME).toWellFormed();
}
