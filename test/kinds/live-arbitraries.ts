/** Random live documents over the same names as the manifests, so that they meet. */
import fc from "fast-check";
import { type Json, type JsonObject, objectFrom } from "../../src/model/json.ts";
import { name, nodeId, nodeType, smallJson, smallObject, spelling } from "./arbitraries.ts";

/** Fields that no manifest knows, a prototype's name among them. */
const foreignName = fc.constantFrom("x_server", "x_ui", "constructor", "__proto__", "valueOf");
export const foreignFields = fc
  .array(fc.tuple(foreignName, smallJson), { maxLength: 2 })
  .map((entries): JsonObject => Object.fromEntries(entries));

/** A live value under a key: often as documented, sometimes anything. */
function mostly(documented: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc.oneof({ arbitrary: documented, weight: 9 }, { arbitrary: smallJson, weight: 1 });
}

const liveMailProperties = fc.record(
  {
    templateId: mostly(fc.constantFrom("tmpl_1", "tmpl_2")),
    variables: mostly(fc.dictionary(name, fc.constantFrom<Json>("$contact.a", 5), { maxKeys: 2 })),
    attachments: mostly(
      fc.array(
        fc
          .tuple(
            fc.record({
              fileId: fc.constantFrom("att_1", "att_2", "__proto__"),
              fileName: fc.constantFrom("a.pdf", "b.pdf"),
            }),
            foreignFields,
          )
          .map(([one, more]) => ({ ...more, ...one })),
        { maxLength: 3 },
      ),
    ),
    deliveryMode: fc.constant("standard"),
  },
  { requiredKeys: [] },
);
const liveNode = fc
  .tuple(
    foreignFields,
    fc.record(
      {
        id: mostly(fc.oneof(nodeId, fc.constantFrom("mail_1", "mail_2", "__proto__"))),
        type: mostly(nodeType),
        properties: mostly(fc.oneof(smallObject, liveMailProperties)),
      },
      { requiredKeys: ["id"] },
    ),
  )
  .map(([more, node]): JsonObject => ({ ...more, ...node }));

function liveEdge(prefix: string, from: string, to: string): fc.Arbitrary<JsonObject> {
  const end = mostly(fc.oneof(nodeId, fc.constantFrom("mail_1", "mail_2", "mail_3")));
  const id = mostly(fc.constantFrom(`${prefix}0`, `${prefix}1`, `${prefix}x`, "__proto__"));
  const type = fc.constantFrom("default", "conditional");
  return fc
    .tuple(
      foreignFields,
      fc.record({ id, [from]: end, [to]: end, condition: mostly(spelling), type }, { requiredKeys: [from, to] }),
    )
    .map(([more, edge]) => definedFields(more, edge));
}

function liveDocument(documented: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(foreignFields, fc.record(documented, { requiredKeys: ["id"] }))
    .map(([more, document]) => definedFields(more, document));
}

export const liveFlow = liveDocument({
  id: fc.constant("flow-1"),
  name: mostly(fc.constantFrom("One", "Two")),
  type: mostly(fc.constantFrom("IVR", "CHAT")),
  version: fc.nat(9),
  nodes: mostly(fc.array(liveNode, { maxLength: 6 })),
  connections: mostly(fc.array(liveEdge("conn_", "source_node_id", "target_node_id"), { maxLength: 6 })),
});

export const liveWorkflow = liveDocument({
  id: fc.constant("wf_1"),
  name: mostly(fc.constantFrom("One", "Two")),
  version: fc.nat(9),
  nodes: mostly(fc.array(liveNode, { maxLength: 6 })),
  transitions: mostly(fc.array(liveEdge("tr_", "source", "target"), { maxLength: 6 })),
});

export const liveWebhook = liveDocument({
  id: fc.constant("wh_1"),
  name: fc.constant("hook-1"),
  url: mostly(fc.constantFrom("https://a.example.com")),
  events: mostly(fc.array(fc.constantFrom("workflow.updated", "flow.updated"), { maxLength: 3 })),
  enabled: mostly(fc.boolean()),
  headers: mostly(
    fc.dictionary(fc.constantFrom("x-a", "X-B", "X-Foreign", "valueOf"), mostly(fc.constantFrom("1", "2")), {
      maxKeys: 3,
    }),
  ),
});

/** Both objects' fields in one; a field that was drawn as missing is left out. */
function definedFields(more: JsonObject, drawn: Readonly<Record<string, Json | undefined>>): JsonObject {
  const fields = Object.entries(drawn).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  return objectFrom([...Object.entries(more), ...fields]);
}
