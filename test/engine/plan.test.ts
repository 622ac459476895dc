import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasChanges, isBlocked, type Plan } from "../../src/model/plan.ts";
import { change, EMAIL, FLOW, validate, WEBHOOK, WORKFLOW } from "../kinds/manifests.ts";
import { actionsOf, applyTo, pathsOf, planFiles, REFERRED, type Tenant } from "./planning.ts";

const env = { HOOK_SECRET: "planted-hook" };
const MEBIBYTE = 1024 * 1024;
const WF: Tenant = {
  "workflow/wf_12345": {
    id: "wf_12345",
    version: 3,
    nodes: [{ id: "start_node" }, { id: "end_node" }],
    transitions: [],
  },
};
const says = (plan: Plan) =>
  plan.findings.map(({ rule, line, column, message }) => `${rule} ${line}:${column} ${message}`);

describe("what a read means", () => {
  const flow = "flow/ivr_main_menu_v2";
  it("absent: a create", () => {
    const plan = planFiles(FLOW, {});
    assert.deepEqual(actionsOf(plan), ["create Flow main-menu"]);
    assert.deepEqual([plan.changes[0]?.liveVersion, plan.changes[0]?.patch[0]?.path], [null, ""]);
    assert.ok(hasChanges(plan) && !isBlocked(plan));
  });

  it("unknown: nothing is concluded, and the plan is blocked", () => {
    const plan = planFiles(FLOW, { [flow]: { unknown: "HTTP 503" } });
    assert.deepEqual(actionsOf(plan), ["report Flow main-menu"]);
    assert.deepEqual(plan.changes[0]?.patch, []);
    assert.match(plan.changes[0]?.notes.join() ?? "", /unknown: HTTP 503/);
    assert.deepEqual(plan.summary, { create: 0, update: 0, delete: 0, unchanged: 0, unknown: 1, refused: 0 });
    assert.ok(isBlocked(plan) && !hasChanges(plan));
  });

  it("present: an update against the version that was read", () => {
    const plan = planFiles(FLOW, { [flow]: { id: "ivr_main_menu_v2", version: "W/7" } });
    assert.deepEqual(actionsOf(plan), ["update Flow main-menu"]);
    assert.equal(plan.changes[0]?.liveVersion, "W/7");
  });

  it("a shape that cannot be read: blocked, at the line that names the document", () => {
    const plan = planFiles(FLOW, { [flow]: { nodes: null } });
    assert.deepEqual(says(plan), [
      "live/shape 5:7 the tenant's answer has `nodes` in a shape that is not documented (a list of objects is)",
    ]);
    assert.ok(isBlocked(plan));
  });

  it("no rule about live can be lowered by the configuration", () => {
    const severities = { "live/shape": "off", "live/other-type": "off", "live/duplicate-node": "off" } as const;
    assert.ok(isBlocked(planFiles(FLOW, { [flow]: { nodes: null } }, { severities })));
    const other = {
      ...REFERRED,
      "workflow/wf_12345": { nodes: [{ id: "start_node" }, { id: "end_node" }, { id: "email_send_01", type: "task" }] },
    };
    assert.ok(isBlocked(planFiles(EMAIL, other, { severities })), "a node of another type is never overwritten");
  });
});

describe("e-mail nodes and what they refer to", () => {
  it("a node that its workflow lacks is a create, and says where", () => {
    const plan = planFiles(EMAIL, { ...REFERRED, ...WF });
    assert.deepEqual(actionsOf(plan), ["create EmailNode order-confirmation"]);
    assert.deepEqual(plan.changes[0]?.notes, ["added to workflow wf_12345, which is live"]);
    assert.equal(plan.changes[0]?.liveVersion, 3);
    assert.deepEqual(plan.findings, []);
  });

  it("no workflow: a finding at the line that names it, and no create", () => {
    const plan = planFiles(EMAIL, REFERRED);
    assert.deepEqual(actionsOf(plan), ["report EmailNode order-confirmation"]);
    assert.deepEqual(says(plan), ['live/unknown-document 5:13 workflow "wf_12345" does not exist on the tenant']);
  });

  it("no workflow, but a manifest of it: both are created", () => {
    const plan = planFiles({ "a.yaml": WORKFLOW, "b.yaml": EMAIL }, REFERRED);
    assert.deepEqual(actionsOf(plan), ["create Workflow orders", "create EmailNode order-confirmation"]);
    assert.deepEqual(plan.findings, []);
  });

  it("a workflow that was not read: every node in it is unknown", () => {
    const second = change(
      change(change(EMAIL, "order-confirmation", "b"), "email_send_01", "b"),
      "  after: [start_node]\n  before: [end_node]\n",
      "",
    );
    const plan = planFiles(
      { "a.yaml": EMAIL, "b.yaml": second },
      { ...REFERRED, "workflow/wf_12345": { unknown: "HTTP 429" } },
    );
    assert.deepEqual(actionsOf(plan), ["report EmailNode b", "report EmailNode order-confirmation"]);
    assert.equal(plan.summary.unknown, 2);
  });

  const size = (first: number, second: number): Tenant => ({
    "attachment/att_pdf_001": { size: first },
    "attachment/att_png_002": { size: second },
  });
  const three = change(EMAIL, "  after:", "    - { fileId: att_3, fileName: c }\n  after:");
  const withThird = (third: number): Tenant => ({
    ...size(10 * MEBIBYTE, 10 * MEBIBYTE),
    "attachment/att_3": { size: third },
  });
  const cases: readonly (readonly [reason: string, source: string, tenant: Tenant, found: readonly RegExp[]])[] = [
    [
      "no template",
      EMAIL,
      { "template/tmpl_inv_2024": null },
      [/^email\/unknown-template 7:15 template "tmpl_inv_2024" does not exist/],
    ],
    [
      "a template that was not read",
      EMAIL,
      { "template/tmpl_inv_2024": { unknown: "HTTP 500" } },
      [/^live\/unknown 7:15 whether template "tmpl_inv_2024" exists is unknown: HTTP 500/],
    ],
    [
      "no such attachment",
      EMAIL,
      { "attachment/att_png_002": null },
      [/^email\/unknown-attachment 13:17 attachment "att_png_002"/],
    ],
    ["an attachment of exactly 10 MiB", EMAIL, size(10 * MEBIBYTE, 0), []],
    [
      "one byte more",
      EMAIL,
      size(10 * MEBIBYTE + 1, 0),
      [
        /^email\/attachment-too-large 12:17 attachment "att_pdf_001" is 10.01 MiB, and CXone sends at most 10 MiB a file/,
      ],
    ],
    ["exactly 25 MiB together", three, withThird(5 * MEBIBYTE), []],
    [
      "one byte more together",
      three,
      withThird(5 * MEBIBYTE + 1),
      [/^email\/attachments-too-large 12:5 the attachments are 25.01 MiB together, .* 25 MiB/],
    ],
    [
      "a neighbour that is not live",
      EMAIL,
      { "workflow/wf_12345": { nodes: [{ id: "start_node" }] } },
      [/^email\/neighbour 15:12 `before` names "end_node", which is no node of workflow "wf_12345"/],
    ],
    [
      "the node is of another type",
      EMAIL,
      {
        "workflow/wf_12345": {
          nodes: [{ id: "start_node" }, { id: "end_node" }, { id: "email_send_01", type: "task" }],
        },
      },
      [/^live\/other-type 6:9 node "email_send_01" of workflow "wf_12345" is live as type "task"/],
    ],
  ];
  for (const [reason, source, tenant, found] of cases) {
    it(reason, () => {
      const plan = planFiles(source, { ...REFERRED, ...WF, ...tenant });
      const said = says(plan);
      assert.equal(said.length, found.length, said.join("\n"));
      for (const [index, pattern] of found.entries()) assert.match(said[index] ?? "", pattern);
      assert.equal(isBlocked(plan), found.length > 0);
    });
  }
});

it("an attachment of no known size is a warning, which stops nothing", () => {
  const plan = planFiles(EMAIL, { ...REFERRED, ...WF, "attachment/att_pdf_001": { size: "large" } });
  assert.deepEqual(
    plan.findings.map(({ rule, severity, line }) => [rule, severity, line]),
    [["email/attachment-size-unknown", "warning", 12]],
  );
  assert.equal(isBlocked(plan), false);
});

it("the mail nodes of a whole workflow are held to the same", () => {
  const withTemplate = change(WORKFLOW, "        variables:", "        templateId: tmpl_gone\n        variables:");
  const large = { "attachment/att_pdf_001": { size: 10 * MEBIBYTE + 1 } };
  const said = says(planFiles(withTemplate, { ...REFERRED, ...large })).map((one) =>
    one.slice(0, one.indexOf(" ", one.indexOf(":"))),
  );
  assert.deepEqual(said, ["email/unknown-template 13:21", "email/attachment-too-large 15:34"]);
  assert.deepEqual(says(planFiles(WORKFLOW, REFERRED)), []);
});

describe("the plan as data", () => {
  const all = { "a.yaml": FLOW, "b.yaml": EMAIL, "c.yaml": WORKFLOW, "d.yaml": WEBHOOK };
  it("has one change for each resource, in the order in which they are applied", () => {
    const plan = planFiles(all, REFERRED, { env });
    assert.deepEqual(actionsOf(plan), [
      "create Workflow orders",
      "create EmailNode order-confirmation",
      "create Flow main-menu",
      "create Webhook esp-sync",
    ]);
    assert.deepEqual(plan.summary, { create: 4, update: 0, delete: 0, unchanged: 0, unknown: 0, refused: 0 });
  });

  it("has a fingerprint that moves with what would be done, and not with what is only said", () => {
    const fingerprint = (flow: string) => planFiles({ ...all, "a.yaml": flow }, REFERRED, { env }).fingerprint;
    assert.equal(fingerprint(FLOW), fingerprint(`# a comment\n${FLOW}`));
    assert.equal(fingerprint(FLOW), fingerprint(change(FLOW, "dtmf == '1'", "dtmf=='1'")));
    assert.notEqual(fingerprint(FLOW), fingerprint(change(FLOW, "dtmf == '1'", "dtmf == '2'")));
  });

  it("never holds a webhook's secret", () => {
    assert.doesNotMatch(JSON.stringify(planFiles(all, REFERRED, { env })), /planted/);
  });

  it("is empty when the manifests have errors", () => {
    const plan = planFiles({ ...all, "a.yaml": change(FLOW, "type: fallback", "type: x") }, REFERRED, { env });
    assert.deepEqual(plan.changes, []);
    assert.ok(isBlocked(plan));
  });
});

it("a flow that only moves on the editor's canvas is cosmetic when a manifest says where", () => {
  const drawn = change(FLOW, "{ skill: Billing }", "{ skill: Billing, x: 1, position: { left: 2 } }");
  const tenant = applyTo({}, validate(FLOW).resources);
  const plan = planFiles(drawn, tenant);
  assert.deepEqual(pathsOf(plan), ["add /nodes/node_queue/properties/position", "add /nodes/node_queue/properties/x"]);
  assert.equal(plan.changes[0]?.impact, "cosmetic");
  assert.equal(planFiles(change(drawn, "Billing", "Sales"), tenant).changes[0]?.impact, "caller-visible");
  assert.deepEqual(actionsOf(plan), ["update Flow main-menu"]);
});
