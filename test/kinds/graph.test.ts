/** Documents drawn as graphs: what stands in them, and what an untrusted one may lack. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Graph } from "../../src/model/graph.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { documents } from "./hostile-documents.ts";
import { change, EMAIL, FLOW, resourceOf, WEBHOOK, WORKFLOW } from "./manifests.ts";

const flow = resourceOf(FLOW);
const workflow = resourceOf(WORKFLOW);
const email = resourceOf(EMAIL);

function draw(resource: typeof flow, document: JsonObject): Graph {
  const graph = resource.graphOf(document);
  assert.ok(graph !== undefined);
  return graph;
}

describe("a flow", () => {
  const graph = draw(flow, flow.compose(undefined, []));

  it("has its name, and its nodes with their roles", () => {
    assert.equal(graph.title, "IVR Main Menu");
    assert.deepEqual(
      graph.nodes.map(({ id, type, role }) => [id, type, role]),
      [
        ["node_start", "start", "start"],
        ["node_menu", "decision", "decision"],
        ["node_queue", "decision", "decision"],
        ["node_end", "terminal", "end"],
      ],
    );
    assert.deepEqual(graph.nodes[2]?.properties, { skill: "Billing" });
  });

  it("has its connections with the conditions under which they are taken", () => {
    assert.deepEqual(graph.edges, [
      { from: "node_start", to: "node_menu", label: "" },
      { from: "node_menu", to: "node_queue", label: "dtmf == '1'" },
      { from: "node_menu", to: "node_end", label: "otherwise" },
      { from: "node_queue", to: "node_end", label: "" },
    ]);
  });

  const labels: readonly (readonly [why: string, connection: JsonObject, label: string])[] = [
    ["one spelling for one meaning", { condition: 'dtmf=="1" and not x', type: "conditional" }, "dtmf == '1' && !x"],
    ["what is no condition stays as it is", { condition: " dtmf === ", type: "conditional" }, "dtmf ==="],
    ["a fallback may ask for something live", { condition: "x", type: "fallback" }, "otherwise, if x"],
    ["a default may too", { condition: "x", type: "default" }, "x"],
    ["a condition that always holds is one", { condition: "true", type: "conditional" }, "true"],
    ["no condition and no type", {}, ""],
    ["a condition that is no text", { condition: { a: 1 }, type: "conditional" }, '{"a":1}'],
  ];
  for (const [why, connection, label] of labels) {
    it(`label: ${why}`, () => {
      const document = { connections: [{ source_node_id: "a", target_node_id: "b", ...connection }] };
      assert.equal(draw(flow, document).edges[0]?.label, label);
    });
  }

  it("shows what tells most first", () => {
    const properties = { timeoutSeconds: 5, prompt: "Hello", zone: 1, action: "menu" };
    const { nodes } = draw(flow, { nodes: [{ id: "a", type: "decision", properties }] });
    assert.deepEqual(Object.keys(nodes[0]?.properties ?? {}), ["action", "prompt", "timeoutSeconds", "zone"]);
  });
});

describe("a workflow, drawn whole", () => {
  it("by its own manifest", () => {
    const graph = draw(workflow, workflow.compose(undefined, []));
    assert.deepEqual(
      graph.nodes.map(({ id, role }) => [id, role]),
      [
        ["start_node", "start"],
        ["end_node", "end"],
        ["mail_node", "mail"],
      ],
    );
    assert.deepEqual(graph.edges, [
      { from: "start_node", to: "end_node", label: "" },
      { from: "start_node", to: "mail_node", label: "total > 5" },
    ]);
  });

  it("by an e-mail node in it, with what others decide there", () => {
    const live = workflow.compose(undefined, [email]);
    const graph = draw(email, email.compose(live, [workflow]));
    assert.equal(graph.title, "Order Confirmation Workflow");
    assert.deepEqual(
      graph.nodes.map(({ id }) => id),
      ["start_node", "end_node", "mail_node", "email_send_01"],
    );
    const mail = graph.nodes[3];
    assert.equal(mail?.role, "mail");
    assert.equal(Object.keys(mail?.properties ?? {})[0], "templateId");
    assert.ok(graph.edges.some(({ from, to }) => from === "start_node" && to === "email_send_01"));
    assert.ok(graph.edges.some(({ from, to }) => from === "email_send_01" && to === "end_node"));
  });

  it("by an e-mail node alone, with stand-ins for what no manifest describes", () => {
    const graph = draw(email, email.compose(undefined, []));
    assert.deepEqual(
      graph.nodes.map(({ id, type }) => [id, type]),
      [
        ["email_send_01", "email"],
        ["start_node", "not described here"],
        ["end_node", "not described here"],
      ],
    );
  });
});

it("a webhook is no graph", () => {
  assert.equal(resourceOf(WEBHOOK, { env: { HOOK_SECRET: "planted-hook-secret" } }).graphOf({ nodes: [] }), undefined);
});

describe("untrusted documents", () => {
  for (const resource of [flow, workflow, email]) {
    it(`${resource.kind}: any of them is a graph whose nodes have ids of their own and whose edges lead to nodes`, () => {
      fc.assert(
        fc.property(documents, (document) => {
          const { nodes, edges } = draw(resource, document);
          const ids = new Set(nodes.map(({ id }) => id));
          assert.equal(ids.size, nodes.length);
          assert.ok(edges.every(({ from, to }) => ids.has(from) && ids.has(to)));
        }),
        { numRuns: 400 },
      );
    });
  }

  it("nodes without an id, and two of one id, also where the names made up for them are taken", () => {
    const nodes = [{ id: "a" }, { type: "decision" }, { id: "a" }, { id: "(node 4, another a)" }, { id: "a" }];
    const graph = draw(flow, { nodes: [...nodes, { id: "(node 1 without id)" }] });
    assert.deepEqual(
      graph.nodes.map(({ id }) => id),
      [
        "a",
        "(node 1 without id)",
        "(node 2, another a)",
        "(node 4, another a)",
        "(node 4, another (node 4, another a))",
        "(node 5, another (node 1 without id))",
      ],
    );
  });

  it("an edge that does not say where it leads", () => {
    const graph = draw(workflow, {
      nodes: [{ id: "a" }],
      transitions: [{ source: "a" }, { source: "a", target: "b" }],
    });
    assert.deepEqual(
      graph.nodes.map(({ id }) => id),
      ["a", "(nowhere)", "b"],
    );
  });

  it("properties that are no object are shown all the same", () => {
    const graph = draw(flow, { nodes: [{ id: "a", properties: [1] }, { id: "b", properties: null }, { id: "c" }] });
    assert.deepEqual(
      graph.nodes.map(({ properties }) => properties),
      [{ properties: [1] }, {}, {}],
    );
  });
});

it("a manifest's own spelling makes no difference", () => {
  const respelt = resourceOf(change(FLOW, `"dtmf == '1'"`, `'dtmf=="1"'`));
  assert.deepEqual(draw(respelt, respelt.compose(undefined, [])), draw(flow, flow.compose(undefined, [])));
});
