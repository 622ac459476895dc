/** What a plan leaves behind of a document that several manifests share, and what is leaving. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Plan } from "../../src/model/plan.ts";
import type { RuleSeverities } from "../../src/model/severity.ts";
import { validate } from "../kinds/manifests.ts";
import { actionsOf, applyTo, planResources, REFERRED, type Tenant } from "./planning.ts";

const workflow = (step: string) => `apiVersion: cxone-gitops/v1
kind: Workflow
metadata: { name: wf_x }
spec:
  name: X
  nodes:
    - { id: start_node, type: start }
    - { id: ${step}, type: wait }
    - { id: end_node, type: end }
  transitions:
    - { from: start_node, to: ${step} }
    - { from: ${step}, to: end_node }
`;
const mail = (id: string, more: string) => `apiVersion: cxone-gitops/v1
kind: EmailNode
metadata: { name: ${id.replace("_", "-")} }
spec:
  workflow: wf_x
  node: ${id}
  templateId: tmpl_inv_2024
${more}`;
const resourcesOf = (...texts: readonly string[]) => {
  const { resources, findings } = validate(Object.fromEntries(texts.map((text, index) => [`${index}.yaml`, text])));
  assert.deepEqual(findings, []);
  return resources;
};
const says = ({ findings }: Plan) => findings.map(({ rule, line, column }) => `${rule} ${line}:${column}`);

/** The plan of `after` on a tenant to which `before` was applied; `leaving` are manifests of `before` that are gone. */
function planTurn(turn: {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly leaving: readonly string[];
  readonly prune: boolean;
  readonly severities?: RuleSeverities;
  readonly base?: Tenant;
}): Plan {
  const tenant = applyTo({ ...REFERRED, ...turn.base }, resourcesOf(...turn.before));
  const leavingNames = new Set(resourcesOf(...turn.leaving).map(({ name }) => name));
  const leaving = resourcesOf(...turn.before).filter(({ name }) => leavingNames.has(name));
  const { prune, severities = {} } = turn;
  return planResources({ resources: resourcesOf(...turn.after), tenant, leaving, prune, severities });
}

describe("an e-mail node that no manifest describes any more, and the step before it", () => {
  const B = mail("mail_b", "  after: [n1]\n");
  const turn = { before: [workflow("n1"), B], leaving: [B] };

  it("the step cannot go while the e-mail node stays", () => {
    const plan = planTurn({ ...turn, after: [workflow("n2")], prune: false });
    assert.deepEqual(says(plan), ["workflow/unknown-node 3:19"]);
    assert.match(plan.findings[0]?.message ?? "", /from "n1" to "mail_b" would name "n1"/);
    assert.match(plan.findings[0]?.hint ?? "", /EmailNode "mail-b".*--prune/);
  });

  it("both go together", () => {
    const plan = planTurn({ ...turn, after: [workflow("n2")], prune: true });
    assert.deepEqual(actionsOf(plan), ["update Workflow wf_x", "delete EmailNode mail-b"]);
    assert.deepEqual(says(plan), []);
  });

  it("the step stays, and there is nothing to say", () => {
    assert.deepEqual(says(planTurn({ ...turn, after: [workflow("n1")], prune: false })), []);
  });
});

describe("an e-mail node that another names, and whose manifest is gone", () => {
  const base: Tenant = { "workflow/wf_x": { id: "wf_x", nodes: [{ id: "start_node" }, { id: "end_node" }] } };
  const [A, B] = [mail("mail_a", "  before: [mail_b]\n"), mail("mail_b", "  before: [end_node]\n")];
  const turn = { base, before: [A, B], leaving: [B] };

  it("is not deleted under the manifest that names it", () => {
    const plan = planTurn({ ...turn, after: [A], prune: true });
    assert.deepEqual(says(plan), ["email/neighbour 8:12"]);
  });

  it("nor where that rule is off: the other manifest's part would be undone, and no configuration turns that off", () => {
    const severities = { "email/neighbour": "off", "live/undone": "off" } as const;
    const plan = planTurn({ ...turn, after: [A], prune: true, severities });
    assert.deepEqual(says(plan), ["live/undone 5:13"]);
    assert.match(plan.findings[0]?.message ?? "", /the delete of EmailNode "mail-b"/);
  });

  it("stays while nothing is deleted, and goes once nobody names it", () => {
    const turned = mail("mail_a", "  before: [end_node]\n");
    assert.deepEqual(says(planTurn({ ...turn, after: [A], prune: false })), []);
    assert.deepEqual(says(planTurn({ ...turn, after: [turned], prune: false })), []);
    const plan = planTurn({ ...turn, after: [turned], prune: true });
    assert.deepEqual(actionsOf(plan), ["update EmailNode mail-a", "delete EmailNode mail-b"]);
    assert.deepEqual(says(plan), []);
  });

  it("what is broken live already is not the plan's doing", () => {
    const loose = { id: "tr_1", source: "start_node", target: "nowhere", condition: "true" };
    const broken: Tenant = { "workflow/wf_x": { id: "wf_x", nodes: [{ id: "start_node" }], transitions: [loose] } };
    const lone = mail("mail_b", "  after: [start_node]\n");
    assert.deepEqual(says(planTurn({ base: broken, before: [], after: [lone], leaving: [], prune: false })), []);
  });
});
