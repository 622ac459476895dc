/** Random manifests over a few names. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Resource } from "../../src/kinds/kind.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { validate } from "./manifests.ts";

/** Any JSON, small, with the names and values that trip careless code. */
export const name = fc.constantFrom("p", "q", "r", "toString", "hasOwnProperty", "é");
const leaf = fc.constantFrom<Json>(null, true, false, 0, 1, 1.5, "", "text", "ü𝄞", "true");
export const { value: smallJson } = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value"), { maxLength: 3 }), tie("object")),
  object: fc.dictionary(name, tie("value"), { maxKeys: 3 }),
}));
export const smallObject = fc.dictionary(name, smallJson, { maxKeys: 3 });

export const nodeId = fc.constantFrom("node_a", "node_b", "node_c", "node_d", "constructor", "toString");
export const nodeType = fc.constantFrom("start", "decision", "terminal", "email");

/** Spellings of one meaning each; the last is no condition at all. */
const SPELLINGS = [
  ["true", " true "],
  ["dtmf == '1'", 'dtmf=="1"', "'1' == dtmf"],
  ["a && !b", "a and not b", "( a&&(!b) )"],
  ["x in ['1', 2]", 'x in ["1",2]'],
  ["= broken", "  = broken"],
] as const;
const condition = fc.constantFrom(...SPELLINGS.map(([first]) => first));
export const spelling = fc.constantFrom<string>(...SPELLINGS.flat());

/** The same condition, written in another way. */
export function respell(written: string, pick: number): string {
  const spellings = SPELLINGS.find((known) => known.some((one) => one === written)) ?? [written];
  return spellings[pick % spellings.length] ?? written;
}

const nodes = fc.uniqueArray(
  fc.record({ id: nodeId, type: nodeType, properties: smallObject }, { requiredKeys: ["id", "type"] }),
  { minLength: 1, maxLength: 5, selector: ({ id }) => id },
);

/** Edges of which no two mean the same; some have an id of their own. */
function edges(prefix: string, more: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<JsonObject[]> {
  const edge = fc.record(
    { from: nodeId, to: nodeId, when: condition, ...more },
    { requiredKeys: ["from", "to", "when"] },
  );
  const meaning = (one: JsonObject) => JSON.stringify([one["from"], one["to"], one["when"]]);
  return fc
    .tuple(fc.uniqueArray(edge, { maxLength: 5, selector: meaning }), fc.array(fc.boolean(), { maxLength: 5 }))
    .map(([list, written]) => list.map((one, index) => (written[index] ? { ...one, id: `${prefix}${index}` } : one)));
}

const manifest = (kind: string, called: string, spec: JsonObject): JsonObject => {
  return { apiVersion: "cxone-gitops/v1", kind, metadata: { name: called }, spec };
};

export const flowManifest = fc
  .record({
    name: fc.constantFrom("One", "Two"),
    type: fc.constantFrom("IVR", "CHAT"),
    nodes,
    connections: edges("conn_", { type: fc.constantFrom("default", "conditional", "fallback") }),
  })
  .map((spec) => manifest("Flow", "flow-1", { ...spec, start: "node_a" }));

export const workflowManifest = fc
  .record({ name: fc.constantFrom("One", "Two"), nodes, transitions: edges("tr_", {}) })
  .map((spec) => manifest("Workflow", "wf-1", { ...spec, id: "wf_1" }));

const attachments = fc.uniqueArray(
  fc.record({ fileId: fc.constantFrom("att_1", "att_2", "att_3"), fileName: fc.constantFrom("a.pdf", "b.pdf") }),
  { maxLength: 3, selector: ({ fileId }) => fileId },
);
const emailFields = fc.record(
  {
    templateId: fc.constantFrom("tmpl_1", "tmpl_2"),
    variables: fc.dictionary(name, fc.constantFrom("$contact.a", "$workflow.b"), { maxKeys: 2 }),
    attachments,
    deliveryMode: fc.constantFrom("standard", "bulk"),
    trackOpens: fc.boolean(),
  },
  { requiredKeys: ["templateId"] },
);

/**
 * E-mail nodes of workflow wf_1 that agree about the transitions between them: what leads where is drawn first, and each node
 * that owns a side lists what the drawing says.
 */
export const emailManifests = fc
  .record({
    emails: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom("mail_1", "mail_2", "mail_3"),
        fields: emailFields,
        after: fc.boolean(),
        before: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3, selector: ({ id }) => id },
    ),
    drawing: fc.array(
      fc.tuple(
        fc.constantFrom("node_a", "mail_1", "mail_2", "mail_3"),
        fc.constantFrom("node_b", "mail_1", "mail_2", "mail_3"),
      ),
      { maxLength: 5 },
    ),
  })
  .map(({ emails, drawing }) =>
    emails.map(({ id, fields, after, before }) => {
      const edge = drawing.filter(([from, to]) => from !== to);
      const sides = {
        ...(after && { after: edge.filter(([, to]) => to === id).map(([from]) => from) }),
        ...(before && { before: edge.filter(([from]) => from === id).map(([, to]) => to) }),
      };
      return manifest("EmailNode", id, { workflow: "wf_1", node: id, ...fields, ...sides });
    }),
  );

export const webhookManifest = fc
  .record(
    {
      url: fc.constantFrom("https://a.example.com", "https://b.example.com"),
      events: fc.array(fc.constantFrom("workflow.updated", "flow.updated", "toString"), { minLength: 1, maxLength: 3 }),
      enabled: fc.boolean(),
      headers: fc.dictionary(fc.constantFrom("X-A", "x-b", "toString"), fc.constantFrom("1", "2"), { maxKeys: 2 }),
      secret: fc.constant("${env:HOOK}"),
    },
    { requiredKeys: ["url", "events"] },
  )
  .map((spec) => manifest("Webhook", "hook-1", spec));

/** The resources of manifests that satisfy their schemas, in the order given. Rules may have been broken. */
export function resourcesFrom(manifests: readonly JsonObject[]): readonly Resource[] {
  const files = manifests.map((one, index) => [`${String(index).padStart(3, "0")}.json`, JSON.stringify(one)] as const);
  const { resources, findings } = validate(Object.fromEntries(files), { env: { HOOK: "planted-hook" } });
  const unread = findings.filter(({ rule }) => /^(yaml|manifest\/(schema|envelope|kind|unknown-key))/.test(rule));
  assert.deepEqual(unread, []);
  return resources.toSorted((left, right) => (left.source.file < right.source.file ? -1 : 1));
}

export function resourceFrom(one: JsonObject): Resource {
  const [resource] = resourcesFrom([one]);
  assert.ok(resource !== undefined);
  return resource;
}
