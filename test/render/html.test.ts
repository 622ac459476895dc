import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { Script } from "node:vm";
import type { MarkedGraph } from "../../src/model/graph.ts";
import type { Plan } from "../../src/model/plan.ts";
import { renderGraphHtml } from "../../src/render/graph/page.ts";
import { renderHtml } from "../../src/render/html/page.ts";
import { HOSTILE } from "./pictures.ts";
import { aChange, aPlan, aReport, unchanged } from "./plans.ts";
import { unpack } from "./unpack.ts";

function pageOf(plan: Plan, text?: string): string {
  return [...renderHtml(aReport(plan, text))].join("");
}

it("the same report gives the same bytes", () => {
  assert.equal(pageOf(aPlan([aChange()])), pageOf(aPlan([aChange()])));
});

it("its policy lets nothing run, look or load but what is in it", () => {
  const page = pageOf(aPlan([aChange()]));
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
  const hash = (text: string | undefined) =>
    `'sha256-${createHash("sha256")
      .update(text ?? "")
      .digest("base64")}'`;
  const [, script] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
  const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
  const allowed = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}`;
  assert.equal(policy, `${allowed}; base-uri 'none'; form-action 'none'`);
  assert.doesNotMatch(page, /(?:src|href)="(?!#)/);
  assert.doesNotMatch(page, /url\(|@import/);
  assert.doesNotMatch(`${page}${unpack(page)}`, /\sstyle=|<style>[\s\S]*<style>|\son\w+=/, "the policy would stop it");
});

it("its script is one that a browser can read", () => {
  const scripts = (page: string) =>
    [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = ""]) => script);
  const graph = { title: "", nodes: [], edges: [] };
  const found = [...scripts(pageOf(aPlan([aChange()]))), ...scripts(renderGraphHtml(graph))];
  assert.equal(found.length, 2);
  // Compiles it, and runs nothing.
  for (const script of found) assert.ok(new Script(script));
});

it("what is large waits: no picture, YAML or patch is in the page as it opens", () => {
  const page = pageOf(aPlan([aChange()]), "a prompt of the document");
  assert.ok(!page.replace(/<script type[\s\S]*?<\/script>/g, "").includes("<svg"));
  assert.match(unpack(page), /<svg[\s\S]*a prompt of the document/);
  assert.match(unpack(page), /<del>- prompt: a prompt of the document<\/del>/);
  assert.match(unpack(page), /JSON patch/);
});

it("what people notice is there without any script", () => {
  const page = pageOf(aPlan([aChange({ notes: ["a note"] }), unchanged("Webhook", "hook")]));
  const text = page.replace(/<(script|style)[\s\S]*?<\/\1>/g, "");
  assert.match(text, /<li>callers pressing 2 at node_menu now reach node_sales instead of node_billing<\/li>/);
  assert.match(text, /a note/);
  assert.match(text, /Unchanged: 1 Webhook\./);
  assert.match(text, /1 to update, 1 unchanged\. Callers notice 1 change, recipients of mails none\./);
});

it("the picture of one document is in the page once, for all of its changes", () => {
  const document = { type: "workflow", id: "wf_1" };
  const page = pageOf(aPlan([aChange({ name: "a", document }), aChange({ name: "b", document })]));
  assert.equal(page.split('type="text/plain"').length - 1, 1);
  assert.equal(page.split('data-picture="picture-1"').length - 1, 2);
});

it("a page has room for so many pictures; of every other it says how to draw it", () => {
  const large = chain(120);
  const names = Array.from({ length: 90 }, (_, index) => `line-${index}`);
  const report = aReport(aPlan([...names, "small"].map((name) => aChange({ name }))));
  const details = report.details.map((one, index) => {
    return { ...one, picture: index < names.length ? { draw: () => large } : one.picture };
  });
  const page = [...renderHtml({ ...report, details })].join("");
  const most = Math.floor(20_000 / (large.nodes.length + large.edges.length));
  assert.equal(page.split('type="text/plain"').length - 1, most + 1, "the small one behind them fits again");
  assert.equal(page.split('data-picture="picture-').length - 1, most + 1);
  const told = [...unpack(page).matchAll(/has no picture[^<]*<code>([^<]*)<\/code>/g)].map(([, command]) => command);
  const leftOut = names.slice(most).map((name) => {
    return `cxone-gitops graph ${name} --kind Flow --tenant dev --against live --format html`;
  });
  assert.deepEqual(told, leftOut);
});

/** One node after the other. */
function chain(length: number): MarkedGraph {
  const ids = Array.from({ length }, (_, index) => `node_${index}`);
  const nodes = ids.map((id) => ({ id, type: "x", role: "step", properties: {}, mark: "added" }) as const);
  const edges = ids.slice(1).map((to, index) => ({ from: ids[index] ?? "", to, label: "", mark: "added" }) as const);
  return { title: "Long", nodes, edges };
}

it("refusals, what blocks the plan, and findings are told", () => {
  const finding = { rule: "flow/cycle", severity: "error", message: "it <turns> in a circle" } as const;
  const place = { file: "manifests/a.yaml", line: 3, column: 5, hint: "Break it." };
  const refusals = [{ reason: "protected", message: "it is protected", hint: "Say so." }] as const;
  const page = pageOf(aPlan([aChange()], { refusals, findings: [{ ...finding, ...place }] }));
  for (const part of ["Refused:", "it is protected", "Nothing will be applied: 1 error.", "Findings: 1 error"]) {
    assert.ok(page.includes(part), part);
  }
  assert.match(page, /manifests\/a\.yaml:3:5[\s\S]*it &lt;turns&gt; in a circle[\s\S]*flow\/cycle[\s\S]*Break it\./);
});

it("a plan with nothing to change is a page as well", () => {
  const page = pageOf(aPlan([unchanged("Flow", "a")]));
  assert.match(page, /No changes: live equals desired for 1 resource\./);
  assert.doesNotMatch(page.replace(/<script>[\s\S]*/, ""), /id="search"/);
});

describe("text from outside", () => {
  const TEXTS = [...HOSTILE, "</script><script>alert(1)</script>", "<!--<script>", "' onclick='alert(1)"];
  const hostile = (texts: readonly string[]) => {
    const changes = texts.map((text) =>
      aChange({
        kind: "Flow",
        name: text,
        id: `id ${text}`,
        document: { type: "flow", id: text },
        effects: [text],
        notes: [text],
        patch: [{ op: "add", path: `/${text}`, value: text }],
      }),
    );
    const finding = { rule: "flow/cycle", severity: "info", line: 1, column: 1 } as const;
    const findings = texts.map((text) => ({ ...finding, message: text, hint: text, file: text }));
    return pageOf(aPlan(changes, { tenant: texts.join(), revision: texts.join(), findings }), texts.join("\n"));
  };
  const tagsOf = (html: string) => [...html.matchAll(/<[!/]?[a-z][^\s>]*/gi)].map(([tag]) => tag);

  it("makes no element, neither in the page nor in what is put into it later", () => {
    const harmless = hostile(TEXTS.map((_, index) => `text${index}`));
    const page = hostile(TEXTS);
    assert.deepEqual(tagsOf(page), tagsOf(harmless));
    assert.doesNotMatch(
      unpack(page),
      /<(?!\/?(?:div|section|h4|pre|span|ins|del|svg|title|desc|g|rect|path|text|button|fieldset|legend|label|input)\b)/,
    );
  });

  it("turns no direction of writing", () => {
    const page = hostile(["\u202egnp.exe"]);
    assert.ok(!`${page}${unpack(page)}`.includes("\u202e"));
  });
});
