/** What the recipients of mails notice, and who is said to notice a change of a workflow. Flows have tests of their own. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { emailNodeEffects } from "../../src/kinds/email-node/effects.ts";
import { webhookEffects } from "../../src/kinds/webhook/effects.ts";
import { workflowEffects } from "../../src/kinds/workflow/effects.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import type { Impact } from "../../src/model/plan.ts";

const NODES = {
  start_step: { type: "start" },
  wait_step: { type: "wait", properties: { minutes: 15 } },
  mail_step: { type: "email", properties: { templateId: "tmpl_a" } },
  end_step: { type: "end" },
};
const WAYS = ["start_step wait_step", "wait_step mail_step", "mail_step end_step"];

function workflow(nodes: JsonObject = NODES, ways: readonly string[] = WAYS): Json {
  const transitions = ways.map((way, index): [string, Json] => {
    const [source = "", target = "", ...condition] = way.split(" ");
    return [`tr_${index}`, { source, target, condition: condition.join(" ") || "true" }];
  });
  return { name: "Orders", nodes, transitions: Object.fromEntries(transitions) };
}

type Case = readonly [
  reason: string,
  live: Json | undefined,
  desired: Json | undefined,
  impact: Impact,
  sentences: readonly string[],
];

const workflows: readonly Case[] = [
  ["nothing", workflow(), workflow(), "cosmetic", []],
  [
    "a mail's template",
    workflow(),
    workflow({ ...NODES, mail_step: { type: "email", properties: { templateId: "tmpl_b" } } }),
    "recipient-visible",
    ['at mail_step, recipients get template "tmpl_b" instead of "tmpl_a"'],
  ],
  [
    "a mail that nothing leads to any more",
    workflow(),
    workflow(NODES, ["start_step wait_step", "mail_step end_step"]),
    "recipient-visible",
    ["wait_step no longer leads to mail_step", "the mail of mail_step is no longer sent"],
  ],
  [
    "a mail that something leads to now",
    workflow(NODES, ["start_step wait_step", "mail_step end_step"]),
    workflow(),
    "recipient-visible",
    ["wait_step now leads to mail_step", "the mail of mail_step is now sent"],
  ],
  [
    "when a mail is sent",
    workflow(),
    workflow(NODES, ["start_step wait_step", "wait_step mail_step $contact.wantsMail", "mail_step end_step"]),
    "recipient-visible",
    ["wait_step now leads to mail_step when $contact.wantsMail", "wait_step no longer leads to mail_step"],
  ],
  [
    "another step",
    workflow(),
    workflow({ ...NODES, wait_step: { type: "wait", properties: { minutes: 30 } } }),
    "caller-visible",
    ["at wait_step, minutes is now 30 instead of 15"],
  ],
  [
    "layout",
    workflow(),
    workflow({ ...NODES, wait_step: { type: "wait", properties: { minutes: 15, x: 4, label: "Wait" } } }),
    "cosmetic",
    [],
  ],
  [
    "a new one that only sends mail",
    undefined,
    workflow({ start_step: NODES.start_step, mail_step: NODES.mail_step }, ["start_step mail_step"]),
    "recipient-visible",
    ["a new workflow with 2 nodes, 1 of them sending mail"],
  ],
  ["a new one", undefined, workflow(), "caller-visible", ["a new workflow with 4 nodes, 1 of them sending mail"]],
  ["one that goes", workflow(), undefined, "caller-visible", ["the workflow no longer runs"]],
];

const mail = (after: readonly string[], properties: JsonObject): Json => {
  return { type: "email", properties, after: Object.fromEntries(after.map((node) => [node, true])) };
};
const MAIL = { templateId: "tmpl_a", trackOpens: true };

const mails: readonly Case[] = [
  [
    "nothing leads to it any more",
    mail(["wait_step"], MAIL),
    mail([], MAIL),
    "recipient-visible",
    ["the mail is no longer sent: nothing leads to it", "the mail is no longer sent after wait_step"],
  ],
  [
    "its place",
    mail(["wait_step"], MAIL),
    mail(["start_step"], MAIL),
    "recipient-visible",
    ["the mail is now sent after start_step", "the mail is no longer sent after wait_step"],
  ],
  [
    "what it is made of",
    mail([], { ...MAIL, variables: { name: "$contact.name" }, attachments: { att_1: { fileName: "a.pdf" } } }),
    mail([], {
      templateId: "tmpl_b",
      trackOpens: false,
      variables: { name: "$contact.firstName", total: "$workflow.total" },
    }),
    "recipient-visible",
    [
      '"a.pdf" (att_1) is no longer attached',
      'recipients get template "tmpl_b" instead of "tmpl_a"',
      "opening the mail is no longer tracked",
      `the mail's name is now filled from "$contact.firstName" instead of "$contact.name"`,
      `the mail's total is now filled from "$workflow.total"`,
    ],
  ],
  ["it goes", mail([], MAIL), undefined, "recipient-visible", ["the mail is no longer sent"]],
];

function hook(special: JsonObject = {}): Json {
  const events = { "flow.updated": true, "workflow.updated": true };
  return {
    url: "https://esp.example.com/hooks/token-1",
    events,
    enabled: true,
    headers: { "x-source": "a" },
    ...special,
  };
}
const AT = "https://esp.example.com";
const BOTH = "flow.updated, workflow.updated";
const ELSEWHERE = hook({ url: "https://crm.example.com:8443/hook" });

const webhooks: readonly Case[] = [
  ["it goes", hook(), undefined, "cosmetic", [`${AT} no longer hears of ${BOTH}`]],
  ["it comes", undefined, hook(), "cosmetic", [`${AT} now hears of ${BOTH}`]],
  ["it is disabled", hook(), hook({ enabled: false }), "cosmetic", [`${AT} no longer hears of ${BOTH}`]],
  ["it goes, and was disabled", hook({ enabled: false }), undefined, "cosmetic", []],
  [
    "other events",
    hook(),
    hook({ events: { "flow.updated": true, "flow.deleted": true } }),
    "cosmetic",
    [`${AT} no longer hears of workflow.updated`, `${AT} now hears of flow.deleted`],
  ],
  [
    "another receiver",
    hook(),
    ELSEWHERE,
    "cosmetic",
    [`${AT} no longer hears of ${BOTH}`, `https://crm.example.com:8443 now hears of ${BOTH}`],
  ],
  [
    "another path, which may be a token, and another header, which may be one",
    hook(),
    hook({ url: "https://esp.example.com/hooks/token-2", headers: { "x-source": "b" } }),
    "cosmetic",
    [`${AT} is told at another address`, `${AT} is told with another x-source header`],
  ],
  [
    "what is live is no webhook",
    { url: 5, events: ["x"], enabled: true, headers: null },
    hook(),
    "cosmetic",
    [`${AT} now hears of ${BOTH}`],
  ],
];

for (const [title, cases, effectsOf] of [
  ["what is said of a webhook", webhooks, webhookEffects],
  ["what is said of a workflow", workflows, workflowEffects],
  ["what is said of a mail", mails, emailNodeEffects],
] as const) {
  describe(title, () => {
    for (const [reason, live, desired, impact, sentences] of cases) {
      it(reason, () => {
        const effects = effectsOf({ live, desired, patch: [] });
        assert.deepEqual({ impact: effects.impact, sentences: effects.sentences }, { impact, sentences });
      });
    }
  });
}
