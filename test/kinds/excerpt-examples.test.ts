/** Excerpts of each kind, by example: exactly what is owned, exactly as it stands there. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject } from "../../src/model/json.ts";
import { change, EMAIL, FLOW, resourceOf, validate, WEBHOOK, WORKFLOW } from "./manifests.ts";

describe("excerpts, by example", () => {
  const rest = { id: "d", version: 7, x_server: { a: 1 } };
  const start = { id: "start_node", type: "start", x_ui: 1 };
  const mail = {
    x_ui: 2,
    id: "email_send_01",
    type: "email",
    properties: { templateId: "t", attachments: [{ fileId: "att_a", scanned: true }], footer: "theirs", trackOpens: 0 },
  };
  const to = { id: "tr_1", source: "start_node", target: "email_send_01", condition: "x", label: "in" };
  const from = { id: "tr_2", source: "email_send_01", target: "end_node" };
  const past = { id: "tr_3", source: "start_node", target: "end_node" };
  const workflow = { ...rest, name: "W", nodes: [start, mail], transitions: [past, to, from] };
  const ownMail = {
    id: "email_send_01",
    type: "email",
    properties: { templateId: "t", attachments: [{ fileId: "att_a", scanned: true }], trackOpens: 0 },
  };
  const leanEmail = change(change(EMAIL, "  after: [start_node]\n", ""), "  before: [end_node]\n", "");

  const rows: readonly (readonly [reason: string, manifest: string, live: JsonObject, excerpt: JsonObject])[] = [
    [
      "a flow: name, type and both lists, raw",
      FLOW,
      { ...rest, name: "F", type: "IVR", nodes: [start, 5], connections: [{ id: "c", x: 1 }] },
      { name: "F", type: "IVR", nodes: [start, 5], connections: [{ id: "c", x: 1 }] },
    ],
    ["a flow: what the document lacks is left out", FLOW, { ...rest, nodes: [] }, { nodes: [] }],
    ["a flow: an odd list stays odd", FLOW, { ...rest, nodes: "none", name: null }, { nodes: "none", name: null }],
    [
      "a workflow alone: everything in it",
      WORKFLOW,
      workflow,
      { name: "W", nodes: [start, mail], transitions: [past, to, from] },
    ],
    [
      "an e-mail node: its owned properties, and the transitions on both sides",
      EMAIL,
      workflow,
      { nodes: [ownMail], transitions: [to, from] },
    ],
    [
      "an e-mail node that owns one side",
      change(EMAIL, "  before: [end_node]\n", ""),
      workflow,
      { nodes: [ownMail], transitions: [to] },
    ],
    ["an e-mail node that owns no side", leanEmail, workflow, { nodes: [ownMail] }],
    ["an e-mail node that is not there", leanEmail, { ...rest, nodes: [start] }, { nodes: [] }],
    [
      "an e-mail node with unreadable properties",
      leanEmail,
      { nodes: [{ ...mail, properties: "x" }] },
      {
        nodes: [{ id: "email_send_01", type: "email", properties: "x" }],
      },
    ],
    [
      "a webhook: only the header that is named, whatever its case",
      WEBHOOK,
      {
        ...rest,
        name: "ESP",
        url: "u",
        events: ["e"],
        enabled: 0,
        headers: { "x-SOURCE": "s", Other: "o" },
        secret: "s",
      },
      { url: "u", events: ["e"], enabled: 0, headers: { "x-SOURCE": "s" } },
    ],
    [
      "a webhook that names no headers",
      change(WEBHOOK, "  headers: { X-Source: cxone-gitops }\n", ""),
      { url: "u", headers: { Other: "o" } },
      { url: "u" },
    ],
  ];
  for (const [reason, manifest, live, excerpt] of rows) {
    it(reason, () => assert.deepEqual(resourceOf(manifest).excerpt(live, []), excerpt));
  }

  it("a workflow beside an e-mail node: without the node, and without the side that it owns", () => {
    const oneSided = change(EMAIL, "  before: [end_node]\n", "");
    const { resources } = validate({ "a.yaml": WORKFLOW, "b.yaml": oneSided });
    const [node, whole] = resources;
    assert.ok(whole?.kind === "Workflow" && node !== undefined);
    assert.deepEqual(whole.excerpt(workflow, [node]), { name: "W", nodes: [start], transitions: [past, from] });
  });
});
