/** The other half of "unchanged": every owned field, changed live, shows as exactly one operation at its path. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import jsonPatch from "fast-json-patch";
import { type Json, objectsAt, stringAt } from "../../src/model/json.ts";
import type { Impact, PatchOperation, Plan } from "../../src/model/plan.ts";
import { change, EMAIL, FLOW, validate, WEBHOOK, WORKFLOW } from "../kinds/manifests.ts";
import { applyTo, pathsOf, planFiles, REFERRED, type Tenant } from "./planning.ts";

const flowText = change(
  FLOW,
  "{ id: node_queue, type: decision, properties: { skill: Billing } }",
  "{ id: node_queue, type: decision, properties: { skill: Billing, retry: { tries: 2 }, hours: [9, 17], old: null } }",
);
const around: Tenant = { ...REFERRED, "workflow/wf_1": { id: "wf_1" } };

/** A tenant as the manifest has it, but for one edit of the document. */
function edited(text: string, key: string, edit: PatchOperation): Plan {
  const tenant = applyTo({ ...around, ...FOREIGN }, validate(text, { env: { HOOK_SECRET: "x" } }).resources);
  assert.deepEqual(pathsOf(planFiles(text, tenant)), [], "before the edit nothing is to do");
  const document: Json = structuredClone(tenant[key] ?? null);
  const moved: Json = jsonPatch.applyPatch(document, [structuredClone(edit)], true, true).newDocument;
  return planFiles(text, { ...tenant, [key]: moved });
}

const FOREIGN: Tenant = {
  "workflow/wf_12345": {
    id: "wf_12345",
    name: "Orders",
    version: 3,
    nodes: [
      { id: "start_node", type: "start" },
      { id: "end_node", type: "end" },
    ],
    transitions: [{ id: "tr_a", source: "start_node", target: "end_node", condition: "true" }],
  },
};

const FLOW_DOCUMENT = applyTo({}, validate(flowText).resources)["flow/ivr_main_menu_v2"];
/** Where a connection stands in the document, and the key that the plan has for it. */
const firstConnection = stringAt(objectsAt(FLOW_DOCUMENT, "connections")[1], "id");

const set = (path: string, value: Json): PatchOperation => ({ op: "replace", path, value });
const put = (path: string, value: Json): PatchOperation => ({ op: "add", path, value });
const drop = (path: string): PatchOperation => ({ op: "remove", path });
type Case = readonly [reason: string, edit: PatchOperation, shows: readonly string[], impact?: Impact];

const flow: readonly Case[] = [
  ["its name", set("/name", "Other"), ["replace /name"], "cosmetic"],
  ["its name gone", drop("/name"), ["replace /name"], "cosmetic"],
  ["its type", set("/type", "CHAT"), ["replace /type"]],
  ["a node's type", set("/nodes/1/type", "menu"), ["replace /nodes/node_menu/type"]],
  ["a node's property", set("/nodes/2/properties/skill", "Sales"), ["replace /nodes/node_queue/properties/skill"]],
  ["a property gone", drop("/nodes/2/properties/skill"), ["add /nodes/node_queue/properties/skill"]],
  ["a property that is to be absent", put("/nodes/2/properties/old", 1), ["remove /nodes/node_queue/properties/old"]],
  [
    "a property in a property",
    set("/nodes/2/properties/retry/tries", 3),
    ["replace /nodes/node_queue/properties/retry/tries"],
  ],
  ["an item of a property", set("/nodes/2/properties/hours/1", 18), ["replace /nodes/node_queue/properties/hours/1"]],
  ["an item more", put("/nodes/2/properties/hours/-", 18), ["remove /nodes/node_queue/properties/hours/2"]],
  ["all properties gone", drop("/nodes/2/properties"), ["add /nodes/node_queue/properties"]],
  ["a node gone", drop("/nodes/3"), ["add /nodes/node_end"]],
  ["a node more", put("/nodes/-", { id: "node_new", type: "menu" }), ["remove /nodes/node_new"], "cosmetic"],
  ["a node without an id", put("/nodes/-", { type: "menu" }), ["remove /nodes/(node 4 without id)"], "cosmetic"],
  [
    "a second node of an id, as the first",
    put("/nodes/-", { id: "node_end", type: "terminal" }),
    ["remove /nodes/(node 4, another node_end)"],
  ],
  [
    "a second node of an id, before the first",
    put("/nodes/0", { id: "node_end", type: "terminal" }),
    ["remove /nodes/(node 4, another node_end)"],
  ],
  [
    "a connection's end",
    set("/connections/1/target_node_id", "node_end"),
    [`replace /connections/${firstConnection}/to`],
  ],
  [
    "a connection's start",
    set("/connections/1/source_node_id", "node_start"),
    [`replace /connections/${firstConnection}/from`],
  ],
  [
    "a connection's condition",
    set("/connections/1/condition", "dtmf == '2'"),
    [`replace /connections/${firstConnection}/condition`],
  ],
  [
    "a condition that is a number now",
    set("/connections/1/condition", "dtmf == 1"),
    [`replace /connections/${firstConnection}/condition`],
  ],
  ["a condition gone", drop("/connections/1/condition"), [`replace /connections/${firstConnection}/condition`]],
  [
    "a condition that is no text",
    set("/connections/0/condition", { if: "true" }),
    [`replace /connections/${stringAt(objectsAt(FLOW_DOCUMENT, "connections")[0], "id")}/condition`],
  ],
  [
    "a connection's type",
    set("/connections/1/type", "default"),
    [`replace /connections/${firstConnection}/type`],
    "cosmetic",
  ],
  ["a connection gone", drop("/connections/1"), [`add /connections/${firstConnection}`]],
  [
    "a connection more",
    put("/connections/-", {
      id: "conn_new",
      source_node_id: "node_menu",
      target_node_id: "node_end",
      condition: "x",
      type: "conditional",
    }),
    ["remove /connections/conn_new"],
  ],
  [
    "a connection twice under two ids",
    put("/connections/-", { ...objectsAt(FLOW_DOCUMENT, "connections")[1], id: "conn_new" }),
    ["remove /connections/conn_new"],
    "cosmetic",
  ],
  [
    "a connection twice under one id",
    put("/connections/-", objectsAt(FLOW_DOCUMENT, "connections")[1] ?? null),
    [`remove /connections/(connection 4, another ${firstConnection})`],
    "cosmetic",
  ],
  [
    "another connection under a taken id",
    put("/connections/0", { ...objectsAt(FLOW_DOCUMENT, "connections")[1], target_node_id: "node_end" }),
    [`remove /connections/(connection 0, another ${firstConnection})`],
  ],
  ["where the editor draws a node", put("/nodes/2/properties/x", 5), []],
];

const email: readonly Case[] = [
  ["its template", set("/nodes/2/properties/templateId", "tmpl_2"), ["replace /properties/templateId"]],
  [
    "a variable",
    set("/nodes/2/properties/variables/orderTotal", "$contact.x"),
    ["replace /properties/variables/orderTotal"],
  ],
  [
    "a variable more, as all of them are owned",
    put("/nodes/2/properties/variables/more", "$contact.x"),
    ["remove /properties/variables/more"],
  ],
  [
    "a variable of a prototype's name",
    put("/nodes/2/properties/variables/constructor", "$contact.x"),
    ["remove /properties/variables/constructor"],
  ],
  [
    "all variables gone",
    drop("/nodes/2/properties/variables"),
    ["add /properties/variables/customerName", "add /properties/variables/orderTotal"],
  ],
  [
    "an attachment's name",
    set("/nodes/2/properties/attachments/0/fileName", "x.pdf"),
    ["replace /properties/attachments/att_pdf_001/fileName"],
  ],
  ["an attachment gone", drop("/nodes/2/properties/attachments/0"), ["add /properties/attachments/att_pdf_001"]],
  [
    "an attachment more",
    put("/nodes/2/properties/attachments/-", { fileId: "att_x", fileName: "x" }),
    ["remove /properties/attachments/att_x"],
  ],
  [
    "an attachment twice",
    put("/nodes/2/properties/attachments/-", { fileId: "att_pdf_001", fileName: "invoice.pdf" }),
    ["remove /properties/attachments/(attachment 2, another att_pdf_001)"],
  ],
  ["its delivery mode", set("/nodes/2/properties/deliveryMode", "bulk"), ["replace /properties/deliveryMode"]],
  ["whether opens are tracked", set("/nodes/2/properties/trackOpens", false), ["replace /properties/trackOpens"]],
  ["whether clicks are tracked", drop("/nodes/2/properties/trackClicks"), ["add /properties/trackClicks"]],
  ["a transition to it gone", drop("/transitions/1"), ["add /after/start_node"]],
  [
    "a transition to it more",
    put("/transitions/-", { source: "end_node", target: "email_send_01" }),
    ["remove /after/end_node"],
  ],
  [
    "a transition from it elsewhere",
    set("/transitions/2/target", "start_node"),
    ["add /before/end_node", "remove /before/start_node"],
  ],
  ["the whole node gone", drop("/nodes/2"), ["add "]],
  ["the condition of a transition to it, which is not owned", set("/transitions/1/condition", "x"), []],
  ["another node", set("/nodes/0/type", "x"), []],
  ["the workflow's name", set("/name", "x"), []],
  ["a transition elsewhere", set("/transitions/0/target", "start_node"), []],
];

const workflow: readonly Case[] = [
  ["its name", set("/name", "Other"), ["replace /name"], "cosmetic"],
  ["a node's type", set("/nodes/1/type", "stop"), ["replace /nodes/end_node/type"]],
  ["a node more", put("/nodes/-", { id: "x", type: "y", properties: { constructor: 1 } }), ["remove /nodes/x"]],
  [
    "a transition's condition",
    set("/transitions/1/condition", "total > 6"),
    [`replace /transitions/tr_4d78e09f0e55/condition`],
    "recipient-visible",
  ],
  [
    "a transition more",
    put("/transitions/-", { id: "tr_x", source: "mail_node", target: "end_node", condition: "true" }),
    ["remove /transitions/tr_x"],
  ],
];

const webhook: readonly Case[] = [
  ["its URL", set("/url", "https://x.example.com"), ["replace /url"], "cosmetic"],
  ["an event more", put("/events/-", "flow.updated"), ["remove /events/flow.updated"], "cosmetic"],
  ["an event gone", drop("/events/0"), ["add /events/workflow.updated"], "cosmetic"],
  ["whether it is enabled", set("/enabled", false), ["replace /enabled"], "cosmetic"],
  ["a header", set("/headers/X-Source", "x"), ["replace /headers/x-source"], "cosmetic"],
  ["a header gone", drop("/headers/X-Source"), ["add /headers/x-source"], "cosmetic"],
  ["a header of somebody else's", put("/headers/X-Other", "x"), []],
];

const KINDS = {
  Flow: [flowText, "flow/ivr_main_menu_v2", flow, "caller-visible"],
  EmailNode: [EMAIL, "workflow/wf_12345", email, "recipient-visible"],
  Workflow: [WORKFLOW, "workflow/wf_12345", workflow, "caller-visible"],
  Webhook: [WEBHOOK, "webhook/ESP Sync Webhook", webhook, "cosmetic"],
} as const;

for (const [kind, [text, key, cases, usual]] of Object.entries(KINDS)) {
  describe(`${kind}, edited live`, () => {
    for (const [reason, edit, shows, impact = usual] of cases) {
      it(reason, () => {
        const plan = edited(text, key, edit);
        assert.deepEqual(pathsOf(plan), shows);
        const [change] = plan.changes;
        assert.equal(change?.impact, shows.length === 0 ? null : impact);
        for (const operation of change?.patch ?? []) {
          assert.equal(
            Object.hasOwn(change?.live ?? {}, operation.path),
            operation.op !== "add",
            "both sides are shown",
          );
        }
      });
    }
  });
}
