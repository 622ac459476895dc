/** Several tenants beside each other, on a terminal and in a comment. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Outcome } from "../../src/model/outcome.ts";
import { renderTenants, type Section } from "../../src/render/markdown/tenants.ts";
import { plainPaint } from "../../src/render/paint.ts";
import type { Side } from "../../src/render/side-by-side.ts";
import { renderSideBySide } from "../../src/render/side-by-side-text.ts";
import { aChange, aPlan, aReport, unchanged } from "./plans.ts";

const UNREAD = aChange({ name: "hook", kind: "Webhook", action: "report", notes: ["unknown: no answer came"] });
const DEV = aPlan([aChange({ action: "create" }), unchanged("Flow", "help"), unchanged("Flow", "night"), UNREAD]);
const PROD = aPlan([unchanged("Flow", "main-menu"), aChange({ name: "help" }), unchanged("Flow", "night")], {
  tenant: "prod",
  refusals: [{ reason: "protected", message: "it is protected", hint: "Say so." }],
});

const said = (sides: readonly Side[]) => renderSideBySide(sides, plainPaint);

function anOutcome(special: Partial<Outcome>): Outcome {
  const { kind, name, id, document } = aChange();
  const none = { version: null, attempts: 1, conflicts: 0, error: null };
  return { kind, name, id, document, action: "update", outcome: "done", ...none, ...special };
}

describe("side by side on a terminal", () => {
  it("shows what differs anywhere, what is not for a tenant, what is not known, and totals", () => {
    const sides: readonly Side[] = [
      { tenant: "dev", plan: DEV },
      { tenant: "prod", plan: PROD },
      { tenant: "test", failure: "error" },
      { tenant: "demo", failure: "not begun" },
    ];
    assert.equal(
      said(sides),
      `Side by side

                  dev        prod           test   demo
  Flow/main-menu  create     unchanged      ?      ?
  Flow/help       unchanged  update         ?      ?
  Webhook/hook    unknown    —              ?      ?
  together        +1 ?1 =2   refused ~1 =2  error  not begun

  1 resource unchanged everywhere
`,
    );
  });

  it("shows outcomes where something was to be written, and what was not sent", () => {
    const plan = aPlan([aChange(), aChange({ name: "help" }), unchanged("Flow", "night")]);
    const text = said([
      {
        tenant: "dev",
        plan,
        outcomes: [
          anOutcome({}),
          anOutcome({ name: "help", document: { type: "flow", id: "ivr_help" }, outcome: "failed" }),
        ],
      },
      { tenant: "prod", plan, outcomes: [] },
    ]);
    assert.match(text, /^ {2}Flow\/main-menu {2}done {14}not sent$/m);
    assert.match(text, /^ {2}Flow\/help {7}failed {12}not sent$/m);
    assert.match(text, /^ {2}together {8}1 done, 1 failed {2}~2 =1$/m);
  });

  it("with errors in the manifests nothing is known, rather than not for the tenant", () => {
    const error = {
      rule: "flow/cycle",
      severity: "error",
      message: "m",
      file: "f",
      line: 1,
      column: 1,
      hint: null,
    } as const;
    const text = said([
      { tenant: "dev", plan: aPlan([aChange()]) },
      { tenant: "prod", plan: aPlan([], { findings: [error] }) },
    ]);
    assert.match(text, /^ {2}Flow\/main-menu {2}update {2}\?$/m);
    assert.match(text, /^ {2}together {8}~1 {6}1 error$/m);
  });

  it("no line is wider than 120 columns: with many tenants each has a line, and long names are cut", () => {
    const plan = aPlan([aChange({ name: "n".repeat(200) })]);
    const many = Array.from({ length: 30 }, (_, index): Side => ({ tenant: `tenant-${index}`, plan }));
    assert.match(said(many), /^ {2}tenant-29 {2}1 to update\.$/m);
    assert.match(said(many.slice(0, 2)), /^ {2}Flow\/n{42}… {2}update {4}update$/m);
    for (const count of [1, 5, 30]) {
      const widths = said(many.slice(0, count))
        .split("\n")
        .map((line) => line.length);
      assert.ok(Math.max(...widths) <= 120, `${count} tenants`);
    }
  });

  it("a name from outside moves no cursor", () => {
    const text = said([{ tenant: "dev", plan: aPlan([aChange({ name: "a\u001b[2J\nb" })]) }]);
    assert.ok(!text.includes("\u001b"));
  });
});

describe("one comment for several tenants", () => {
  const ofPlan = (plan: typeof DEV): Section => ({ side: { tenant: plan.tenant, plan }, report: aReport(plan) });
  const failed: Section = {
    side: { tenant: "test", failure: "error" },
    failure: { code: "variables/unset", message: "the variable `a|b` is not set", hint: "Set it." },
  };

  it("has one hidden line, the table, and a section for each tenant that has something to say", () => {
    const quiet = aPlan([unchanged("Flow", "main-menu")], { tenant: "quiet" });
    const text = renderTenants("all", [ofPlan(DEV), ofPlan(PROD), failed, ofPlan(quiet)]);
    assert.deepEqual(text.match(/<!--.*?-->/g), ["<!-- cxone-gitops plan tenant=all -->"]);
    assert.deepEqual(text.match(/^##? .*/gm), [
      "## Plans for 4 tenants",
      "## Plan for tenant `dev`",
      "## Plan for tenant `prod`",
      "## Tenant `test`",
    ]);
    assert.match(text, /^\| `Flow\/main-menu` \| create \| unchanged \| \? \| unchanged \|$/m);
    assert.ok(text.indexOf("| `Flow/help`") < text.indexOf("## Plan for tenant"));
    assert.match(text, /> \*\*Refused:\*\* it is protected\. Say so\./);
    assert.match(text, /> \*\*the variable \\`a\\\|b\\` is not set\*\* \(`variables\/unset`\)\. Set it\./);
  });

  it("names the same tenants in its hidden line every time, in a form that ends no comment", () => {
    assert.match(renderTenants("dev,prod", [ofPlan(DEV)]), /^<!-- cxone-gitops plan tenant=dev%2Cprod -->\n/);
  });

  it("stays below GitHub's limit however many tenants and changes there are, and says what is missing", () => {
    const changes = Array.from({ length: 300 }, (_, index) => aChange({ name: `flow-${index}` }));
    const refusals = Array.from(
      { length: 30 },
      () => ({ reason: "protected", message: "m".repeat(900), hint: "h" }) as const,
    );
    for (const count of [2, 40, 300]) {
      const sections = Array.from({ length: count }, (_, index) =>
        ofPlan(aPlan(changes, { tenant: `t${index}`, refusals })),
      );
      const text = renderTenants("all", sections);
      assert.ok(Buffer.byteLength(text) < 65_000, `${count} tenants: ${Buffer.byteLength(text)}`);
      assert.match(text, /Left out, because a comment holds no more: .*plan --tenant NAME --output html/);
      assert.equal(/Not shown here: \d+ tenants more/.test(text), count > 20);
    }
  });
});
