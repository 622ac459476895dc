/** The results of `test` as JUnit XML: a suite for each FlowTest, and one for what is wrong besides. */
import type { Place } from "../errors.ts";
import type { Finding } from "../model/finding.ts";
import type { CaseResult, TestResult } from "../model/test-result.ts";
import { findRepeated, type TestReport } from "./test-results.ts";
import { escapeXml } from "./xml.ts";

type Mask = (text: string) => string;

/** What went wrong besides cases, with its place where it has one. */
export interface JunitError {
  /** A rule, or the code of an error. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string | null | undefined;
  readonly place?: Place | undefined;
}

/** `mask` hides what is secret, before anything is escaped. Every error is in it: a reader of the document alone sees that it failed. */
export function renderJunit({ tests, findings }: TestReport, mask: Mask): string {
  const told = findings.filter(({ rule, severity }) => rule !== "test/failed" && severity === "error");
  const shortfalls = told.filter(({ rule }) => rule === "test/coverage").map(errorOfFinding);
  const errors = told.filter(({ rule }) => rule !== "test/coverage").map(errorOfFinding);
  const differs = findRepeated(tests.map(({ name }) => name));
  const suites = [
    ...tests.map((test) =>
      renderSuite(test, differs(test.name) ? [test.name, ...test.tenants].join(" ") : test.name, mask),
    ),
    renderErrors("coverage", shortfalls, "failure", mask),
    renderErrors("manifests", errors, "error", mask),
  ];
  const cases = tests.flatMap((test) => test.cases);
  const { failures, skipped } = countCases(cases);
  return renderDocument(suites, mask, {
    tests: cases.length + told.length,
    failures: failures + shortfalls.length,
    errors: errors.length,
    skipped,
  });
}

/** The document of a command that ended before any test was run. */
export function renderJunitFailure(errors: readonly JunitError[], mask: Mask): string {
  const counts = { tests: errors.length, failures: 0, errors: errors.length, skipped: 0 };
  return renderDocument([renderErrors("cxone-gitops", errors, "error", mask)], mask, counts);
}

export function errorOfFinding({ rule, message, hint, file, line, column }: Finding): JunitError {
  return { code: rule, message, hint, place: { file, line, column } };
}

function renderDocument(suites: readonly string[], mask: Mask, counts: Readonly<Record<string, number>>): string {
  const root = open("testsuites", { name: "cxone-gitops", ...counts }, mask);
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

/** A suite of what is no case of a FlowTest; nothing when there is none. */
function renderErrors(suite: string, errors: readonly JunitError[], element: "error" | "failure", mask: Mask): string {
  if (errors.length === 0) return "";
  const cases = errors.map(({ code, message, hint, place }) => {
    const at = place === undefined ? [] : [place.file, place.line, place.column].filter((part) => part !== undefined);
    const attributes = {
      name: at.length === 0 ? code : `${code} at ${at.join(":")}`,
      classname: suite,
      ...(place !== undefined && { file: place.file }),
      ...(place?.line !== undefined && { line: place.line }),
    };
    const inner = `${open(element, { type: code, message }, mask)}${escapeXml(mask(hint ?? ""))}</${element}>`;
    return `    ${open("testcase", attributes, mask)}\n      ${inner}\n    </testcase>\n`;
  });
  const isError = element === "error";
  const counts = { tests: errors.length, errors: isError ? errors.length : 0, failures: isError ? 0 : errors.length };
  return `  ${open("testsuite", { name: suite, ...counts, skipped: 0 }, mask)}\n${cases.join("")}  </testsuite>\n`;
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
