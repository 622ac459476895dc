import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import { didYouMean } from "../model/closest.ts";
import { compareText, type Finding, hasErrors } from "../model/finding.ts";
import { stringAt, valueAt } from "../model/json.ts";
import type { SourceDocument } from "../model/manifest.ts";
import { renderJunit } from "../render/junit.ts";
import { renderTests, type TestReport } from "../render/test-results.ts";
import { coverFlows } from "../validate/run-tests.ts";
import { checkCoverage, totalsOf } from "./coverage.ts";
import { annotate, printJunitFailure, printSarif } from "./machine-reports.ts";
import type { CommonOptions } from "./options.ts";
import { type Io, printJson } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";
import { mergeByTenant, mergeFindings, tenantsToCheck } from "./tenants/each-tenant.ts";
import { type Desired, loadManifests, openWorkspace, validateDesired, type Workspace } from "./workspace.ts";

export interface TestOptions extends CommonOptions {
  /** Names of the FlowTests to run; all of them without it. */
  readonly only?: readonly string[];
  readonly reporter?: "junit";
  /** Percent of connections that the cases must take together. */
  readonly minCoverage?: number;
}

/** Runs the FlowTests offline, for the tenant named or for each one in turn. Needs no credentials. */
export async function runTest(io: Io, options: TestOptions, stopping: Stopping): Promise<ExitCode> {
  if (options.reporter !== undefined && options.output !== "text") {
    throw new GitopsError(
      "usage",
      `--reporter ${options.reporter} and --output ${options.output} both decide what stdout is`,
      {
        hint: "Give one of them.",
      },
    );
  }
  const report = await makeReport(io, options, stopping);
  annotate(io, { findings: report.findings }, options);
  print(io, report, options);
  return hasFailed(report) ? EXIT.error : EXIT.ok;
}

type Manifests = Pick<Desired, "loaded">;

/** Who asked for a document on stdout gets one, also when there is nothing to report. */
async function makeReport(io: Io, options: TestOptions, stopping: Stopping): Promise<TestReport> {
  try {
    const workspace = await openWorkspace(io, options, { needCredentials: false, stopping });
    const desired = { loaded: await loadManifests(workspace) };
    refuseUnknown(options.only ?? [], desired);
    return await testTenants(workspace, pickTests(desired, options.only), options);
  } catch (thrown) {
    if (options.reporter === "junit") printJunitFailure(io, thrown);
    throw thrown;
  }
}

/** A name that no FlowTest has would run nothing, and look like success. */
function refuseUnknown(only: readonly string[], { loaded }: Manifests): void {
  const names = loaded.documents.filter(isTest).flatMap((document) => nameOf(document) ?? []);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const known =
    names.length === 0 ? "There are no FlowTests." : `There are: ${names.toSorted(compareText).join(", ")}.`;
  throw new GitopsError("usage", `there is no FlowTest named "${unknown}"`, {
    hint: didYouMean(unknown, names) ?? known,
  });
}

/** Without those FlowTests that are not to be run. */
function pickTests(desired: Manifests, only: readonly string[] | undefined): Manifests {
  if (only === undefined) return desired;
  const isWanted = (document: SourceDocument) => !isTest(document) || only.includes(nameOf(document) ?? "");
  return { ...desired, loaded: { ...desired.loaded, documents: desired.loaded.documents.filter(isWanted) } };
}

function isTest({ value }: SourceDocument): boolean {
  return stringAt(value, "kind") === "FlowTest";
}

function nameOf({ value }: SourceDocument): string | undefined {
  return stringAt(valueAt(value, "metadata"), "name");
}

async function testTenants(
  workspace: Workspace,
  desired: Manifests,
  { only, minCoverage = 0 }: TestOptions,
): Promise<TestReport> {
  const tenants = await tenantsToCheck(workspace);
  const runs = tenants.map((tenant) => {
    const validation = validateDesired(workspace, desired, tenant);
    const { resources, findings } = validation;
    const tests = validation.tests();
    const tested = new Set(tests.map(({ flow }) => flow));
    const covered = coverFlows(resources, tests).filter(({ flow }) => only === undefined || tested.has(flow));
    return { tenant, resources, tests, covered, findings: findings.filter(isAboutTests) };
  });
  const tests = mergeByTenant(runs.map((run) => ({ tenant: run.tenant, items: run.tests })));
  const coverage = mergeByTenant(runs.map((run) => ({ tenant: run.tenant, items: run.covered })));
  const found = [...runs.map(({ findings }) => findings), checkCoverage(runs, minCoverage)];
  return {
    tests: tests.toSorted((left, right) => compareText(left.file, right.file) || left.line - right.line),
    coverage: coverage.toSorted((left, right) => compareText(left.flow, right.flow)),
    totals: totalsOf(runs),
    findings: mergeFindings(found, workspace.io.secrets),
  };
}

/** Errors anywhere, for a test says no more than the manifests that it is about; of the rest, what concerns tests. */
function isAboutTests({ rule, severity }: Finding): boolean {
  return severity === "error" || rule.startsWith("test/");
}

function print(io: Io, report: TestReport, options: TestOptions): void {
  const { tests, coverage, totals, findings } = report;
  if (options.reporter === "junit") io.printMasked(renderJunit(report, (text) => io.secrets.mask(text)));
  else if (options.output === "json") printJson(io, { formatVersion: 1, tests, coverage, totals, findings });
  else if (options.output === "sarif") printSarif(io, findings, { ...options, hasFailed: hasFailed(report) });
  else io.print(renderTests(report, io.paint));
}

/** A case that failed is a failure whatever severity the configuration gives to it. */
function hasFailed({ tests, findings }: TestReport): boolean {
  return hasErrors(findings) || tests.some(({ cases }) => cases.some(({ verdict }) => verdict === "failed"));
}
