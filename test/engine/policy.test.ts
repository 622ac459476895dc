/** What a scheduled run leaves to a person: by policy, because something else writes a field again and again, and what goes with it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findFlipFlop, type Suspicion } from "../../src/engine/flip-flop.ts";
import { guardChanges } from "../../src/engine/guard.ts";
import type { Hold } from "../../src/engine/policy.ts";
import { identityOf } from "../../src/engine/resource-identity.ts";
import type { Resource } from "../../src/kinds/kind.ts";
import { digestOf } from "../../src/model/digest.ts";
import { isJsonObject, type Json, objectsAt } from "../../src/model/json.ts";
import { countHeld, isHeld } from "../../src/model/plan.ts";
import type { ReconcilePolicy } from "../../src/model/policy.ts";
import { change, EMAIL, FLOW, validate, WORKFLOW } from "../kinds/manifests.ts";
import { aChange } from "../render/plans.ts";
import { actionsOf, applyTo, planResources, REFERRED, type Tenant } from "./planning.ts";

const load = (...manifests: readonly string[]) => validate(manifests.join("---\n")).resources;
const sales = (text: string) => change(text, "skill: Billing", "skill: Sales");
const annotated = (text: string, policy: string) =>
  text.replace(
    /metadata: \{ name: ([a-z-]+) \}/,
    `metadata: { name: $1, annotations: { cxone-gitops/reconcile: ${policy} } }`,
  );
const under = (policy: ReconcilePolicy, special: Partial<Hold> = {}): Hold => {
  return { policy, flipFlop: { repairs: 3, withinMinutes: 60 }, repairs: new Map(), now: 0, ...special };
};

describe("what each policy does with each origin", () => {
  const tenant = applyTo({}, load(FLOW));
  const edited = applyTo({}, load(sales(FLOW)));
  const more = (text: string) => change(text, "name: IVR Main Menu", "name: IVR Menu");
  const origins: readonly {
    readonly origin: string;
    readonly applied: readonly Resource[];
    readonly desired: string;
    readonly tenant: Tenant;
    readonly action: string;
    readonly held: readonly ReconcilePolicy[];
  }[] = [
    { origin: "a new one", applied: [], desired: FLOW, tenant: {}, action: "create", held: ["report"] },
    { origin: "a commit", applied: load(FLOW), desired: sales(FLOW), tenant, action: "update", held: ["report"] },
    {
      origin: "what was never applied from here",
      applied: [],
      desired: sales(FLOW),
      tenant,
      action: "update",
      held: ["report", "repair-unless-edited"],
    },
    {
      origin: "an edit",
      applied: load(FLOW),
      desired: FLOW,
      tenant: edited,
      action: "update",
      held: ["report", "repair-unless-edited"],
    },
    {
      origin: "an edit and a commit",
      applied: load(FLOW),
      desired: more(FLOW),
      tenant: edited,
      action: "update",
      held: ["report", "repair-unless-edited"],
    },
    {
      origin: "a deletion by hand",
      applied: load(FLOW),
      desired: FLOW,
      tenant: {},
      action: "create",
      held: ["report", "repair-unless-edited"],
    },
  ];
  for (const { origin, applied, desired, tenant: found, action, held } of origins) {
    for (const policy of ["report", "repair", "repair-unless-edited"] as const) {
      const isToBeHeld = held.includes(policy);
      it(`${policy}: ${origin} is ${isToBeHeld ? "held back" : "written"}`, () => {
        const plan = planResources({ resources: load(desired), tenant: found, applied, hold: under(policy) });
        const [one] = plan.changes;
        assert.ok(one !== undefined);
        assert.deepEqual([one.action, isHeld(one)], isToBeHeld ? ["report", true] : [action, false]);
        assert.equal(countHeld(plan), Number(isToBeHeld));
        assert.equal(plan.summary.create + plan.summary.update, Number(!isToBeHeld));
        assert.ok(one.patch.length > 0, "the difference is told either way");
        if (isToBeHeld) assert.match(one.notes[0] ?? "", /^held back: .*`cxone-gitops apply`/);
      });
    }
  }

  it("a manifest's own policy counts more than the run's, in both directions", () => {
    const plan = (policy: string, run: ReconcilePolicy) => {
      const resources = load(annotated(FLOW, policy));
      return actionsOf(planResources({ resources, tenant: edited, applied: resources, hold: under(run) }));
    };
    assert.deepEqual(plan("report", "repair"), ["report Flow main-menu"]);
    assert.deepEqual(plan("repair", "report"), ["update Flow main-menu"]);
    assert.deepEqual(plan("repair-unless-edited", "repair"), ["report Flow main-menu"]);
  });

  it("what is removed from git is deleted under repair, and not where somebody edited it, or only a report is wanted", () => {
    const plan = (policy: ReconcilePolicy, found: Tenant, leaving = load(FLOW)) =>
      actionsOf(
        planResources({ resources: [], tenant: found, applied: leaving, leaving, prune: true, hold: under(policy) }),
      );
    assert.deepEqual(plan("repair-unless-edited", tenant), ["delete Flow main-menu"]);
    assert.deepEqual(plan("repair-unless-edited", edited), ["report Flow main-menu"]);
    assert.deepEqual(plan("report", tenant), ["report Flow main-menu"]);
    assert.deepEqual(plan("repair", tenant, load(annotated(FLOW, "report"))), ["report Flow main-menu"]);
  });

  it("a policy that does not exist is an error at its place, with the one that was meant", () => {
    const { findings } = validate(annotated(FLOW, "reprot"));
    assert.deepEqual(
      findings.map(({ rule, severity, line, hint }) => [rule, severity, line, hint]),
      [["manifest/reconcile-policy", "error", 3, 'Did you mean "report"?']],
    );
  });
});

it("what is held back counts as live where a guard asks for a share, and not as an update", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
  const wanted = names.map((name) => aChange({ name }));
  const changes = wanted.map((one, index) => (index < 3 ? one : { ...one, action: "report" as const }));
  const guard = { maxUpdatePercent: 30, maxDeletePercent: 10, allowLargeChange: false, allowProtected: false };
  const refuse = (all: typeof wanted) => guardChanges(changes, { units: [], guard, prune: false }, all).length;
  assert.deepEqual([refuse(wanted), refuse(changes)], [0, 1]);
});

describe("what goes with what is held back", () => {
  const mail = (text: string) => change(text, "  before: [end_node]\n", "");
  const bare: Tenant = {
    ...REFERRED,
    "workflow/wf_12345": {
      id: "wf_12345",
      name: "Order Confirmation Workflow",
      nodes: [
        { id: "start_node", type: "start" },
        { id: "end_node", type: "end" },
      ],
      transitions: [{ id: "tr", source: "start_node", target: "end_node", condition: "true" }],
    },
  };
  const flow = annotated(WORKFLOW, "report");
  const withStep = change(
    flow,
    "{ id: end_node, type: end }",
    "{ id: end_node, type: end }\n    - { id: pause, type: wait }",
  );
  const toMail = change(
    WORKFLOW,
    "{ from: start_node, to: end_node }",
    "{ from: start_node, to: end_node }\n    - { from: start_node, to: email_send_01 }",
  );
  const alone = change(mail(EMAIL), "  after: [start_node]\n", "");
  const before = change(EMAIL, "  after: [start_node]\n", "");
  const after = (node: string) => change(mail(EMAIL), "[start_node]", `[${node}]`);
  const renamed = (text: string) => change(text, "name: Order Confirmation Workflow", "name: Orders");
  const withNode = (id: string) =>
    change(WORKFLOW, "{ id: end_node, type: end }", `{ id: end_node, type: end }\n    - { id: ${id}, type: wait }`);
  const withLooseEnd = (tenant: Tenant): Tenant => {
    const workflow = tenant["workflow/wf_12345"] ?? null;
    const loose = { id: "loose", source: "email_send_01", target: "nowhere", condition: "true" };
    assert.ok(isJsonObject(workflow));
    return {
      ...tenant,
      "workflow/wf_12345": { ...workflow, transitions: [...objectsAt(workflow, "transitions"), loose] },
    };
  };
  const cases: readonly {
    readonly reason: string;
    readonly manifests: readonly string[];
    readonly tenant: Tenant;
    readonly leaving?: readonly string[];
    readonly applied?: readonly string[];
    readonly policy?: ReconcilePolicy;
    readonly actions: readonly string[];
    readonly said?: RegExp;
  }[] = [
    {
      reason: "an e-mail node goes into a workflow that is held back, when it needs nothing of it",
      manifests: [flow, mail(EMAIL)],
      tenant: bare,
      actions: ["report Workflow orders", "create EmailNode order-confirmation"],
    },
    {
      reason: "an e-mail node has nowhere to go when its workflow is not created",
      manifests: [flow, mail(EMAIL)],
      tenant: REFERRED,
      actions: ["report Workflow orders", "report EmailNode order-confirmation"],
      said: /held back: with Workflow orders: workflow "wf_12345" is not created/,
    },
    {
      reason: "an e-mail node after a step that the workflow was to bring waits for it, and so does the one after it",
      manifests: [
        withStep,
        change(mail(EMAIL), "after: [start_node]", "after: [pause]"),
        change(
          change(change(mail(EMAIL), "order-confirmation", "reminder"), "email_send_01", "email_send_02"),
          "after: [start_node]",
          "after: [email_send_01]",
        ),
      ],
      tenant: bare,
      actions: ["report Workflow orders", "report EmailNode order-confirmation", "report EmailNode reminder"],
      said: /held back: with Workflow orders: .*pause/,
    },
    {
      reason: "a workflow is not deleted with an e-mail node in it that is held back",
      manifests: [],
      leaving: [WORKFLOW, annotated(mail(EMAIL), "report")],
      tenant: applyTo(bare, load(WORKFLOW, mail(EMAIL))),
      actions: ["report EmailNode order-confirmation", "report Workflow orders"],
      said: /held back: with EmailNode order-confirmation: it would change what is held back/,
    },
    {
      reason: "a new workflow is not created with a transition to an e-mail node that is held back",
      manifests: [toMail, annotated(alone, "report")],
      tenant: REFERRED,
      actions: ["report Workflow orders", "report EmailNode order-confirmation"],
      said: /held back: with EmailNode order-confirmation: the transition from "start_node" to "email_send_01" would name/,
    },
    {
      reason: "nor changed, while somebody has deleted that node and only a report is wanted; another mail goes out",
      manifests: [
        toMail,
        annotated(alone, "report"),
        change(alone.replace("email_send_01", "email_send_02"), "order-confirmation", "reminder"),
      ],
      tenant: applyTo(bare, load(WORKFLOW)),
      actions: ["report Workflow orders", "report EmailNode order-confirmation", "create EmailNode reminder"],
      said: /held back: with EmailNode order-confirmation: the transition/,
    },
    {
      reason: "a workflow keeps a step that an e-mail node follows live while that one is held back",
      manifests: [withNode("later"), after("later")],
      applied: [withNode("pause"), after("pause")],
      policy: "repair-unless-edited",
      tenant: applyTo(
        bare,
        load(withNode("pause"), change(after("pause"), "templateId:", "trackOpens: false\n  templateId:")),
      ),
      actions: ["report Workflow orders", "report EmailNode order-confirmation"],
      said: /held back: with EmailNode order-confirmation: the transition from "pause" to "email_send_01" would name "pause"/,
    },
    {
      reason: "what is broken live already is no reason",
      manifests: [renamed(WORKFLOW), annotated(before, "report")],
      tenant: withLooseEnd(applyTo(bare, load(WORKFLOW, before))),
      actions: ["update Workflow orders", "report EmailNode order-confirmation"],
    },
    {
      reason:
        "a workflow that gives a transition away waits for the e-mail node that takes it, where somebody has edited it",
      manifests: [renamed(WORKFLOW), mail(EMAIL)],
      applied: [toMail, alone],
      policy: "repair-unless-edited",
      tenant: applyTo(bare, load(WORKFLOW, alone)),
      actions: ["report Workflow orders", "report EmailNode order-confirmation"],
      said: /held back: with EmailNode order-confirmation: it gives away to it what is held back/,
    },
  ];
  for (const {
    reason,
    manifests,
    tenant,
    leaving = [],
    applied = leaving,
    policy = "repair",
    actions,
    said,
  } of cases) {
    it(reason, () => {
      const [resources, gone, was] = [manifests, leaving, applied].map((texts) =>
        texts.length === 0 ? [] : load(...texts),
      );
      assert.ok(resources !== undefined && gone !== undefined && was !== undefined);
      const wish = { resources, leaving: gone, tenant, applied: was, prune: true, hold: under(policy) };
      const plan = planResources(wish);
      assert.deepEqual(actionsOf(plan), actions, JSON.stringify(plan.findings));
      const notes = plan.changes.flatMap((one) => one.notes).join("\n");
      if (said !== undefined) assert.match(notes, said);
      const { hold: _, ...free } = wish;
      assert.deepEqual(
        actionsOf(planResources(free)).filter((one) => one.startsWith("report")),
        [],
        "without it all would go",
      );
    });
  }
});

describe("a field that something else writes again and again", () => {
  const at = (...times: readonly string[]) => times.map((time) => Date.parse(`2026-11-21T${time}:00Z`));
  const repairsAt = (...times: readonly string[]) =>
    at(...times).map((time) => ({ at: time, paths: ["/nodes/x/skill"], digest: "D" }));
  const usual: Omit<Suspicion, "now"> = {
    fields: ["/nodes/x/skill"],
    digest: "D",
    repairs: repairsAt("10:00", "10:10", "10:20"),
    limits: { repairs: 3, withinMinutes: 60 },
  };
  const cases: readonly {
    readonly reason: string;
    readonly now: string;
    readonly isHeld: boolean;
    readonly special?: Partial<Suspicion>;
  }[] = [
    {
      reason: "two repairs are two edits",
      now: "10:20",
      isHeld: false,
      special: { repairs: repairsAt("10:00", "10:10") },
    },
    { reason: "three within the hour are something else", now: "10:30", isHeld: true },
    { reason: "until an hour after the last of them", now: "11:19", isHeld: true },
    { reason: "and then it is tried again", now: "11:20", isHeld: false },
    {
      reason: "and again is held only after three more",
      now: "11:40",
      isHeld: false,
      special: { repairs: repairsAt("10:00", "10:10", "10:20", "11:30") },
    },
    {
      reason: "three in more than an hour are people",
      now: "11:30",
      isHeld: false,
      special: { repairs: repairsAt("10:00", "10:40", "11:20") },
    },
    {
      reason: "three at just an hour are not",
      now: "11:01",
      isHeld: true,
      special: { repairs: repairsAt("10:00", "10:30", "11:00") },
    },
    {
      reason: "the latest three count, whatever was before",
      now: "11:00",
      isHeld: true,
      special: { repairs: repairsAt("08:00", "10:30", "10:40", "10:50") },
    },
    {
      reason: "in whatever order they are told",
      now: "10:30",
      isHeld: true,
      special: { repairs: repairsAt("10:00", "10:10", "10:20", "08:00") },
    },
    { reason: "another field", now: "10:30", isHeld: false, special: { fields: ["/nodes/x/prompt"] } },
    {
      reason: "the whole node, of which that field is a part",
      now: "10:30",
      isHeld: true,
      special: { fields: ["/nodes/x"] },
    },
    { reason: "another value is asked for since", now: "10:30", isHeld: false, special: { digest: "E" } },
    { reason: "nothing was edited", now: "10:30", isHeld: false, special: { fields: [] } },
    {
      reason: "a limit of one",
      now: "10:05",
      isHeld: true,
      special: { repairs: repairsAt("10:00"), limits: { repairs: 1, withinMinutes: 10 } },
    },
  ];
  for (const { reason, now, isHeld: expected, special } of cases) {
    it(reason, () => {
      const found = findFlipFlop({ ...usual, ...special, now: at(now)[0] ?? 0 });
      assert.equal(found !== undefined, expected);
    });
  }

  it("is held back under every policy that repairs, with since when and until when; a commit to it goes out", () => {
    const [resource] = load(FLOW);
    assert.ok(resource !== undefined);
    const repairs = at("10:00", "10:10", "10:20").map((time) => {
      return { at: time, paths: ["/nodes/node_queue/properties/skill"], digest: digestOf(resource.desired([])) };
    });
    const [now = 0] = at("10:30");
    const hold = under("repair", { repairs: new Map([[identityOf(resource), repairs]]), now });
    const tenant = applyTo({}, load(change(FLOW, "skill: Billing", "skill: Retention")));
    const [held] = planResources({ resources: load(FLOW), tenant, applied: load(FLOW), hold }).changes;
    const note: Json = held?.notes[0] ?? "";
    assert.match(note, /^held back: \/nodes\/node_queue\/properties\/skill was repaired 3 times since 10:00 UTC, and/);
    assert.match(
      note,
      /annotate the manifest with cxone-gitops\/reconcile: report\. It is repaired again from 11:20 UTC/,
    );
    const gone = { resources: [], leaving: load(FLOW), prune: true };
    assert.deepEqual(actionsOf(planResources({ ...gone, tenant, applied: load(FLOW), hold })), [
      "delete Flow main-menu",
    ]);
    const committed = planResources({ resources: load(sales(FLOW)), tenant, applied: load(FLOW), hold });
    assert.deepEqual(actionsOf(committed), ["update Flow main-menu"]);
  });
});
