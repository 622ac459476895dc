/** The results of `test` for people. */
import { percentTaken } from "../callpaths/coverage.ts";
import type { Finding } from "../model/finding.ts";
import type { CaseResult, CoverageTotal, FlowCoverage, TestResult, Verdict } from "../model/test-result.ts";
import { plural, renderFindings } from "./findings.ts";
import { type Paint, printable, printableLine, type Style } from "./paint.ts";

/** What the tests of one or several tenants found out. */
export interface TestReport {
  readonly tests: readonly OfTenants<TestResult>[];
  readonly coverage: readonly OfTenants<FlowCoverage>[];
  /** Each tenant's own: flows that differ between tenants would count several times in a sum of them. */
  readonly totals: readonly OfTenants<CoverageTotal>[];
  readonly findings: readonly Finding[];
}

/** Something that is the same for these tenants; none are named where the configuration has none. */
export type OfTenants<T> = T & { readonly tenants: readonly string[] };

const SIGNS: Readonly<Record<Verdict, readonly [sign: string, word: string, style: Style]>> = {
  passed: ["✓", "passed ", "added"],
  failed: ["✗", "failed ", "error"],
  "not-run": ["-", "not run", "warning"],
};

/** One line a case, failures in full, other findings, coverage, and one line of numbers. */
export function renderTests(report: TestReport, paint: Paint): string {
  const others = report.findings.filter(({ rule }) => rule !== "test/failed");
  const differs = findRepeated(report.tests.map(({ name }) => name));
  const blocks = [
    ...report.tests.map((test) => renderTest(test, differs(test.name) ? tenantsOf(test) : "", paint)),
    ...report.tests.flatMap((test) => test.cases.flatMap((one) => renderFailure(test, one, paint))),
    ...(others.length === 0 ? [] : [renderFindings(others, paint)]),
    ...(report.coverage.length === 0 ? [] : [renderCoverage(report.coverage, paint)]),
    `${paint("strong", summarizeTests(report))}\n`,
  ];
  return blocks.join("\n");
}

/** "12 cases: 11 passed, 1 failed. Taken: 40 of 56 connections (71 %)." */
function summarizeTests({ tests, totals }: TestReport): string {
  const cases = tests.flatMap((test) => test.cases);
  const count = (verdict: Verdict) => cases.filter((one) => one.verdict === verdict).length;
  const parts = (["passed", "failed", "not-run"] as const).flatMap((verdict) => {
    return count(verdict) === 0 ? [] : [`${count(verdict)} ${SIGNS[verdict][1].trim()}`];
  });
  const told = cases.length === 0 ? "No FlowTests to run." : `${plural(cases.length, "case")}: ${parts.join(", ")}.`;
  const [least] = totals.toSorted((left, right) => percentTaken(left) - percentTaken(right));
  if (least === undefined || least.connections === 0) return told;
  const percent = `${Math.floor(percentTaken(least))} %`;
  const names = totals.flatMap(({ tenants }) => tenants);
  const which = totals.length === 1 ? "" : `${nameTenants(least)}, the least of ${plural(names.length, "tenant")}`;
  return `${told} Taken: ${least.taken} of ${plural(least.connections, "connection")} (${percent})${which}.`;
}

function renderTest(test: TestResult, tenants: string, paint: Paint): string {
  const head = `${paint("strong", printable(test.name))} (Flow ${printableLine(test.flow)}${tenants})\n`;
  const lines = test.cases.map(({ name, verdict }) => {
    const [sign, word, style] = SIGNS[verdict];
    return `  ${paint(style, `${sign} ${word}`)}  ${printableLine(name)}\n`;
  });
  return [head, ...lines].join("");
}

function renderFailure(test: TestResult, one: CaseResult, paint: Paint): readonly string[] {
  if (one.verdict === "passed") return [];
  const [sign, word, style] = SIGNS[one.verdict];
  const head = `${paint(style, `${sign} ${word.trim()}`)}  ${printable(test.name)}: ${printableLine(one.name)}\n`;
  const place = `    ${paint("faint", `${printable(test.file)}:${one.line}:${one.column}`)}\n`;
  const reasons = one.reasons.map((reason) => `    ${printableLine(reason)}\n`);
  const way = one.way.map((line) => `      ${printableLine(line)}\n`);
  return [[head, place, ...reasons, ...(way.length === 0 ? [] : ["    the call went:\n"]), ...way].join("")];
}

function renderCoverage(coverage: TestReport["coverage"], paint: Paint): string {
  const tested = coverage.filter(({ tests }) => tests > 0);
  const untested = coverage.filter(({ tests }) => tests === 0);
  const width = Math.max(0, ...tested.map(({ flow }) => flow.length));
  const differs = findRepeated(tested.map(({ flow }) => flow));
  const lines = tested.flatMap((one) => [
    `  ${printable(one.flow).padEnd(width)}  ${one.taken} of ${plural(one.connections, "connection")}${differs(one.flow) ? tenantsOf(one) : ""}\n`,
    ...one.missed.map(({ from, to, type, condition }) => {
      const when = type === "conditional" ? `when ${printableLine(condition)}` : `(${type})`;
      return `      ${paint("faint", `not taken: ${printableLine(from)} → ${printableLine(to)} ${when}`)}\n`;
    }),
  ]);
  const names = [...new Set(untested.map(({ flow }) => printable(flow)))];
  const without = names.length === 0 ? [] : [`  without any test: ${names.join(", ")}\n`];
  return [`${paint("strong", "Coverage")}\n`, ...lines, ...without].join("");
}

/** Tenants are worth a word only where others have another result. */
export function findRepeated(names: readonly string[]): (name: string) => boolean {
  const counts = Map.groupBy(names, (name) => name);
  return (name) => (counts.get(name)?.length ?? 0) > 1;
}

/** " for tenant prod": where tenants differ, whose numbers these are. */
export function nameTenants({ tenants }: OfTenants<object>): string {
  return ` for tenant ${tenants.join(", ")}`;
}

function tenantsOf({ tenants }: OfTenants<object>): string {
  return `, tenant ${tenants.join(", ")}`;
}
