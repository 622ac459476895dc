/** The results of `test` as JUnit XML: a suite for each FlowTest, and one for what is wrong besides. */
import { type Finding, hasErrors } from "../model/finding.ts";
import type { CaseResult, TestResult } from "../model/test-result.ts";
import { findRepeated, type TestReport } from "./test-results.ts";
import { escapeXml } from "./xml.ts";

type Mask = (text: string) => string;

/** `mask` hides what is secret, before anything is escaped. Every error is in it: a reader of the document alone sees that it failed. */
export function renderJunit({ tests, findings }: TestReport, mask: Mask): string {
  const others = findings.filter(({ rule, severity }) => rule !== "test/failed" && severity === "error");
  const differs = findRepeated(tests.map(({ name }) => name));
  const suites = [
    ...tests.map((test) =>
      renderSuite(test, differs(test.name) ? [test.name, ...test.tenants].join(" ") : test.name, mask),
    ),
    ...(hasErrors(others) ? [renderErrors(others, mask)] : []),
  ];
  const cases = tests.flatMap((test) => test.cases);
  const counts = countCases(cases);
  const totals = { tests: cases.length + others.length, failures: counts.failures, errors: others.length };
  const root = open("testsuites", { name: "cxone-gitops", ...totals, skipped: counts.skipped }, mask);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n${suites.join("")}</testsuites>\n`;
}

function renderSuite(test: TestResult, name: string, mask: Mask): string {
  const attributes = { name, file: test.file, tests: test.cases.length, errors: 0, ...countCases(test.cases) };
  const cases = test.cases.map((one) => renderCase(test, one, mask));
  return `  ${open("testsuite", attributes, mask)}\n${cases.join("")}  </testsuite>\n`;
}

function renderCase(test: TestResult, one: CaseResult, mask: Mask): string {
  const attributes = { name: one.name, classname: test.name, file: test.file, line: one.line };
  const reason = one.reasons.join("; ");
  if (one.verdict === "passed") return `    ${open("testcase", attributes, mask, "/")}\n`;
  const inner =
    one.verdict === "not-run"
      ? open("skipped", { message: reason }, mask, "/")
      : `${open("failure", { type: "test/failed", message: reason }, mask)}${escapeXml(mask(one.way.join("\n")))}</failure>`;
  return `    ${open("testcase", attributes, mask)}\n      ${inner}\n    </testcase>\n`;
}

function renderErrors(errors: readonly Finding[], mask: Mask): string {
  const cases = errors.map(({ rule, file, line, column, message, hint }) => {
    const attributes = { name: `${rule} at ${file}:${line}:${column}`, classname: "manifests", file, line };
    const error = `${open("error", { type: rule, message }, mask)}${escapeXml(mask(hint ?? ""))}</error>`;
    return `    ${open("testcase", attributes, mask)}\n      ${error}\n    </testcase>\n`;
  });
  const counts = { tests: errors.length, errors: errors.length, failures: 0, skipped: 0 };
  return `  ${open("testsuite", { name: "manifests", ...counts }, mask)}\n${cases.join("")}  </testsuite>\n`;
}

function countCases(cases: readonly CaseResult[]): { readonly failures: number; readonly skipped: number } {
  return {
    failures: cases.filter(({ verdict }) => verdict === "failed").length,
    skipped: cases.filter(({ verdict }) => verdict === "not-run").length,
  };
}

function open(element: string, attributes: Readonly<Record<string, string | number>>, mask: Mask, end = ""): string {
  const pairs = Object.entries(attributes).map(([key, value]) => `${key}="${escapeXml(mask(String(value)))}"`);
  return `<${[element, ...pairs].join(" ")}${end}>`;
}
