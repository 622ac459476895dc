/** Live documents are untrusted: whatever they are, nothing throws, and what cannot be read is not written over. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { diffOwned } from "../../src/engine/diff.ts";
import type { Resource } from "../../src/kinds/kind.ts";
import { isSameJson, type JsonObject, objectsAt } from "../../src/model/json.ts";
import { emailManifests, flowManifest, resourceFrom, webhookManifest, workflowManifest } from "./arbitraries.ts";
import { documents, inner, key } from "./hostile-documents.ts";
import { change, EMAIL, FLOW, resourceOf, validate, WEBHOOK, WORKFLOW } from "./manifests.ts";

const KINDS = {
  Flow: flowManifest,
  Workflow: workflowManifest,
  EmailNode: emailManifests.map(([first = {}]) => first),
  Webhook: webhookManifest,
};

for (const [kind, manifests] of Object.entries(KINDS)) {
  it(`${kind}: no live document makes it throw`, () => {
    fc.assert(
      fc.property(manifests, documents, (manifest, document) => {
        const resource = resourceFrom(manifest);
        resource.checkDocument(document, []);
        diffOwned(resource.live(document, []), resource.desired([]));
        resource.excerpt(document, []);
        resource.remove(document, []);
        const composed = resource.compose(document, []);
        const live = resource.live(composed, []);
        assert.ok(live !== undefined && isSameJson(live, resource.desired([])));
      }),
      { numRuns: 400 },
    );
  });

  it(`${kind}: a document nested as deep as an answer may be`, () => {
    const deep = JSON.parse(`${'{"a":['.repeat(50)}1${"]}".repeat(50)}`);
    fc.assert(
      fc.property(manifests, key, inner, (manifest, outerKey, innerKey) => {
        const resource = resourceFrom(manifest);
        for (const document of [{ [outerKey]: deep }, { [outerKey]: [{ id: "node_a", [innerKey]: deep }] }]) {
          resource.checkDocument(document, []);
          diffOwned(resource.live(document, []), resource.desired([]));
          resource.compose(document, []);
          resource.excerpt(document, []);
          resource.remove(document, []);
        }
      }),
    );
  });
}

describe("what cannot be read is refused, because writing would lose it", () => {
  const flow = resourceOf(FLOW);
  const workflow = resourceOf(WORKFLOW);
  const email = resourceOf(EMAIL);
  const webhook = resourceOf(WEBHOOK);
  const mail = (more: JsonObject): JsonObject => ({
    nodes: [{ id: "start_node" }, { id: "end_node" }, { id: "email_send_01", type: "email", ...more }],
  });
  const refused: readonly (readonly [reason: string, resource: Resource, document: JsonObject, rule: string])[] = [
    ["nodes that are null", flow, { nodes: null }, "live/shape"],
    ["connections that are a mapping", flow, { connections: {} }, "live/shape"],
    ["a node that is a text", flow, { nodes: [{ id: "node_start" }, "node_end"] }, "live/shape"],
    ["a node that is a list", workflow, { nodes: [[]] }, "live/shape"],
    ["transitions that are a text", workflow, { transitions: "none" }, "live/shape"],
    ["transitions that an e-mail node would rewrite", email, { ...mail({}), transitions: [null] }, "live/shape"],
    ["a connection that comes from nowhere", flow, { connections: [{ id: "c", target_node_id: "n" }] }, "live/shape"],
    ["a connection that leads nowhere", flow, { connections: [{ id: "c", source_node_id: "n" }] }, "live/shape"],
    ["a connection to a number", flow, { connections: [{ source_node_id: "n", target_node_id: 5 }] }, "live/shape"],
    ["a transition without a source", workflow, { transitions: [{ id: "t", target: "end_node" }] }, "live/shape"],
    ["a transition without a target", workflow, { transitions: [{ source: "start_node" }] }, "live/shape"],
    [
      "a transition to the e-mail node that does not say where from",
      email,
      { ...mail({}), transitions: [{ target: "email_send_01" }] },
      "live/shape",
    ],
    [
      "a transition from the e-mail node that does not say where to",
      email,
      { ...mail({}), transitions: [{ source: "email_send_01", target: null }] },
      "live/shape",
    ],
    ["properties that are a text", email, mail({ properties: "templateId=1" }), "live/shape"],
    ["properties that are a list", email, mail({ properties: [1] }), "live/shape"],
    ["attachments that are texts", email, mail({ properties: { attachments: ["att_pdf_001"] } }), "live/shape"],
    ["attachments that are a mapping", email, mail({ properties: { attachments: { a: 1 } } }), "live/shape"],
    ["a node of another type", email, mail({ type: "task" }), "live/other-type"],
    ["a node whose type is no text", email, mail({ type: { a: 1 } }), "live/other-type"],
    [
      "a node without a type",
      email,
      { nodes: [{ id: "start_node" }, { id: "end_node" }, { id: "email_send_01" }] },
      "live/other-type",
    ],
    [
      "the node twice",
      email,
      { nodes: [...objectsAt(mail({}), "nodes"), { id: "email_send_01", type: "email", x: 1 }] },
      "live/duplicate-node",
    ],
    ["events that are a text", webhook, { events: "workflow.updated" }, "live/shape"],
    ["an event that is a number", webhook, { events: ["workflow.updated", 5] }, "live/shape"],
    ["headers that are a list", webhook, { headers: [["X-Source", "x"]] }, "live/shape"],
  ];
  for (const [reason, resource, document, rule] of refused) {
    it(reason, () => {
      const problems = resource.checkDocument(document, []);
      assert.deepEqual(
        problems.map((problem) => problem.rule),
        [rule],
      );
      const severities = { [rule]: "off" } as const;
      assert.match(rule, /^live\//, "such a rule cannot be lowered");
      assert.deepEqual(validate(FLOW, { severities }).findings, []);
    });
  }

  const accepted: readonly (readonly [reason: string, resource: Resource, document: JsonObject])[] = [
    ["lists that are missing", flow, {}],
    ["a node's id that is a number: it shows, and goes", flow, { nodes: [{ id: 5 }] }],
    ["properties that are missing", email, mail({})],
    ["properties that are null", email, mail({ properties: null })],
    ["attachments that are null", email, mail({ properties: { attachments: null } })],
    [
      "attachments that are nobody's business",
      resourceOf(EMAIL.replace(/ {2}attachments:[\s\S]*(?= {2}after)/, "")),
      mail({ properties: { attachments: "x" } }),
    ],
    ["somebody else's node twice", email, { nodes: [...objectsAt(mail({}), "nodes"), { id: "start_node" }] }],
    [
      "a transition of others that leads nowhere, or comes from nowhere",
      email,
      { ...mail({}), transitions: [{ source: "start_node" }, { target: "end_node" }, {}] },
    ],
    [
      "a transition of the e-mail node on a side that its manifest leaves to others",
      resourceOf(EMAIL.replace(/ {2}(after|before):.*\n/g, "")),
      { ...mail({}), transitions: [{ source: "email_send_01" }, { target: "email_send_01" }] },
    ],
    ["headers that are null", webhook, { headers: null }],
  ];
  for (const [reason, resource, document] of accepted) {
    it(`but not: ${reason}`, () => assert.deepEqual(resource.checkDocument(document, []), []));
  }

  it("a transition that an e-mail node decides is that manifest's to refuse, and not the workflow's", () => {
    const { resources } = validate({ "a.yaml": WORKFLOW, "b.yaml": EMAIL });
    const document = { ...mail({}), transitions: [{ id: "tr_1", target: "email_send_01" }] };
    const refusers = resources.filter((resource) => {
      const siblings = resources.filter((other) => other !== resource);
      return resource.checkDocument(document, siblings).some(({ rule }) => rule === "live/shape");
    });
    assert.deepEqual(
      refusers.map(({ kind }) => kind),
      ["EmailNode"],
    );
  });

  it("a written transition id that an e-mail node's transition has", () => {
    const lean = change(WORKFLOW, "{ from: start_node, to: end_node }", "{ id: tr_1, from: start_node, to: end_node }");
    const { resources } = validate({ "a.yaml": lean, "b.yaml": EMAIL });
    const [whole] = resources.filter((resource) => resource.kind === "Workflow");
    const siblings = resources.filter((resource) => resource !== whole);
    const document = (target: string) => ({ transitions: [{ id: "tr_1", source: "start_node", target }] });
    assert.deepEqual(
      whole?.checkDocument(document("email_send_01"), siblings).map(({ rule }) => rule),
      ["live/transition-taken"],
    );
    assert.deepEqual(whole?.checkDocument(document("end_node"), siblings), []);
  });
});
