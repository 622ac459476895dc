import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type JsonObject, objectsAt, valueAt } from "../../src/model/json.ts";
import { mapList, WF } from "./edit-document.ts";
import { change, EMAIL, FLOW, resourceOf, WEBHOOK, WORKFLOW } from "./manifests.ts";

describe("what the tenant keeps about a thing stays with it", () => {
  const kept = (text: string, document: JsonObject, list: string) =>
    objectsAt(resourceOf(text).compose(document, []), list);

  it("at a connection, also when its condition changes", () => {
    const live = mapList(resourceOf(FLOW).compose({}, []), "connections", (one, index) => ({
      label: `label ${index}`,
      ...one,
      condition: "x",
    }));
    assert.deepEqual(
      kept(FLOW, live, "connections").map(({ label }) => label),
      ["label 0", "label 1", "label 2", "label 3"],
    );
    assert.equal(Object.keys(kept(FLOW, live, "connections")[0] ?? {})[0], "label", "in its place");
  });

  it("at a transition", () => {
    const live = mapList(resourceOf(WORKFLOW).compose({}, []), "transitions", (one, index) => ({
      ...one,
      label: index,
    }));
    assert.deepEqual(
      kept(WORKFLOW, live, "transitions").map(({ label }) => label),
      [0, 1],
    );
  });

  it("at an attachment, wherever it stands", () => {
    const attachments = [
      { fileId: "att_png_002", fileName: "old.png", scanned: true },
      { fileId: "att_gone", fileName: "x" },
    ];
    const live = { ...WF, nodes: [{ id: "email_send_01", type: "email", properties: { attachments } }] };
    const properties = valueAt(kept(EMAIL, live, "nodes")[0], "properties");
    assert.deepEqual(valueAt(properties, "attachments"), [
      { fileId: "att_pdf_001", fileName: "invoice.pdf" },
      { fileId: "att_png_002", fileName: "logo.png", scanned: true },
    ]);
  });

  it("headers, where the manifest names none", () => {
    const bare = change(WEBHOOK, "  headers: { X-Source: cxone-gitops }\n", "");
    for (const headers of [{ "X-Other": "x" }, null]) {
      assert.deepEqual(resourceOf(bare).compose({ headers }, [])["headers"], headers);
    }
    assert.ok(!Object.hasOwn(resourceOf(bare).compose({}, []), "headers"), "none are made up for a live webhook");
    assert.deepEqual(resourceOf(WEBHOOK).compose({ headers: { "x-source": "old", "X-Other": "x" } }, [])["headers"], {
      "X-Other": "x",
      "X-Source": "cxone-gitops",
    });
  });

  it("a second node of an id shows with everything in it before it goes", () => {
    const node = { id: "node_queue", type: "decision", properties: { skill: "Billing", secretSauce: 1 } };
    const nodes = valueAt(resourceOf(FLOW).live({ nodes: [node, node] }, []), "nodes");
    assert.deepEqual(valueAt(nodes ?? null, "node_queue"), { type: "decision", properties: { skill: "Billing" } });
    assert.deepEqual(valueAt(nodes ?? null, "(node 1, another node_queue)"), {
      type: "decision",
      properties: node.properties,
    });
  });
});
