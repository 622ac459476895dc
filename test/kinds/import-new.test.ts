/** What is live, in the shortest form that a new manifest can have. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Imported } from "../../src/kinds/importing.ts";
import type { Resource } from "../../src/kinds/kind.ts";
import { KINDS } from "../../src/kinds/registry.ts";
import { deriveEdgeId } from "../../src/kinds/shared/edges.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { EMAIL, resourceOf } from "./manifests.ts";

function importAs(
  kind: string,
  document: JsonObject,
  siblings: readonly Resource[] = [],
  id = "the-id",
): readonly Imported[] {
  const importing = KINDS.find(({ name }) => name === kind)?.importing;
  assert.ok(importing !== undefined);
  return importing.importFrom(document, id, siblings);
}

function specOf(kind: string, document: JsonObject, siblings: readonly Resource[] = []): JsonObject {
  const [first, ...others] = importAs(kind, document, siblings);
  assert.equal(others.length, 0);
  return first?.spec ?? {};
}

const start = { id: "node_start", type: "start" };
const end = { id: "node_end", type: "terminal" };
const edge = (more: JsonObject) => ({
  source_node_id: "node_start",
  target_node_id: "node_end",
  condition: "true",
  type: "default",
  ...more,
});
const flow = (more: JsonObject) => ({
  id: "the-id",
  name: "F",
  type: "IVR",
  nodes: [start, end],
  connections: [edge({})],
  ...more,
});
const derived = deriveEdgeId("conn_", "the-id", { from: "node_start", to: "node_end", condition: "true" });

describe("a flow's connection", () => {
  const cases: readonly (readonly [reason: string, live: JsonObject, said: JsonObject])[] = [
    ["that always holds and is the default says neither", {}, {}],
    ["keeps an id of the tenant's own", { id: "conn_editor" }, { id: "conn_editor" }],
    ["leaves out the id that is derived anyway", { id: derived }, {}],
    ["leaves out an id that no manifest may have", { id: "editor-1" }, {}],
    ["leaves out an id that is none at all", { id: 5 }, {}],
    [
      "says its condition as the tenant spells it",
      { condition: "dtmf=='1'", type: "conditional" },
      { when: "dtmf=='1'" },
    ],
    ["says a type that its condition does not give it", { type: "fallback" }, { type: "fallback" }],
    ["without a condition always holds", { condition: null }, {}],
    [
      "says what is no condition as the text that it is compared by",
      { condition: { a: 1 }, type: "conditional" },
      { when: '{"a":1}' },
    ],
    ["says a type that is none, for the schema to refuse", { type: null }, { type: null }],
    ["drops what is nobody's in git", { priority: 1 }, {}],
  ];
  for (const [reason, live, said] of cases) {
    it(reason, () => {
      const { connections } = specOf("Flow", flow({ connections: [edge(live)] }));
      assert.deepEqual(connections, [{ from: "node_start", to: "node_end", ...said }]);
    });
  }
});

describe("a flow", () => {
  it("leaves out its type when that is the default, and empty lists", () => {
    assert.deepEqual(specOf("Flow", flow({ connections: [] })), {
      name: "F",
      start: "node_start",
      nodes: [start, end],
    });
    assert.equal(specOf("Flow", flow({ type: "CHAT" }))["type"], "CHAT");
  });

  it("reads like the call: from its start, breadth first, whatever order the tenant sends; then the rest by id", () => {
    const nodes = ["z", "b", "a", "start", "end", "y"].map((id) => ({
      id: `node_${id}`,
      type: id === "start" ? "start" : "decision",
    }));
    const to = (from: string, target: string, condition: string, type: string) =>
      edge({
        id: `conn_${from}${target}${type}`,
        source_node_id: `node_${from}`,
        target_node_id: `node_${target}`,
        condition,
        type,
      });
    const connections = [
      to("a", "end", "true", "default"),
      to("start", "end", "true", "fallback"),
      to("start", "z", "true", "default"),
      to("start", "b", "dtmf == '2'", "conditional"),
      to("start", "a", "dtmf == '1'", "conditional"),
      to("y", "z", "true", "default"),
    ];
    const forwards = specOf("Flow", flow({ nodes, connections }));
    const backwards = specOf("Flow", flow({ nodes: nodes.toReversed(), connections: connections.toReversed() }));
    assert.deepEqual(forwards, backwards);
    const ids = ["start", "a", "b", "z", "end", "y"].map((id) => `node_${id}`);
    assert.deepEqual(JSON.stringify(forwards["nodes"]).match(/node_\w+/g), ids);
    assert.deepEqual(JSON.stringify(forwards["connections"]).match(/conn_\w+/g), [
      "conn_startaconditional",
      "conn_startbconditional",
      "conn_startzdefault",
      "conn_startendfallback",
      "conn_aenddefault",
      "conn_yzdefault",
    ]);
  });

  it("says of properties what a manifest can: neither null nor keys that are forbidden, at any depth", () => {
    const properties = JSON.parse(
      '{"a": null, "b": {"c": null, "d": [null, {"e": null, "f": 1}]}, "constructor": 1, "__proto__": {"x": 1}}',
    );
    const nodes = [
      { ...start, properties },
      { ...end, properties: { only: null } },
    ];
    assert.deepEqual(specOf("Flow", flow({ nodes }))["nodes"], [
      { ...start, properties: { b: { d: [null, { f: 1 }] } } },
      end,
    ]);
  });

  it("says null for what is missing, so that its schema can name it", () => {
    assert.deepEqual(specOf("Flow", { nodes: [{}], connections: "none" }), {
      name: null,
      type: null,
      start: null,
      nodes: [{ id: null, type: null }],
    });
  });
});

describe("a workflow", () => {
  const mail = { id: "email_send_01", type: "email", properties: { templateId: "t" } };
  const document = {
    id: "wf_12345",
    name: "W",
    nodes: [{ id: "start_node", type: "start" }, mail, { id: "end_node", type: "end" }],
    transitions: [
      { id: "tr_1", source: "start_node", target: "email_send_01", condition: "true" },
      { id: "tr_2", source: "start_node", target: "end_node", condition: "total > 5" },
    ],
  };

  it("leaves out the nodes that EmailNode manifests describe, and the transitions that they decide", () => {
    const spec = specOf("Workflow", document, [resourceOf(EMAIL)]);
    assert.deepEqual(spec["nodes"], [
      { id: "start_node", type: "start" },
      { id: "end_node", type: "end" },
    ]);
    assert.deepEqual(spec["transitions"], [{ id: "tr_2", from: "start_node", to: "end_node", when: "total > 5" }]);
  });

  it("gives an EmailNode for each mail that none describes, once for each id", () => {
    const twice = { ...document, nodes: [...document.nodes, { ...mail, properties: { templateId: "other" } }] };
    assert.deepEqual(
      importAs("EmailNode", twice).map(({ name, id, spec }) => [name, id, spec["templateId"]]),
      [["the-id-email_send_01", "email_send_01", "t"]],
    );
    assert.deepEqual(importAs("EmailNode", twice, [resourceOf(EMAIL)]), []);
  });
});

describe("an e-mail node", () => {
  const of = (properties: JsonObject) => importAs("EmailNode", { nodes: [{ id: "m", type: "email", properties }] })[0];
  const least = { workflow: "the-id", node: "m", templateId: "t" };
  const full = {
    templateId: "t",
    variables: { a: "$contact.a" },
    attachments: [{ fileId: "att_1", fileName: "a.pdf", size: 1 }],
  };

  it("leaves out defaults and fields that no manifest knows, and says that there are no variables and no attachments", () => {
    const defaults = { deliveryMode: "standard", trackOpens: true, trackClicks: true, brand: "acme" };
    const none = { ...least, variables: {}, attachments: [] };
    for (const live of [{ variables: {}, attachments: [] }, { variables: null, attachments: null }, {}]) {
      assert.deepEqual(of({ templateId: "t", ...live, ...defaults })?.spec, none);
    }
    assert.deepEqual(of({ ...full, trackOpens: false, deliveryMode: "digest" })?.spec, {
      ...least,
      variables: { a: "$contact.a" },
      attachments: [{ fileId: "att_1", fileName: "a.pdf" }],
      deliveryMode: "digest",
      trackOpens: false,
    });
  });

  it("leaves variables and attachments that it cannot say to the tenant, and says so", () => {
    const imported = of({ ...full, variables: { a: 5 }, attachments: [{ fileId: "att_1" }] });
    assert.deepEqual(imported?.spec, least);
    assert.deepEqual(
      imported?.remarks.notes.map((note) => note.split(" ")[0]),
      ["`variables`", "`attachments`"],
    );
  });
});

describe("a webhook", () => {
  const hook = {
    id: "wh_1",
    name: "the-id",
    url: "https://x.example.com/",
    events: ["b", "a", "a"],
    enabled: true,
    headers: {},
  };

  it("leaves out what is the default, has its events sorted, and says that a secret cannot be read", () => {
    const [imported] = importAs("Webhook", hook);
    assert.deepEqual(imported?.spec, { url: "https://x.example.com/", events: ["a", "b"] });
    assert.match(imported?.remarks.general.join() ?? "", /add `secret: \$\{env:NAME\}`/);
    assert.equal(specOf("Webhook", { ...hook, enabled: false })["enabled"], false);
  });

  const LONG = "a1b2c3d4e5f6g7h8i9j0k1";
  const headers: readonly (readonly [name: string, value: JsonObject[string], isSaid: boolean])[] = [
    ["X-Source", "cxone", true],
    ["X-Monkey", "1", false],
    ["authorization", "x", false],
    ["Cookie", "x", false],
    ["X-Auth-Token", "x", false],
    ["X-API-Key", "x", false],
    ["X-Client-Secret", "x", false],
    ["X-Author", "Ada", true],
    ["X-A", "Bearer abc", false],
    ["X-A", "Basic YTpi", false],
    ["X-A", "eyJhbGciOi.eyJzdWIi.x", false],
    ["X-A", LONG, false],
    ["X-A", "a long sentence of ordinary words and 1 number", true],
    ["X-A", 5, false],
    ["not a name", "x", false],
  ];
  for (const [name, value, isSaid] of headers) {
    it(`${isSaid ? "says" : "leaves out"} the header ${name}: ${JSON.stringify(value)}`, () => {
      const [imported] = importAs("Webhook", { ...hook, headers: { [name]: value } });
      assert.deepEqual(imported?.spec["headers"], isSaid ? { [name]: value } : undefined);
      assert.equal(imported?.remarks.notes.length, isSaid ? 0 : 1);
      assert.ok(!imported?.remarks.notes.join().includes(String(value)) || String(value).length < 4);
    });
  }

  const urls: readonly (readonly [url: string, isCredential: boolean])[] = [
    ["https://x.example.com/hooks?stage=dev", false],
    ["https://user@x.example.com/", true],
    ["https://user:word@x.example.com/", true],
    ["https://x.example.com/?api_key=1", true],
    ["https://x.example.com/?sig=1", true],
    [`https://x.example.com/?a=${LONG}`, true],
    ["no url with user@x", true],
  ];
  for (const [url, isCredential] of urls) {
    it(`${isCredential ? "has" : "has no"} credential in ${url}`, () => {
      const [imported] = importAs("Webhook", { ...hook, url });
      assert.deepEqual(imported?.remarks.credentials, isCredential ? [["spec", "url"]] : []);
    });
  }
});
