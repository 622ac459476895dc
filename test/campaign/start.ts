/** The tenant and the manifests that a run begins with: some of what the manifests ask for is live, some differently, some not at all. */
import type { JsonObject } from "../../src/emulator/json.ts";
import { loadSeed, type Seed } from "../../src/emulator/seed.ts";
import type { SettingsInput } from "../../src/emulator/settings.ts";
import { decorate } from "./decorate.ts";
import { flowDocument, mailNode, transition, webhookDocument, workflowDocument } from "./documents.ts";
import { editModel } from "./edit-models.ts";
import { type Fact, keepFacts } from "./facts.ts";
import { makeModels } from "./generate.ts";
import { mailEdges } from "./graphs.ts";
import { ATTACHMENTS, FIRST_NODE, LAST_NODE, type Model, mailsIn, TEMPLATES } from "./models.ts";
import type { Prng } from "./prng.ts";

export interface Start {
  readonly models: readonly Model[];
  readonly seed: Seed;
  readonly facts: readonly Fact[];
  /** Workflows of others that mails may go into. */
  readonly foreign: readonly string[];
  /** False: the tenant keeps no versions of flows, and nobody can edit them at the same time without a loss. */
  readonly hasFlowVersions: boolean;
}

const SHARED = "wf_shared";

export function makeStart(prng: Prng): Start {
  const models = makeModels(prng, [SHARED]);
  const live = chooseLive(prng, models);
  const flows = [...live.filter((model) => model.kind === "Flow").map(flowDocument), THEIR_FLOW];
  const own = live.filter((model) => model.kind === "Workflow");
  const workflows = [
    ...own.map((one) => workflowDocument(one, mailsIn(live, one.id))),
    sharedWorkflow(live),
    THEIR_WORKFLOW,
  ];
  const decorated = [
    ...flows.map((document) => decorate(prng, "flow", document)),
    ...workflows.map((document) => decorate(prng, "workflow", document)),
  ];
  const settings = chooseSettings(prng);
  const seed = {
    flows: decorated.slice(0, flows.length).map(({ document }) => document),
    workflows: decorated.slice(flows.length).map(({ document }) => document),
    templates: TEMPLATES.map((id) => ({ id })),
    attachments: ATTACHMENTS.map((fileId) => ({ fileId, fileName: `${fileId}.pdf`, size: 1000 })),
    webhooks: [...live.filter((model) => model.kind === "Webhook").map(webhookDocument), THEIR_WEBHOOK],
    options: settings,
  };
  const facts = [...THEIR_FACTS, ...decorated.flatMap((one) => one.facts)];
  return {
    models,
    seed: loadSeed(JSON.stringify(seed), "campaign seed"),
    facts: keepFacts(facts, models),
    foreign: [SHARED],
    hasFlowVersions: settings.flowVersions ?? true,
  };
}

/** What of the models is live already, each as it is asked for or as it was an edit ago. */
function chooseLive(prng: Prng, models: readonly Model[]): readonly Model[] {
  return models.flatMap((model) => {
    const fate = prng.pick(["absent", "absent", "as asked for", "different", "different"] as const);
    if (fate === "absent") return [];
    return [fate === "different" ? editModel(prng, model) : model];
  });
}

function chooseSettings(prng: Prng): SettingsInput {
  return {
    deliverTo: "nowhere",
    addDefaults: prng.chance(0.3),
    etag: prng.chance(0.7),
    lists: prng.chance(0.8),
    flowVersions: prng.chance(0.8),
    latency: prng.pick([0, 0, 2, 10]),
  };
}

/** A workflow of others, with mails of ours between nodes of theirs. */
function sharedWorkflow(live: readonly Model[]): JsonObject {
  const mails = mailsIn(live, SHARED);
  return {
    ...SHARED_WORKFLOW,
    nodes: [...SHARED_WORKFLOW.nodes, ...mails.map(mailNode)],
    transitions: [...SHARED_WORKFLOW.transitions, ...mails.flatMap(mailEdges).map(transition)],
  };
}

const SHARED_WORKFLOW = {
  id: SHARED,
  name: "Shared by many",
  version: 12,
  retention: { days: 30, archive: [1, 2, 3] },
  nodes: [
    { id: FIRST_NODE, type: "start", properties: {} },
    { id: "sms_theirs", type: "sms", properties: { text: "Somebody else's words", sender: "Contact center" } },
    { id: LAST_NODE, type: "end" },
  ],
  transitions: [
    { id: "tr_theirs_1", source: FIRST_NODE, target: "sms_theirs", condition: "$contact.hasPhone", weight: 3 },
    { id: "tr_theirs_2", source: "sms_theirs", target: LAST_NODE, condition: "true" },
  ],
};

const THEIR_FLOW = {
  id: "ivr_theirs",
  name: "Somebody else's menu",
  type: "IVR",
  version: 4,
  nodes: [
    { id: "node_in", type: "start" },
    { id: "node_out", type: "terminal", properties: { music: "none" } },
  ],
  connections: [
    { id: "conn_theirs", source_node_id: "node_in", target_node_id: "node_out", condition: "true", type: "default" },
  ],
};

const THEIR_WORKFLOW = {
  id: "wf_theirs",
  name: "Somebody else's workflow",
  nodes: [{ id: "email_theirs", type: "email", properties: { templateId: "tmpl_welcome" } }],
  transitions: [],
};

const THEIR_WEBHOOK = { name: "Their hook", url: "http://127.0.0.1:9/theirs", events: ["flow.updated"] };

const { version: _flowVersion, ...THEIR_FLOW_CONTENT } = THEIR_FLOW;
const { version: _workflowVersion, ...SHARED_CONTENT } = SHARED_WORKFLOW;

const THEIR_FACTS: readonly Fact[] = [
  { type: "flow", id: THEIR_FLOW.id, part: THEIR_FLOW_CONTENT },
  { type: "workflow", id: SHARED, part: SHARED_CONTENT },
  { type: "workflow", id: THEIR_WORKFLOW.id, part: THEIR_WORKFLOW },
  { type: "webhook", id: THEIR_WEBHOOK.name, part: THEIR_WEBHOOK },
];
