import { excerpt, excerptPair } from "./excerpt.ts";
import { compareText } from "./finding.ts";
import { canonicalJson, isJsonObject, isSameJson, type Json, type JsonObject, valueAt } from "./json.ts";

/** A field that two objects do not agree on. */
export interface FieldChange {
  /** A field within others is named with dots. */
  readonly field: string;
  /** undefined: there is no such field. */
  readonly live: Json | undefined;
  readonly desired: Json | undefined;
}

/** Every field that differs, as deep as both sides have objects; sorted by name. */
export function compareFields(live: JsonObject, desired: JsonObject, above = ""): readonly FieldChange[] {
  const names = [...new Set([...Object.keys(live), ...Object.keys(desired)])].sort(compareText);
  return names.flatMap((name): readonly FieldChange[] => {
    const [was, is] = [valueAt(live, name), valueAt(desired, name)];
    if (was !== undefined && is !== undefined && isSameJson(was, is)) return [];
    if (isJsonObject(was) && isJsonObject(is)) return compareFields(was, is, `${above}${name}.`);
    return [{ field: above + name, live: was, desired: is }];
  });
}

/** `skill is now "Sales" instead of "Billing"` */
export function describeFieldChange({ field, live, desired }: FieldChange): string {
  if (desired === undefined) return `${field} is no longer set (${showShort(live)})`;
  if (live === undefined) return `${field} is now ${showShort(desired)}; it was not set`;
  const [was, is] = showBoth(live, desired);
  return `${field} is now ${is} instead of ${was}`;
}

const LONGEST_VALUE = 100;

/** A value as JSON on one line, keys in order, cut where it is long. */
export function showShort(value: Json | undefined): string {
  if (typeof value === "string") return JSON.stringify(excerpt(value, LONGEST_VALUE));
  return excerpt(canonicalJson(value ?? null), LONGEST_VALUE);
}

/** Two values as `showShort` shows them, but cut so that the difference shows. */
function showBoth(live: Json, desired: Json): readonly [live: string, desired: string] {
  if (typeof live === "string" && typeof desired === "string") {
    const [was, is] = excerptPair(live, desired, LONGEST_VALUE);
    return [JSON.stringify(was), JSON.stringify(is)];
  }
  return excerptPair(canonicalJson(live), canonicalJson(desired), LONGEST_VALUE);
}
