/** Any JSON object under the keys that kinds look at: what a tenant may answer at its worst. */
import fc from "fast-check";
import type { Json } from "../../src/model/json.ts";

const anything = fc.jsonValue({ maxDepth: 4 }).map((value): Json => JSON.parse(JSON.stringify(value)));
/** Keys that mean something in a document of some kind, and in its parts. */
export const key = fc.constantFrom(
  "nodes",
  "connections",
  "transitions",
  "name",
  "type",
  "events",
  "headers",
  "enabled",
  "url",
);
export const inner = fc.constantFrom(
  "id",
  "type",
  "properties",
  "condition",
  "source",
  "target",
  "source_node_id",
  "attachments",
  "variables",
  "fileId",
  "__proto__",
);
const thing = fc.oneof(anything, fc.constantFrom<Json>("node_a", "mail_1", "node_b"));
const inside = fc.dictionary(
  inner,
  fc.oneof(thing, fc.dictionary(inner, thing), fc.array(fc.dictionary(inner, thing), { maxLength: 3 })),
);
export const documents = fc.dictionary(key, fc.oneof(anything, fc.array(fc.oneof(inside, anything), { maxLength: 4 })));
