/** Whose change a difference is: what was edited live, what git has moved, what both have, and what cannot be told. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { valueAtPointer } from "../../src/engine/diff.ts";
import { classifyDrift, type DriftSides, findFieldOwners, isSameField } from "../../src/engine/drift.ts";
import { findDrift } from "../../src/engine/last-applied.ts";
import { identityOf } from "../../src/engine/resource-identity.ts";
import type { Resource } from "../../src/kinds/kind.ts";
import { digestOf } from "../../src/model/digest.ts";
import { isJsonObject, isSameJson, type Json } from "../../src/model/json.ts";
import type { Drift } from "../../src/model/plan.ts";
import { change, EMAIL, FLOW, validate, WEBHOOK, WORKFLOW } from "../kinds/manifests.ts";
import { applyTo, planResources, REFERRED, type Tenant } from "./planning.ts";

describe("whose a field is", () => {
  /** What was applied, live and desired; live then is live, unless it says otherwise. */
  const cases: readonly {
    readonly reason: string;
    readonly sides: Omit<DriftSides, "liveThen"> & { readonly liveThen?: Json | undefined };
    readonly owners: Readonly<Record<string, string>>;
    readonly origin: Drift["origin"];
  }[] = [
    {
      reason: "somebody edited it, and git asks for what it asked for",
      sides: { applied: { a: 1, b: 1 }, live: { a: 2, b: 1 }, desired: { a: 1, b: 1 } },
      owners: { "/a": "live" },
      origin: "edited-live",
    },
    {
      reason: "git moved on, and nobody touched it",
      sides: { applied: { a: 1 }, live: { a: 1 }, desired: { a: 2 } },
      owners: { "/a": "desired" },
      origin: "not-deployed",
    },
    {
      reason: "an edit of one field, a commit to another",
      sides: { applied: { a: 1, b: 1 }, live: { a: 2, b: 1 }, desired: { a: 1, b: 2 } },
      owners: { "/a": "live", "/b": "desired" },
      origin: "both",
    },
    {
      reason: "both to one field, to different values: they collide",
      sides: { applied: { a: 1 }, live: { a: 2 }, desired: { a: 3 } },
      owners: { "/a": "both" },
      origin: "both",
    },
    {
      reason: "both to the same value: nothing is left to do there",
      sides: { applied: { a: 1, b: 1 }, live: { a: 2, b: 1 }, desired: { a: 2, b: 2 } },
      owners: { "/b": "desired" },
      origin: "not-deployed",
    },
    {
      reason: "somebody added what git never had",
      sides: { applied: { nodes: { x: 1 } }, live: { nodes: { x: 1, y: 2 } }, desired: { nodes: { x: 1 } } },
      owners: { "/nodes/y": "live" },
      origin: "edited-live",
    },
    {
      reason: "somebody took away what git changed meanwhile",
      sides: { applied: { nodes: { x: 1 } }, live: { nodes: {} }, desired: { nodes: { x: 2 } } },
      owners: { "/nodes/x": "both" },
      origin: "both",
    },
    {
      reason: "git asks for a field for the first time: what stood there was the tenant's to choose",
      sides: { applied: { a: 1 }, liveThen: { a: 1 }, live: { a: 1, b: 7 }, desired: { a: 1, b: 2 } },
      owners: { "/b": "desired" },
      origin: "not-deployed",
    },
    {
      reason: "git no longer asks for a field that somebody edited: it is no difference any more",
      sides: { applied: { a: 1, b: 1 }, liveThen: { a: 1, b: 5 }, live: { a: 1 }, desired: { a: 2 } },
      owners: { "/a": "desired" },
      origin: "not-deployed",
    },
    {
      reason: "a list is one field, for an item in front moves all others",
      sides: { applied: { l: [1, 2] }, live: { l: [0, 1, 2] }, desired: { l: [1, 2] } },
      owners: { "/l": "live" },
      origin: "edited-live",
    },
    {
      reason: "keys that need escapes are found again",
      sides: { applied: { "a/b": { "c~d": 1 } }, live: { "a/b": { "c~d": 2 } }, desired: { "a/b": { "c~d": 1 } } },
      owners: { "/a~1b/c~0d": "live" },
      origin: "edited-live",
    },
    {
      reason: "a key called as a prototype is a key",
      sides: { applied: JSON.parse('{"__proto__":1}'), live: JSON.parse('{"__proto__":2}'), desired: {} },
      owners: { "/__proto__": "both" },
      origin: "both",
    },
    {
      reason: "deleted live",
      sides: { applied: { a: 1 }, live: undefined, desired: { a: 1 } },
      owners: { "": "live" },
      origin: "edited-live",
    },
    {
      reason: "deleted live, and changed in git",
      sides: { applied: { a: 1 }, live: undefined, desired: { a: 2 } },
      owners: { "": "both" },
      origin: "both",
    },
    {
      reason: "removed from git",
      sides: { applied: { a: 1 }, live: { a: 1 }, desired: undefined },
      owners: { "": "desired" },
      origin: "not-deployed",
    },
    {
      reason: "removed from git, and edited live before it went",
      sides: { applied: { a: 1 }, live: { a: 2 }, desired: undefined },
      owners: { "": "both" },
      origin: "both",
    },
    {
      reason: "live as it was left: what was applied cannot be formed again, because a variable has moved on",
      sides: { applied: { a: "new" }, live: { a: "old" }, desired: { a: "new" }, leftDigest: digestOf({ a: "old" }) },
      owners: { "/a": "desired" },
      origin: "not-deployed",
    },
  ];
  for (const { reason, sides, owners, origin } of cases) {
    it(reason, () => {
      const full = { liveThen: sides.live, ...sides };
      assert.deepEqual(Object.fromEntries(findFieldOwners(full)), owners);
      const found = classifyDrift(full);
      assert.equal(found.origin, origin);
      const fields = Object.entries(owners);
      assert.deepEqual(
        [found.live, found.desired],
        [
          fields.filter(([, owner]) => owner !== "desired").map(([field]) => field),
          fields.filter(([, owner]) => owner !== "live").map(([field]) => field),
        ],
      );
    });
  }

  it("what is sent for a reason that live does not show is git's", () => {
    const same = { applied: { a: 1 }, liveThen: { a: 1 }, live: { a: 1 }, desired: { a: 1 } };
    assert.deepEqual(classifyDrift(same, { isRotated: true }), { origin: "not-deployed", live: [], desired: [] });
    const edited = { ...same, live: { a: 2 }, liveThen: { a: 2 } };
    assert.equal(classifyDrift(edited, { isRotated: true }).origin, "both");
  });

  it("two fields touch when one holds the other, and never because they begin alike", () => {
    const pairs: readonly (readonly [string, string, boolean])[] = [
      ["/a", "/a", true],
      ["/a", "/a/b", true],
      ["", "/a", true],
      ["/a", "/ab", false],
      ["/a/b", "/a/c", false],
    ];
    for (const [left, right, touch] of pairs) {
      assert.deepEqual([isSameField(left, right), isSameField(right, left)], [touch, touch], `${left} ${right}`);
    }
  });
});

const key = fc.constantFrom("a", "b", "c", "a/b", "~", "__proto__", "0");
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<Json>(null, 0, 1, "x"),
    fc.array(tie("value"), { maxLength: 2 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

it("each field that changes has exactly one owner, and live's are exactly those where live is not as applied", () => {
  let [edits, commits] = [0, 0];
  fc.assert(
    fc.property(value, value, value, (applied, live, desired) => {
      const owners = findFieldOwners({ applied, liveThen: live, live, desired });
      assert.equal(owners.size === 0, isSameJson(live, desired));
      for (const [field, owner] of owners) {
        const [was, is, asked] = [applied, live, desired].map((side) => valueAtPointer(side, field));
        assert.equal(owner !== "desired", !isSame(is, was), field);
        assert.equal(owner !== "live", !isSame(asked, was), field);
        assert.ok(!isSame(is, asked), `${field} changes`);
        edits += Number(owner === "live");
        commits += Number(owner === "desired");
      }
    }),
    { numRuns: 1500 },
  );
  assert.ok(edits > 100 && commits > 100, "the values are near enough to each other to mean something");
});

function isSame(left: Json | undefined, right: Json | undefined): boolean {
  return left === undefined || right === undefined ? left === right : isSameJson(left, right);
}

const WITH_WORKFLOW: Tenant = {
  ...REFERRED,
  "workflow/wf_12345": {
    id: "wf_12345",
    nodes: [
      { id: "start_node", type: "start" },
      { id: "end_node", type: "end" },
    ],
    transitions: [],
  },
};

describe("the changes of a plan say where they come from", () => {
  const env = { HOOK_SECRET: "planted-hook" };
  const load = (...manifests: readonly string[]) => validate(manifests.join("---\n"), { env }).resources;
  const sales = (text: string) => text.replace("skill: Billing", "skill: Sales");
  const withoutAttachments = (text: string) => text.replace(/ {2}attachments:\n(.*\n){2}/, "");
  const bareMail = change(
    change(EMAIL, "  after: [start_node]\n  before: [end_node]\n", ""),
    "templateId:",
    "deliveryMode: standard\n  templateId:",
  );
  const linked = (text: string) =>
    change(text, "  transitions:\n", "  transitions:\n    - { from: start_node, to: email_send_01 }\n");
  const toMail = linked(WORKFLOW);
  const withMail = (mode: string) =>
    change(
      WORKFLOW,
      "  transitions:\n",
      `    - id: email_send_01
      type: email
      properties:
        templateId: tmpl_inv_2024
        variables: { customerName: $interaction.contact.firstName, orderTotal: $workflow.data.orderTotal }
        attachments: [ { fileId: att_pdf_001, fileName: invoice.pdf }, { fileId: att_png_002, fileName: logo.png } ]
        deliveryMode: ${mode}
        trackOpens: true
        trackClicks: true
  transitions:\n`,
    );
  const tenantOf = (...manifests: readonly string[]) => applyTo(REFERRED, load(...manifests));
  const cases: readonly {
    readonly reason: string;
    readonly applied: readonly Resource[];
    readonly desired: readonly Resource[];
    readonly tenant: Tenant;
    readonly leaving?: readonly Resource[];
    /** `action name origin live|desired` of each change that is one. */
    readonly drift: readonly string[];
  }[] = [
    {
      reason: "a create that was never applied is a commit",
      applied: [],
      desired: load(FLOW),
      tenant: {},
      drift: ["create main-menu not-deployed |whole"],
    },
    {
      reason: "what is live and was never applied from here is unknown",
      applied: [],
      desired: load(sales(FLOW)),
      tenant: tenantOf(FLOW),
      drift: ["update main-menu unknown |"],
    },
    {
      reason: "what was applied and is gone was deleted live",
      applied: load(FLOW),
      desired: load(FLOW),
      tenant: {},
      drift: ["create main-menu edited-live whole|"],
    },
    {
      reason: "an edit, seen through a flow's connections by what they connect",
      applied: load(FLOW),
      desired: load(FLOW),
      tenant: tenantOf(sales(FLOW)),
      drift: ["update main-menu edited-live /nodes/node_queue/properties/skill|"],
    },
    {
      reason: "a commit",
      applied: load(FLOW),
      desired: load(sales(FLOW)),
      tenant: tenantOf(FLOW),
      drift: ["update main-menu not-deployed |/nodes/node_queue/properties/skill"],
    },
    {
      reason: "an e-mail node whose manifest names a field more than the one that was applied",
      applied: load(EMAIL),
      desired: load(EMAIL.replace("templateId:", "deliveryMode: immediate\n  templateId:")),
      tenant: applyTo(WITH_WORKFLOW, load(EMAIL)),
      drift: ["update order-confirmation not-deployed |/properties/deliveryMode"],
    },
    {
      reason: "an e-mail node that now names attachments, where a colleague had chosen some before git asked for any",
      applied: load(withoutAttachments(EMAIL)),
      desired: load(EMAIL),
      tenant: applyTo(
        applyTo(WITH_WORKFLOW, load(EMAIL.replace("logo.png", "old.png"))),
        load(withoutAttachments(EMAIL)),
      ),
      drift: ["update order-confirmation not-deployed |/properties/attachments/att_png_002/fileName"],
    },
    {
      reason: "a webhook to which somebody added the very event that git asks for by now, instead of another",
      applied: load(WEBHOOK),
      desired: load(WEBHOOK.replace("[workflow.updated]", "[flow.updated]")),
      tenant: tenantOf(WEBHOOK.replace("[workflow.updated]", "[workflow.updated, flow.updated]")),
      drift: ["update esp-sync not-deployed |/events/workflow.updated"],
    },
    {
      reason: "a node that moves from an e-mail node's manifest to the workflow's, edited live before",
      applied: load(WORKFLOW, bareMail),
      desired: load(withMail("standard")),
      tenant: applyTo(REFERRED, load(WORKFLOW, change(bareMail, "standard", "priority"))),
      drift: ["update orders edited-live /nodes/email_send_01/properties/deliveryMode|"],
    },
    {
      reason: "the same, and git asks for another value by now",
      applied: load(WORKFLOW, bareMail),
      desired: load(withMail("immediate")),
      tenant: applyTo(REFERRED, load(WORKFLOW, change(bareMail, "standard", "priority"))),
      drift: [
        "update orders both /nodes/email_send_01/properties/deliveryMode|/nodes/email_send_01/properties/deliveryMode",
      ],
    },
    {
      reason: "the same, and nobody has edited it",
      applied: load(WORKFLOW, bareMail),
      desired: load(withMail("immediate")),
      tenant: applyTo(REFERRED, load(WORKFLOW, bareMail)),
      drift: ["update orders not-deployed |/nodes/email_send_01/properties/deliveryMode"],
    },
    {
      reason: "a node that was deleted live before the workflow took it",
      applied: load(WORKFLOW, bareMail),
      desired: load(withMail("standard")),
      tenant: applyTo(REFERRED, load(WORKFLOW)),
      drift: ["update orders edited-live /nodes/email_send_01|"],
    },
    {
      reason: "a workflow's manifest that is new, with a node that was an e-mail node's: the rest was never applied",
      applied: load(bareMail),
      desired: load(withMail("standard")),
      tenant: applyTo(REFERRED, load(WORKFLOW, change(bareMail, "standard", "priority"))),
      drift: ["update orders edited-live /nodes/email_send_01/properties/deliveryMode|"],
    },
    {
      reason: "a transition that moves from the workflow to its e-mail node, taken away live before",
      applied: load(toMail, bareMail),
      desired: load(WORKFLOW, `${bareMail}  after: [start_node]\n`),
      tenant: applyTo(REFERRED, load(WORKFLOW, bareMail)),
      drift: ["update order-confirmation edited-live /after/start_node|"],
    },
    {
      reason: "a node that is given to a new e-mail node's manifest, as it was applied",
      applied: load(withMail("standard")),
      desired: load(WORKFLOW, change(bareMail, "standard", "immediate")),
      tenant: applyTo(REFERRED, load(withMail("standard"))),
      drift: ["update order-confirmation not-deployed |/properties/deliveryMode"],
    },
    {
      reason: "a manifest that gave its node away long ago says nothing of it any more",
      applied: load(bareMail).concat(load(withMail("priority"))),
      desired: load(WORKFLOW, change(bareMail, "standard", "immediate")),
      tenant: applyTo(REFERRED, load(withMail("priority"))),
      drift: ["update order-confirmation not-deployed |/properties/deliveryMode"],
    },
    {
      reason: "what is unchanged has none",
      applied: load(FLOW),
      desired: load(FLOW),
      tenant: tenantOf(FLOW),
      drift: [],
    },
    {
      reason: "a manifest that is gone is a commit",
      applied: load(FLOW),
      desired: [],
      leaving: load(FLOW),
      tenant: tenantOf(FLOW),
      drift: ["delete main-menu not-deployed |whole"],
    },
  ];
  for (const { reason, applied, desired, tenant, leaving = [], drift } of cases) {
    it(reason, () => {
      const plan = planResources({ resources: desired, tenant, applied, leaving, prune: true });
      const said = plan.changes.flatMap(({ action, name, drift: found }) => {
        if (found === null) return [];
        const [live, asked] = [found.live, found.desired].map((fields) => fields.map((one) => one || "whole").join());
        return [`${action} ${name} ${found.origin} ${live}|${asked}`];
      });
      assert.deepEqual(said, drift);
    });
  }

  it("what another manifest applied and cannot be formed again, because a variable has moved on, is no edit", () => {
    const [was, now] = [load(WORKFLOW, change(bareMail, "standard", "priority")), load(withMail("standard"))];
    const document = applyTo(REFERRED, was)["workflow/wf_12345"] ?? null;
    const [resource] = now;
    assert.ok(isJsonObject(document) && resource !== undefined);
    const known = load(WORKFLOW, bareMail).map((one, sequence, all) => {
      const siblings = all.filter((other) => other !== one);
      const digest = digestOf(one.live(document, siblings) ?? null);
      return [identityOf(one), { resource: one, siblings, digest, seenAt: 0, sequence }] as const;
    });
    const [live, desired] = [resource.live(document, []), resource.desired([])];
    const found = findDrift({ resource, siblings: [], document, live, desired, changed: undefined }, new Map(known));
    assert.deepEqual(
      [found?.origin, found?.desired],
      ["not-deployed", ["/nodes/email_send_01/properties/deliveryMode"]],
    );
  });

  it("manifests that share a workflow may give and take what they like: while nobody edits it, nothing is told as an edit", () => {
    const mode = fc.constantFrom("standard", "immediate");
    const hasTransition = fc.boolean();
    const manifests = fc.oneof(
      fc
        .record({ mode, hasTransition })
        .map((one) => [(one.hasTransition ? linked : (text: string) => text)(withMail(one.mode))]),
      fc
        .record({ mode, hasTransition, side: fc.constantFrom("", "  after: [start_node]\n", "  before: [end_node]\n") })
        .map((one) => [
          one.hasTransition && !one.side.includes("after") ? toMail : WORKFLOW,
          change(bareMail, "standard", one.mode) + one.side,
        ]),
      fc.record({ mode }).map((one) => [change(bareMail, "standard", one.mode)]),
    );
    let moved = 0;
    fc.assert(
      fc.property(manifests, manifests, (then, now) => {
        const tenant = applyTo(WITH_WORKFLOW, load(...then));
        const plan = planResources({ resources: load(...now), tenant, applied: load(...then) });
        for (const { name, drift: found } of plan.changes) {
          assert.ok(found?.origin !== "edited-live" && found?.origin !== "both", `${name} ${JSON.stringify(found)}`);
          moved += Number(found !== null);
        }
      }),
      { numRuns: 150 },
    );
    assert.ok(moved > 50);
  });

  it("who and when are told for edits that are later than our last write, and only for those", () => {
    const about = (tenant: Tenant, desired: readonly Resource[], at: number): Drift | null | undefined => {
      const changed = { at, by: "ann@acme.example" };
      return planResources({ resources: desired, tenant, applied: load(FLOW), changed }).changes[0]?.drift;
    };
    const edited = tenantOf(sales(FLOW));
    assert.deepEqual(
      [about(edited, load(FLOW), 2000)].map((drift) => [drift?.at, drift?.by]),
      [["1970-01-01T00:00:02.000Z", "ann@acme.example"]],
    );
    for (const drift of [about(edited, load(FLOW), 1000), about(tenantOf(FLOW), load(sales(FLOW)), 2000)]) {
      assert.deepEqual([drift?.at, drift?.by], [null, null]);
    }
  });

  it("who made a difference does not change what a plan does, and so not its fingerprint", () => {
    const tenant = tenantOf(sales(FLOW));
    const known = planResources({ resources: load(FLOW), tenant, applied: load(FLOW) });
    const unknown = planResources({ resources: load(FLOW), tenant, applied: [] });
    assert.notDeepEqual(known.changes[0]?.drift, unknown.changes[0]?.drift);
    assert.equal(known.fingerprint, unknown.fingerprint);
  });
});
