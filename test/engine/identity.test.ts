/** Which live thing is which desired one, and what counts as no difference: examples that the properties rarely draw. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Resource } from "../../src/kinds/kind.ts";
import { type JsonObject, objectsAt, stringAt, valueAt } from "../../src/model/json.ts";
import { mapList, WF, without } from "../kinds/edit-document.ts";
import { change, EMAIL, FLOW, resourceOf, validate, WEBHOOK, WORKFLOW } from "../kinds/manifests.ts";
import { applyTo, pathsOf, planFiles, REFERRED, type Tenant } from "./planning.ts";

const FLOW_KEY = "flow/ivr_main_menu_v2";
const WF_KEY = "workflow/wf_12345";

function documentOf(tenant: Tenant, key: string): JsonObject {
  const document = tenant[key];
  assert.ok(document !== undefined && document !== null && typeof document === "object" && !Array.isArray(document));
  return Object.fromEntries(Object.entries(document));
}

/** The paths of the plan for a manifest, on a tenant where it was applied and the document then turned into another. */
function pathsAfter(text: string, key: string, turn: (document: JsonObject) => JsonObject): readonly string[] {
  const tenant = applyTo({ ...REFERRED, [WF_KEY]: WF }, validate(text).resources);
  return pathsOf(planFiles(text, { ...tenant, [key]: turn(documentOf(tenant, key)) }));
}

describe("no difference", () => {
  const noProperties = (document: JsonObject) => mapList(document, "nodes", (node) => without(node, "properties"));
  const absent = change(FLOW, "{ skill: Billing }", "{ skill: null }");
  const bare = change(
    change(
      EMAIL,
      EMAIL.slice(EMAIL.indexOf("  variables:"), EMAIL.indexOf("  after:")),
      "  variables: {}\n  attachments: []\n",
    ),
    "  after:",
    "  after:",
  );
  const cases: readonly (readonly [
    reason: string,
    text: string,
    key: string,
    turn: (document: JsonObject) => JsonObject,
  ])[] = [
    ["properties asked to be absent, at a node without any", absent, FLOW_KEY, noProperties],
    [
      "empty properties in the manifest, other ones live",
      change(FLOW, "{ skill: Billing }", "{}"),
      FLOW_KEY,
      (document) => mapList(document, "nodes", (node) => ({ ...node, properties: { x: 1 } })),
    ],
    [
      "no variables and no attachments, where the server keeps no empty ones",
      bare,
      WF_KEY,
      (document) =>
        mapList(document, "nodes", (node) =>
          node["type"] === "email"
            ? { ...node, properties: without(without(documentOf(node, "properties"), "variables"), "attachments") }
            : node,
        ),
    ],
    [
      "the same, as null",
      bare,
      WF_KEY,
      (document) =>
        mapList(document, "nodes", (node) =>
          node["type"] === "email"
            ? { ...node, properties: { ...documentOf(node, "properties"), variables: null, attachments: null } }
            : node,
        ),
    ],
    [
      "a connection without a condition, where it always holds",
      FLOW,
      FLOW_KEY,
      (document) =>
        mapList(document, "connections", (one) => (one["condition"] === "true" ? without(one, "condition") : one)),
    ],
    [
      "a condition that is the boolean",
      FLOW,
      FLOW_KEY,
      (document) =>
        mapList(document, "connections", (one) => (one["condition"] === "true" ? { ...one, condition: true } : one)),
    ],
    [
      "ids of connections changed around",
      FLOW,
      FLOW_KEY,
      (document) =>
        mapList(document, "connections", (one, index) => ({
          ...one,
          id: objectsAt(document, "connections").at(index - 1)?.["id"] ?? null,
        })),
    ],
    [
      "connections without ids",
      FLOW,
      FLOW_KEY,
      (document) => mapList(document, "connections", (one) => without(one, "id")),
    ],
    [
      "a header under another case",
      WEBHOOK,
      "webhook/ESP Sync Webhook",
      (document) => ({ ...document, headers: { "x-SOURCE": "cxone-gitops" } }),
    ],
    [
      "an event twice",
      WEBHOOK,
      "webhook/ESP Sync Webhook",
      (document) => ({ ...document, events: ["workflow.updated", "workflow.updated"] }),
    ],
  ];
  for (const [reason, text, key, turn] of cases) {
    it(reason, () => assert.deepEqual(pathsAfter(text, key, turn), []));
  }

  it("a number with a point is the number", () => {
    const numbers = (written: string) => change(FLOW, "skill: Billing", `timeout: ${written}`);
    const tenant = applyTo({}, validate(numbers("5")).resources);
    for (const written of ["5.0", "5e0", "0x5", "+5.0"])
      assert.deepEqual(pathsOf(planFiles(numbers(written), tenant)), [], written);
    assert.deepEqual(
      pathsOf(planFiles(numbers('"5"'), tenant)),
      ["replace /nodes/node_queue/properties/timeout"],
      "a text is another value",
    );
    const zero = applyTo({}, validate(numbers("0")).resources);
    assert.deepEqual(pathsOf(planFiles(numbers("-0"), zero)), []);
  });

  it("texts are compared by their characters, not by their looks", () => {
    const named = (name: string) => change(FLOW, "IVR Main Menu", `"${name}"`);
    const tenant = applyTo({}, validate(named("Hauptmen\u00fc \u{1F4DE}")).resources);
    assert.deepEqual(pathsOf(planFiles(named("Hauptmen\u00fc \u{1F4DE}"), tenant)), []);
    assert.deepEqual(pathsOf(planFiles(named("Hauptmenu\u0308 \u{1F4DE}"), tenant)), ["replace /name"]);
  });
});

describe("ids in what is written", () => {
  const idsOf = (document: JsonObject, list: string) => objectsAt(document, list).map((one) => stringAt(one, "id"));
  const compose = (resource: Resource, document: JsonObject, siblings: readonly Resource[] = []) =>
    resource.compose(document, siblings);

  it("a connection that was made elsewhere keeps its id", () => {
    const flow = resourceOf(FLOW);
    const made = mapList(compose(flow, {}), "connections", (one, index) => ({ ...one, id: `by-hand-${index}` }));
    assert.deepEqual(idsOf(compose(flow, made), "connections"), ["by-hand-0", "by-hand-1", "by-hand-2", "by-hand-3"]);
  });

  it("no two connections get one id, when a live one bears the derived id of another", () => {
    const flow = resourceOf(FLOW);
    const [first, second] = objectsAt(compose(flow, {}), "connections");
    assert.ok(first !== undefined && second !== undefined);
    const live = { nodes: [], connections: [{ ...second, id: first["id"] ?? null }] };
    const ids = idsOf(compose(flow, live), "connections");
    assert.equal(new Set(ids).size, 4);
  });

  it("an e-mail node's new transition steps aside for one that was turned elsewhere under the id it would get", () => {
    const email = resourceOf(EMAIL);
    const [made] = objectsAt(compose(email, WF), "transitions");
    assert.ok(made !== undefined);
    const live = { ...WF, transitions: [{ ...made, target: "end_node" }] };
    const composed = compose(email, live);
    assert.deepEqual(idsOf(composed, "transitions")[0], made["id"], "theirs stays");
    assert.equal(new Set(idsOf(composed, "transitions")).size, 3);
    assert.equal(JSON.stringify(compose(email, composed)), JSON.stringify(composed));
  });

  it("two live connections of one id get two", () => {
    const flow = resourceOf(FLOW);
    const live = mapList(compose(flow, {}), "connections", (one) => ({ ...one, id: "x" }));
    const ids = idsOf(compose(flow, live), "connections");
    assert.equal(new Set(ids).size, 4);
    assert.ok(ids.includes("x"), "one of them keeps it");
  });

  it("a written id is owned: the same connection under another id is replaced", () => {
    const written = change(FLOW, "{ from: node_queue,", "{ id: conn_1, from: node_queue,");
    const rename = (document: JsonObject) =>
      mapList(document, "connections", (one) => (one["id"] === "conn_1" ? { ...one, id: "conn_2" } : one));
    assert.deepEqual(pathsAfter(written, FLOW_KEY, rename), ["add /connections/conn_1", "remove /connections/conn_2"]);
  });

  it("a written id says which connection is meant, though it looks like another one", () => {
    const written = change(FLOW, "{ from: node_queue,", "{ id: conn_1, from: node_queue,");
    const flow = resourceOf(written);
    const made = compose(flow, {});
    const other = objectsAt(made, "connections")[0];
    const isWritten = (one: JsonObject) => one["id"] === "conn_1";
    const rest = objectsAt(made, "connections").filter((one) => one !== other && !isWritten(one));
    const turned = { ...made, connections: [...rest, { ...other, id: "conn_1", label: "mine" }] };
    const again = objectsAt(compose(flow, turned), "connections").find(isWritten);
    assert.deepEqual([again?.["source_node_id"], again?.["label"]], ["node_queue", "mine"]);
  });

  it("of two live connections that mean the same, the one with the first id stays, wherever it stands", () => {
    const twice = (ids: readonly string[]) => (document: JsonObject) => {
      const [first, ...rest] = objectsAt(document, "connections");
      return { ...document, connections: [...ids.map((id) => ({ ...first, id })), ...rest] };
    };
    assert.deepEqual(pathsAfter(FLOW, FLOW_KEY, twice(["a", "b"])), ["remove /connections/b"]);
    assert.deepEqual(pathsAfter(FLOW, FLOW_KEY, twice(["b", "a"])), ["remove /connections/b"]);
  });

  it("a workflow does not take an e-mail node's transition for its own", () => {
    const { resources } = validate({ "a.yaml": WORKFLOW, "b.yaml": EMAIL });
    const whole = resources.find(({ kind }) => kind === "Workflow");
    const email = resources.find(({ kind }) => kind === "EmailNode");
    assert.ok(whole !== undefined && email !== undefined);
    const both = email.compose(whole.compose(undefined, [email]), [whole]);
    const isOwn = (one: JsonObject) => one["source"] === "start_node" && one["target"] === "end_node";
    // Somebody turned the workflow's transition to the e-mail node, and removed the one that was there.
    const others = objectsAt(both, "transitions").filter(({ target }) => target !== "email_send_01");
    const turned = mapList({ ...both, transitions: others }, "transitions", (one) =>
      isOwn(one) ? { ...one, target: "email_send_01" } : one,
    );
    assert.deepEqual(valueAt(email.live(turned, [whole]), "after"), { start_node: true });
    const again = whole.compose(turned, [email]);
    assert.deepEqual(
      valueAt(email.live(again, [whole]), "after"),
      { start_node: true },
      "the e-mail node stays as desired",
    );
    assert.ok(objectsAt(again, "transitions").some(isOwn));
    const ids = idsOf(again, "transitions");
    assert.equal(new Set(ids).size, ids.length);
  });
});
