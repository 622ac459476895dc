import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CaseResult, TestResult } from "../../src/model/test-result.ts";
import { renderJunit, renderJunitFailure } from "../../src/render/junit.ts";
import type { OfTenants, TestReport } from "../../src/render/test-results.ts";

const plain = (text: string) => text;
const PASSED: CaseResult = {
  name: "one",
  verdict: "passed",
  line: 7,
  column: 7,
  reasons: [],
  path: [],
  way: ["a → b"],
  taken: [],
};
const TEST: OfTenants<TestResult> = {
  name: "menu",
  flow: "main-menu",
  file: "t.yaml",
  line: 3,
  column: 1,
  cases: [PASSED],
  tenants: ["dev", "prod"],
};

function report(...tests: readonly OfTenants<TestResult>[]): TestReport {
  return { tests, coverage: [], totals: [], findings: [] };
}

const withCase = (change: Partial<CaseResult>) => report({ ...TEST, cases: [{ ...PASSED, ...change }] });

describe("JUnit", () => {
  it("a suite is a FlowTest, a case a case with its place", () => {
    assert.equal(
      renderJunit(report(TEST), plain),
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="cxone-gitops" tests="1" failures="0" errors="0" skipped="0">
  <testsuite name="menu" file="t.yaml" tests="1" errors="0" failures="0" skipped="0">
    <testcase name="one" classname="menu" file="t.yaml" line="7"/>
  </testsuite>
</testsuites>
`,
    );
  });

  it("a failure says why in its message, and holds the way", () => {
    const text = renderJunit(withCase({ verdict: "failed", reasons: ["x", "y"], way: ["a → b", "b"] }), plain);
    assert.match(text, /<failure type="test\/failed" message="x; y">a → b\nb<\/failure>/);
    assert.match(text, /<testsuites [^>]*tests="1" failures="1" errors="0" skipped="0">/);
  });

  it("what was not run is skipped", () => {
    const text = renderJunit(withCase({ verdict: "not-run", reasons: ["the flow has errors"] }), plain);
    assert.match(text, /<skipped message="the flow has errors"\/>/);
    assert.match(text, /<testsuites [^>]*failures="0" errors="0" skipped="1">/);
  });

  it("errors besides are cases of their own; failures are not told twice, and warnings not at all", () => {
    const finding = {
      rule: "flow/cycle",
      severity: "error",
      message: "round",
      file: "f",
      line: 1,
      column: 2,
      hint: null,
    } as const;
    const findings = [finding, { ...finding, rule: "test/failed" }, { ...finding, severity: "warning" }] as const;
    const text = renderJunit({ ...report(TEST), findings }, plain);
    assert.match(text, /<testsuites [^>]*tests="2" failures="0" errors="1" skipped="0">/);
    assert.equal(text.match(/<error /g)?.length, 1);
    assert.match(text, /<testcase name="flow\/cycle at f:1:2" classname="manifests" file="f" line="1">/);
  });

  it("coverage that falls short is a case that failed, in a suite of its own", () => {
    const findings = [
      {
        rule: "test/coverage",
        severity: "error",
        message: "50 %, not 80 %",
        file: "f",
        line: 3,
        column: 2,
        hint: "See <x>.",
      },
    ] as const;
    const text = renderJunit({ ...report(TEST), findings }, plain);
    assert.match(text, /<testsuites [^>]*tests="2" failures="1" errors="0" skipped="0">/);
    assert.match(text, /<testsuite name="coverage" tests="1" errors="0" failures="1" skipped="0">/);
    assert.match(text, /<failure type="test\/coverage" message="50 %, not 80 %">See &lt;x&gt;\.<\/failure>/);
    assert.doesNotMatch(text, /<error|manifests"/);
  });

  it("what ended the command early is a document with that error", () => {
    const failure = {
      code: "config/missing",
      message: `no "file"`,
      hint: "Write <one>.",
      place: { file: "c.yaml", line: 2 },
    };
    assert.equal(
      renderJunitFailure([failure], plain),
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="cxone-gitops" tests="1" failures="0" errors="1" skipped="0">
  <testsuite name="cxone-gitops" tests="1" errors="1" failures="0" skipped="0">
    <testcase name="config/missing at c.yaml:2" classname="cxone-gitops" file="c.yaml" line="2">
      <error type="config/missing" message="no &quot;file&quot;">Write &lt;one&gt;.</error>
    </testcase>
  </testsuite>
</testsuites>
`,
    );
    assert.match(
      renderJunitFailure([{ code: "usage", message: "m" }], plain),
      /<testcase name="usage" classname="cxone-gitops">/,
    );
  });

  it("suites of one name are told apart by their tenants", () => {
    const text = renderJunit(report({ ...TEST, tenants: ["dev"] }, { ...TEST, tenants: ["prod"] }), plain);
    assert.match(text, /<testsuite name="menu dev"/);
    assert.match(text, /<testsuite name="menu prod"/);
  });

  it("nothing in a text ends its element, and no character is none of XML", () => {
    const text = renderJunit(withCase({ name: `"><x a='&\u0000\u001b\ud800\uffff` }), plain);
    assert.match(text, /name="&quot;&gt;&lt;x a=&#39;&amp;\ufffd\ufffd\ufffd\ufffd"/);
    const failed = renderJunit(withCase({ verdict: "failed", reasons: [`"/>`], way: ["</failure><x/>\u0007"] }), plain);
    assert.match(failed, /message="&quot;\/&gt;">&lt;\/failure&gt;&lt;x\/&gt;\ufffd<\/failure>/);
  });

  it("secrets are masked before anything is escaped", () => {
    const secret = `pa<ss"word`;
    const mask = (text: string) => text.replaceAll(secret, "(secret)");
    const text = renderJunit(withCase({ name: secret, verdict: "failed", reasons: [secret], way: [secret] }), mask);
    assert.equal(text.match(/\(secret\)/g)?.length, 3);
    assert.doesNotMatch(text, /pa&lt;|word/);
    const failure = { code: "usage", message: secret, hint: secret, place: { file: secret } };
    const failed = renderJunitFailure([failure], mask);
    assert.equal(failed.match(/\(secret\)/g)?.length, 4);
    assert.doesNotMatch(failed, /pa&lt;|word/);
  });
});
