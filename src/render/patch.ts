import { excerpt, excerptPair } from "../model/excerpt.ts";
import { isJsonArray, isJsonObject, type Json } from "../model/json.ts";
import type { PatchOperation } from "../model/plan.ts";
import { type Paint, printable, printableLine } from "./paint.ts";

/** A patch, and what stood live where it replaces or removes something: plans and trail entries hold both. */
export interface Difference {
  readonly patch: readonly PatchOperation[];
  readonly live: Readonly<Record<string, Json>>;
}

/** One line for each operation, live → desired, each with its newline; what comes or goes as a whole is opened into its fields. */
export function renderPatch({ patch, live }: Difference, indent: string, paint: Paint): readonly string[] {
  const lines = patch.flatMap((operation) => renderOperation(operation, live[operation.path], paint));
  return lines.map((line) => `${indent}${line}\n`);
}

function renderOperation(operation: PatchOperation, live: Json | undefined, paint: Paint): readonly string[] {
  const isWhole = operation.path === "";
  const path = isWhole ? "the whole" : printableLine(operation.path);
  switch (operation.op) {
    case "add": {
      const sign = paint("added", "+");
      return isWhole ? renderWhole(operation.value, sign) : [`${sign} ${path}: ${show(operation.value)}`];
    }
    case "remove": {
      const sign = paint("removed", "-");
      return isWhole ? renderWhole(live ?? null, sign) : [`${sign} ${path}: ${show(live)}`];
    }
    case "replace":
      return [`${paint("changed", "~")} ${path}: ${showBoth(live, operation.value)}`];
  }
}

/** What a resource brings or takes away, one line for each field. Keyed lists (nodes, connections) are counted, nested fields are opened. */
function renderWhole(value: Json, sign: string, above = ""): readonly string[] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const path = `${above}/${key}`;
    const kind = shapeOf(field);
    if (kind === "fields") return renderWhole(field, sign, path);
    const names = Object.keys(field ?? {});
    return [
      `${sign} ${printableLine(path)}: ${kind === "list" ? `${names.length} (${listStart(names)})` : show(field)}`,
    ];
  });
}

/** An object whose values are all objects is a keyed list; one that holds some is a group of fields. */
function shapeOf(field: Json): "list" | "fields" | "value" {
  if (!isJsonObject(field)) return "value";
  const values = Object.values(field);
  if (!values.some(isJsonObject)) return "value";
  return values.every(isJsonObject) ? "list" : "fields";
}

function listStart(names: readonly string[]): string {
  const start = names.slice(0, 3).map(printableLine).join(", ");
  return names.length > 3 ? `${start} …` : start;
}

const LONGEST_VALUE = 160;

function show(value: Json | undefined): string {
  if (value === undefined) return "(nothing)";
  const text =
    isJsonArray(value) || isJsonObject(value) || typeof value === "string" ? JSON.stringify(value) : String(value);
  return printable(excerpt(text, LONGEST_VALUE));
}

/** Both sides of a replacement. What two long texts have in common at their beginning is left out, so that the difference shows. */
function showBoth(live: Json | undefined, desired: Json): string {
  const sides = typeof live === "string" && typeof desired === "string";
  const [was, is] = sides ? excerptPair(live, desired, LONGEST_VALUE) : [live, desired];
  return `${show(was)} → ${show(is)}`;
}
