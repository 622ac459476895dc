import jsonPatch from "fast-json-patch";
import { compareText } from "../model/finding.ts";
import { isJsonArray, isSameJson, type Json, objectFrom, sortKeys, valueAt } from "../model/json.ts";
import type { PatchOperation } from "../model/plan.ts";

export interface Difference {
  /** RFC 6902, from live to desired. Empty when they are equal. */
  readonly patch: readonly PatchOperation[];
  /** What stands live at each path that the patch replaces or removes. */
  readonly live: Readonly<Record<string, Json>>;
}

/**
 * The difference between two canonical values; live is undefined when there is none. The same two values give the same
 * operations in the same order, byte for byte, whatever the order of their keys. Never throws for what keys are called.
 */
export function diffOwned(live: Json | undefined, desired: Json): Difference {
  if (live === undefined) return { patch: [{ op: "add", path: "", value: sortKeys(desired) }], live: {} };
  // Of a tenant's documents most are as desired, and that is seen without sorting them.
  if (isSameJson(live, desired)) return { patch: [], live: {} };
  const from = { root: sortKeys(live) };
  const operations = jsonPatch.compare(from, { root: sortKeys(desired) }).flatMap(toOurs);
  const patch = operations.sort((left, right) => compareText(listPrefix(left.path), listPrefix(right.path)));
  const replaced = patch.filter(({ op }) => op !== "add");
  return {
    patch: patch.map((operation) => ({ ...operation, path: belowRoot(operation.path) })),
    live: objectFrom(replaced.map(({ path }) => [belowRoot(path), valueAtPointer(from, path) ?? null])),
  };
}

function toOurs(operation: jsonPatch.Operation): readonly PatchOperation[] {
  switch (operation.op) {
    case "add":
    case "replace":
      return [{ op: operation.op, path: operation.path, value: operation.value }];
    case "remove":
      return [{ op: "remove", path: operation.path }];
    default:
      return [];
  }
}

/**
 * What stands at an RFC 6901 pointer; undefined where nothing does. fast-json-patch has this too, but throws for keys such as
 * `__proto__`, and a live document may have any key.
 */
export function valueAtPointer(root: Json, pointer: string): Json | undefined {
  let value: Json | undefined = root;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    value = isJsonArray(value) ? value[Number(key)] : valueAt(value, key);
  }
  return value;
}

/** Both values are wrapped, because a patch of two scalars has nowhere to point. */
function belowRoot(path: string): string {
  return path.slice("/root".length);
}

/** Operations on items of one list depend on each other's order and so must sort as equals. */
function listPrefix(path: string): string {
  return path.replace(/\/\d+(\/.*)?$/, "");
}
