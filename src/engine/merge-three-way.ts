/**
 * Puts back what one change did, and nothing else. Terms: `before` and `after` are what the change found and what it left, `live` is
 * what stands there now. The rule, field by field:
 *
 *   before → after       live is          result
 *   equal                anything         live: the change did not touch it
 *   differ               as after         before
 *   differ               as before        live: it has been put back already
 *   differ               something else   conflict: somebody has edited it since; live, or before when `overwrite`
 *
 * Lists whose items all have an id of their own are merged item by item; another list is one value. What was masked when it was kept
 * cannot be put back, be it a value or a key: live stays there, and where nothing is live, it is left out and told. It equals
 * whatever stands there now.
 */
import {
  isJsonArray,
  isJsonObject,
  isSameJson,
  isSameOrAbsent,
  type Json,
  type JsonObject,
  objectFrom,
  stringAt,
} from "../model/json.ts";
import { MASK, standsForSecret } from "../model/secrets.ts";

export interface Merge {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly live: JsonObject;
  /** What somebody has edited since goes back as well. */
  readonly overwrite: boolean;
}

export interface Merged {
  readonly document: JsonObject;
  /** JSON pointers to what somebody has edited since, with list items by their ids. */
  readonly conflicts: readonly string[];
  /** JSON pointers to what is missing in the document because only a mask of it was kept. */
  readonly leftOut: readonly string[];
}

export function mergeThreeWay({ before, after, live, overwrite }: Merge): Merged {
  const merge = new ThreeWayMerge(overwrite);
  const document = merge.mergeObjects(before, after, live, "");
  return { document, conflicts: merge.conflicts, leftOut: merge.leftOut };
}

/** A document without what is only a mask. */
export function withoutMasked(kept: JsonObject): JsonObject {
  return mergeThreeWay({ before: kept, after: {}, live: {}, overwrite: true }).document;
}

/** JSON pointers to what is only a mask in a document, with list items by their ids. */
export function findMasked(kept: JsonObject): readonly string[] {
  return mergeThreeWay({ before: kept, after: {}, live: {}, overwrite: true }).leftOut;
}

type Side = Json | undefined;

class ThreeWayMerge {
  readonly conflicts: string[] = [];
  readonly leftOut: string[] = [];
  readonly #overwrite: boolean;

  constructor(overwrite: boolean) {
    this.#overwrite = overwrite;
  }

  /** Keys keep live's order; what comes back stands at the end. */
  mergeObjects(before: JsonObject, after: JsonObject, live: JsonObject, path: string): JsonObject {
    const keys = new Set([...Object.keys(live), ...Object.keys(before).filter((key) => !key.includes(MASK))]);
    return objectFrom(
      [...keys].flatMap((key): (readonly [string, Json])[] => {
        const sides = [before, after, live].map((side) => (Object.hasOwn(side, key) ? side[key] : undefined));
        const merged = this.#merge(sides[0], sides[1], sides[2], `${path}/${escapePointer(key)}`);
        return merged === undefined ? [] : [[key, merged]];
      }),
    );
  }

  #merge(before: Side, after: Side, live: Side, path: string): Side {
    if (isSameOrAbsent(before, after)) return live;
    if (isJsonObject(before) && isJsonObject(after) && isJsonObject(live)) {
      return this.mergeObjects(before, after, live, path);
    }
    const lists = keyItems(before, after, live);
    if (lists !== undefined) return [...this.#mergeItems(lists, path)];
    const isBack = isAsKept(after, live);
    if (!isBack && isAsKept(before, live)) return live;
    if (!isBack) this.conflicts.push(path);
    if (!isBack && !this.#overwrite) return live;
    if (before === undefined || !isMasked(before)) return before;
    return live ?? this.#withoutMasked(before, path);
  }

  /** What can be put back of a value that is not there any more; undefined when that is nothing. */
  #withoutMasked(kept: Json, path: string): Side {
    const items = keyBy("id", kept) ?? keyBy("fileId", kept);
    if (items !== undefined) {
      return [...items].map(([key, item]) => this.#withoutMasked(item, `${path}/${escapePointer(key)}`) ?? item);
    }
    if (!isJsonObject(kept)) {
      if (isMasked(kept)) this.leftOut.push(path);
      return isMasked(kept) ? undefined : kept;
    }
    return objectFrom(
      Object.entries(kept).flatMap(([key, value]) => {
        const rest = key.includes(MASK) ? undefined : this.#withoutMasked(value, `${path}/${escapePointer(key)}`);
        return rest === undefined ? [] : [[key, rest] as const];
      }),
    );
  }

  #mergeItems([before, after, live]: KeyedSides, path: string): readonly Json[] {
    const keys = new Set([...live.keys(), ...before.keys()]);
    return [...keys].flatMap((key): Json[] => {
      const merged = this.#merge(before.get(key), after.get(key), live.get(key), `${path}/${escapePointer(key)}`);
      return merged === undefined ? [] : [merged];
    });
  }
}

type Items = ReadonlyMap<string, JsonObject>;
type KeyedSides = readonly [before: Items, after: Items, live: Items];

/**
 * The items of three lists by the ids that they all have; undefined when one is no list, or has an item without an id of its own. Where
 * the whole list was taken away, or is missing now, each item was or is.
 */
function keyItems(before: Side, after: Side, live: Side): KeyedSides | undefined {
  for (const name of ["id", "fileId"]) {
    const [was, became, is] = [before, after, live].map((side, index) =>
      keyBy(name, index === 0 ? side : (side ?? [])),
    );
    if (was && became && is) return [was, became, is];
  }
  return undefined;
}

export function keyBy(name: string, value: Side): Items | undefined {
  if (value === undefined || !isJsonArray(value)) return undefined;
  const items = new Map(
    value.flatMap((item) => {
      const id = stringAt(item, name);
      return id === undefined || !isJsonObject(item) ? [] : [[id, item] as const];
    }),
  );
  return items.size === value.length ? items : undefined;
}

/** Whether live is what was kept; a masked text stands for any text, and a mask alone for a number too. */
function isAsKept(kept: Side, live: Side): boolean {
  if (kept === undefined || live === undefined) return kept === live;
  if (kept === MASK && typeof live === "number") return true;
  if (typeof kept === "string" && kept.includes(MASK)) return typeof live === "string";
  if (isJsonArray(kept)) {
    if (!isJsonArray(live) || live.length !== kept.length) return false;
    return kept.every((item, index) => isAsKept(item, live[index]));
  }
  if (!isJsonObject(kept) || !isJsonObject(live)) return isSameJson(kept, live);
  const keys = Object.keys(kept);
  if (keys.length !== Object.keys(live).length) return false;
  return keys.every((key) => Object.hasOwn(live, key) && isAsKept(kept[key], live[key]));
}

/** True when a text in it, or a key, was a secret. */
function isMasked(kept: Json): boolean {
  if (typeof kept === "string") return standsForSecret(kept);
  if (isJsonArray(kept)) return kept.some(isMasked);
  return isJsonObject(kept) && Object.entries(kept).some(([key, value]) => key.includes(MASK) || isMasked(value));
}

function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
