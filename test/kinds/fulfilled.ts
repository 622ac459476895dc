import assert from "node:assert/strict";
import { diffOwned } from "../../src/engine/diff.ts";
import type { Resource } from "../../src/kinds/kind.ts";
import { canonicalJson, isJsonObject, type Json, type JsonObject } from "../../src/model/json.ts";

export function assertFulfilled(resource: Resource, document: JsonObject, siblings: readonly Resource[]): void {
  const desired = resource.desired(siblings);
  const live = resource.live(document, siblings);
  assert.ok(live !== undefined);
  assert.equal(canonicalJson(live), canonicalJson(desired), resource.name);
  assert.deepEqual(diffOwned(live, desired).patch, []);
}

/** The entries of an object but for some keys, as text: equal texts are equal bytes in equal order. */
export function textWithout(value: Json, keys: readonly string[]): string {
  assert.ok(isJsonObject(value));
  return JSON.stringify(Object.entries(value).filter(([key]) => !keys.includes(key)));
}
