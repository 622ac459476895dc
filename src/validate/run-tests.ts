import { measureCoverage } from "../callpaths/coverage.ts";
import type { ManifestTest, Resource, Sighting, TestWorld } from "../kinds/kind.ts";
import { compareText, type Finding, locate } from "../model/finding.ts";
import { type Json, stringAt, valueAt } from "../model/json.ts";
import type { FlowCoverage, TestResult } from "../model/test-result.ts";

export interface TestsInput {
  readonly tests: readonly ManifestTest[];
  readonly resources: readonly Resource[];
  /** The resources that an error was found in. */
  readonly broken: ReadonlySet<Resource>;
  /** Every document for this tenant, and every document at all. */
  readonly here: readonly Json[];
  readonly everywhere: readonly Json[];
  readonly mask: (text: string) => string;
}

export interface TestsRun {
  readonly findings: readonly Finding[];
  /** In the order of file, then place in it. */
  results(): readonly TestResult[];
}

/** Runs the tests among the manifests of one tenant. */
export function runTests(input: TestsInput): TestsRun {
  if (input.tests.length === 0) return { findings: [], results: () => [] };
  const world = makeWorld(input);
  const ran = input.tests.map((test) => ({ test, run: test.run(world) }));
  return {
    findings: ran.flatMap(({ test, run }) => run.problems.map((problem) => locate(problem, test.source))),
    results: () => {
      const results = ran.flatMap(({ run }) => run.result() ?? []);
      return results.sort((left, right) => compareText(left.file, right.file) || left.line - right.line);
    },
  };
}

function makeWorld({ resources, broken, here, everywhere, mask }: TestsInput): TestWorld {
  const resourceByKey = new Map(resources.map((resource) => [keyOf(resource.kind, resource.name), resource]));
  const keysHere = new Set(here.map(documentKey));
  const keysEverywhere = new Set(everywhere.map(documentKey));
  const find = (kind: string, name: string): Sighting => {
    const key = keyOf(kind, name);
    const resource = resourceByKey.get(key);
    if (resource !== undefined) return broken.has(resource) ? { state: "broken" } : { state: "sound", resource };
    if (keysHere.has(key)) return { state: "broken" };
    if (keysEverywhere.has(key)) return { state: "elsewhere" };
    return { state: "nowhere", names: resources.flatMap((one) => (one.kind === kind ? [one.name] : [])) };
  };
  return { find, mask };
}

function keyOf(kind: string, name: string): string {
  return JSON.stringify([kind, name]);
}

function documentKey(document: Json): string {
  return keyOf(stringAt(document, "kind") ?? "", stringAt(valueAt(document, "metadata"), "name") ?? "");
}

/** The coverage of every flow, by name. */
export function coverFlows(resources: readonly Resource[], results: readonly TestResult[]): readonly FlowCoverage[] {
  const resultsByFlow = Map.groupBy(results, ({ flow }) => flow);
  return resources
    .flatMap((resource) => {
      const { name } = resource;
      const callFlow = resource.callFlow();
      return callFlow === undefined ? [] : [measureCoverage(name, callFlow, resultsByFlow.get(name) ?? [])];
    })
    .sort((left, right) => compareText(left.flow, right.flow));
}
