/** What a report holds besides the plan: pictures of documents, both sides of changes, and no secret. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { makeReport } from "../../src/cli/report.ts";
import { learnReplacedSecrets } from "../../src/engine/replaced-secrets.ts";
import { sharersOf } from "../../src/engine/resource-identity.ts";
import { isJsonObject } from "../../src/model/json.ts";
import { refKey } from "../../src/model/live.ts";
import { MASK, Secrets } from "../../src/model/secrets.ts";
import { renderHtml } from "../../src/render/html/page.ts";
import { renderMarkdown } from "../../src/render/markdown/comment.ts";
import type { Report } from "../../src/render/report.ts";
import { applyTo, planAll, REFERRED, type Tenant } from "../engine/planning.ts";
import { EMAIL, SECOND_EMAIL } from "../helpers/manifests.ts";
import { type Files, FLOW, validate } from "../kinds/manifests.ts";
import { unpack } from "../render/unpack.ts";

const WORKFLOW_LIVE = {
  id: "wf_12345",
  name: "Orders",
  version: 3,
  nodes: [
    { id: "start_node", type: "start" },
    { id: "end_node", type: "end" },
  ],
  transitions: [{ id: "t1", source: "start_node", target: "end_node" }],
};

function reportOf(files: string | Files, tenant: Tenant, env: Readonly<Record<string, string>> = {}): Report {
  const secrets = new Secrets();
  const { resources } = validate(files, { env, secrets });
  // As the command does for every unit that it has read.
  for (const one of resources) {
    const document = tenant[refKey(one.target)];
    if (isJsonObject(document)) learnReplacedSecrets(one, sharersOf(one, resources), document, secrets);
  }
  return makeReport({ ...planAll({ resources, tenant, secrets }), secrets });
}

const live = applyTo({}, validate(FLOW).resources);

it("a change of a flow has a picture of live and desired, and both sides as YAML", () => {
  const [details] = reportOf(FLOW.replace("skill: Billing", "skill: Sales"), live).details;
  const graph = details?.picture?.draw();
  assert.deepEqual(
    graph?.nodes.map(({ id, mark }) => [id, mark]),
    [
      ["node_start", "same"],
      ["node_menu", "same"],
      ["node_queue", "changed"],
      ["node_end", "same"],
    ],
  );
  const sides = details?.writeYaml();
  assert.match(sides?.live ?? "", /^ {6}skill: Billing$/m);
  assert.match(sides?.desired ?? "", /^ {6}skill: Sales$/m);
  assert.equal(sides?.live?.replace("Billing", "Sales"), sides?.desired, "everything else is equal, in equal order");
});

it("the order of keys in the manifest, or live, leaves no trace", () => {
  const sidesOf = (properties: string, liveProperties: string) => {
    const withProperties = (text: string) => FLOW.replace("{ skill: Billing }", text);
    const tenant = applyTo({}, validate(withProperties(liveProperties)).resources);
    return reportOf(withProperties(properties), tenant).details[0]?.writeYaml();
  };
  const sides = sidesOf("{ skill: Billing, detail: { a: 1, b: 2 } }", "{ skill: Sales, detail: { a: 1, b: 2 } }");
  const turned = sidesOf("{ detail: { b: 2, a: 1 }, skill: Billing }", "{ detail: { b: 2, a: 1 }, skill: Sales }");
  assert.deepEqual(turned, sides);
  assert.equal(sides?.live?.replace("Sales", "Billing"), sides?.desired);
});

it("what is not changed has no picture", () => {
  const [details] = reportOf(FLOW, live).details;
  assert.equal(details?.change.action, "unchanged");
  assert.equal(details?.picture, undefined);
});

it("a change of what is not drawn has no picture", () => {
  const [details] = reportOf(FLOW.replace("IVR Main Menu", "Another Name"), live).details;
  assert.equal(details?.change.action, "update");
  assert.equal(details?.picture?.draw(), undefined);
});

it("e-mail nodes of one workflow share its picture, in which all of them are", () => {
  const tenant = { ...REFERRED, "workflow/wf_12345": WORKFLOW_LIVE };
  const { details } = reportOf({ "a.yaml": EMAIL, "b.yaml": SECOND_EMAIL }, tenant);
  assert.equal(details.length, 2);
  assert.ok(details[0]?.picture !== undefined);
  assert.equal(details[0].picture, details[1]?.picture);
  const added = details[0].picture.draw()?.nodes.filter(({ mark }) => mark === "added") ?? [];
  assert.deepEqual(
    added.map(({ id }) => id),
    ["email_send_01", "email_send_02"],
  );
  assert.equal(details[0].writeYaml().live, undefined);
});

it("an unknown read has neither a picture nor YAML of live", () => {
  const [details] = reportOf(FLOW, { "flow/ivr_main_menu_v2": { unknown: "HTTP 503" } }).details;
  assert.equal(details?.picture, undefined);
  assert.equal(details?.writeYaml().live, undefined);
});

const SECRET = `planted-<b>&"secret`;
const OLD_SECRET = "planted-old-value-of-1999";

it("no secret is in any part of it, in whatever form, also not the one that stands live", () => {
  const hidden = FLOW.replace("skill: Billing", 'skill: "${env:SKILL}"').replace(
    "name: IVR Main Menu",
    'name: "${env:SKILL}"',
  );
  const text = JSON.stringify(live).replaceAll("Billing", OLD_SECRET);
  assert.ok(text.includes(OLD_SECRET));
  const report = reportOf(hidden, JSON.parse(text), { SKILL: SECRET });
  const markdown = renderMarkdown(report);
  const html = [...renderHtml(report)].join("");
  for (const output of [markdown, html, unpack(html)]) {
    assert.doesNotMatch(output, /planted/);
  }
  assert.ok(markdown.includes(MASK) && unpack(html).includes(MASK));
});

it("a secret that is a word of the page's own leaves the page whole", () => {
  const hidden = FLOW.replace("skill: Billing", 'skill: "${env:SKILL}"');
  const page = (skill: string) => [...renderHtml(reportOf(hidden, live, { SKILL: skill }))].join("");
  assert.equal(page("script"), page("unlikely-word"));
});
