import { isJsonArray, type Json, type JsonObject, valueAt } from "../../model/json.ts";
import { findStaying, matchItems } from "./match-items.ts";
import type { YamlNode } from "./yaml-nodes.ts";

/** What becomes of a collection's entries. An item that moves is removed and added. */
export interface Steps {
  /** The wanted value of each entry that stays, by its index; the others are removed. */
  readonly kept: ReadonlyMap<number, Json>;
  /** What is added behind an entry that stays (by its index; -1 for before the first), in order. */
  readonly added: ReadonlyMap<number, readonly Addition[]>;
}

export interface Addition {
  /** null for an item. */
  readonly key: string | null;
  readonly value: Json;
  /** Where an item that moves is written now. */
  readonly original: YamlNode | undefined;
}

/**
 * A new key goes behind the key that stands before it in `wanted`, a new item behind the item. A key with none before it goes last:
 * the order of keys means nothing.
 */
export function findSteps(node: YamlNode, wanted: JsonObject | readonly Json[]): Steps {
  return isJsonArray(wanted) ? findItemSteps(node, wanted) : findPairSteps(node, wanted);
}

function findPairSteps({ entries }: YamlNode, wanted: JsonObject): Steps {
  const indexByKey = new Map(entries.map(({ key }, index) => [key, index]));
  const kept = new Map<number, Json>();
  for (const [index, { key }] of entries.entries()) {
    const value = valueAt(wanted, key ?? "");
    if (value !== undefined) kept.set(index, value);
  }
  const added = new Map<number, Addition[]>();
  let behind: number | undefined;
  for (const [key, value] of Object.entries(wanted)) {
    const index = indexByKey.get(key);
    if (index === undefined)
      addBehind(added, behind ?? Math.max(-1, ...kept.keys()), { key, value, original: undefined });
    else behind = index;
  }
  return { kept, added };
}

function findItemSteps({ entries }: YamlNode, wanted: readonly Json[]): Steps {
  const before = entries.map(({ value }) => value.value);
  const found = matchItems(before, wanted);
  const staying = findStaying(found);
  const kept = new Map<number, Json>();
  const added = new Map<number, Addition[]>();
  let behind = -1;
  for (const [at, value] of wanted.entries()) {
    const index = found[at] ?? null;
    if (index !== null && staying.has(index)) {
      kept.set(index, value);
      behind = index;
    } else {
      const original = index === null ? undefined : entries[index]?.value;
      addBehind(added, behind, { key: null, value, original });
    }
  }
  return { kept, added };
}

function addBehind(added: Map<number, Addition[]>, index: number, addition: Addition): void {
  const others = added.get(index);
  if (others === undefined) added.set(index, [addition]);
  else others.push(addition);
}
