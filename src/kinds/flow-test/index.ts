import type { CallFlow } from "../../callpaths/call-flow.ts";
import { findUnusedAnswers, judgeCase, takenBy } from "../../callpaths/flow-case.ts";
import type { Route } from "../../callpaths/route.ts";
import { describeRoute } from "../../callpaths/route-words.ts";
import { didYouMean } from "../../model/closest.ts";
import type { Problem } from "../../model/finding.ts";
import type { JsonPath } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { CaseResult, TestResult } from "../../model/test-result.ts";
import { type ManifestTest, registerTestKind, type TestRun, type TestWorld } from "../kind.ts";
import { type Asked, checkFlowTest, checkGiven, checkNodes, describeUnused, findAsked } from "./rules.ts";
import { type CaseSpec, type FlowTestSpec, flowTestSchema } from "./schema.ts";

/** Expected call paths through a flow, decided offline. */
export const flowTest = registerTestKind<FlowTestSpec>({
  name: "FlowTest",
  schema: flowTestSchema,
  check: checkFlowTest,
  toTest,
});

function toTest(manifest: Manifest<FlowTestSpec>): ManifestTest {
  const { kind, metadata, source } = manifest;
  return { kind, name: metadata.name, source, run: (world) => runTest(manifest, world) };
}

function runTest(manifest: Manifest<FlowTestSpec>, world: TestWorld): TestRun {
  const { spec, metadata } = manifest;
  const seen = world.find("Flow", spec.flow);
  const skip = (reason: string) =>
    summarize(
      manifest,
      world,
      spec.cases.map(() => ({ verdict: "not-run", reasons: [reason] })),
    );
  if (seen.state === "broken") return { problems: [], result: () => skip("the flow has errors of its own") };
  // Whoever names tenants wants the test to run there; without that, it goes where its flow is.
  if (seen.state === "elsewhere" && metadata.tenants === undefined) return { problems: [], result: () => undefined };
  const flow = seen.state === "sound" ? seen.resource.callFlow() : undefined;
  if (flow === undefined) {
    const isElsewhere = seen.state === "elsewhere";
    const names = seen.state === "nowhere" ? seen.names : [];
    const message = `there is no Flow named "${spec.flow}"${isElsewhere ? " for every tenant of this test" : ""}`;
    const hint = isElsewhere
      ? "Leave `metadata.tenants` of the test out, and it runs wherever its flow is."
      : (didYouMean(spec.flow, names) ?? "Write the `metadata.name` of a Flow manifest.");
    const problem: Problem = { rule: "test/unknown-flow", path: ["spec", "flow"], message, hint };
    return { problems: [problem], result: () => skip(message) };
  }
  const asked = findAsked(flow);
  const ran = spec.cases.map((one, index) => runCase(one, ["spec", "cases", index], { flow, asked, world }));
  const outcomes = ran.map(({ outcome }) => outcome);
  return {
    problems: ran.flatMap(({ problems }) => problems),
    result: () => summarize(manifest, world, outcomes, flow),
  };
}

/** Without a route, the call was not followed. */
interface Outcome extends Pick<CaseResult, "verdict" | "reasons"> {
  readonly route?: Route;
}

interface Tested {
  readonly flow: CallFlow;
  readonly asked: Asked;
  readonly world: TestWorld;
}

interface RanCase {
  readonly outcome: Outcome;
  readonly problems: readonly Problem[];
}

function runCase(one: CaseSpec, path: JsonPath, { flow, asked, world }: Tested): RanCase {
  const unknown = checkNodes(one, flow, path);
  const warnings = checkGiven(one, asked, path);
  if (unknown.length > 0) {
    const reasons = unknown.map(({ message }) => message);
    return { outcome: { verdict: "not-run", reasons }, problems: [...unknown, ...warnings] };
  }
  const { route, failures } = judgeCase(flow, one);
  const outcome: Outcome = { verdict: failures.length === 0 ? "passed" : "failed", reasons: failures, route };
  if (failures.length === 0) {
    const unused = findUnusedAnswers(flow, route, one.given).filter(({ name }) => asked.has(name));
    const end = route.steps.at(-1)?.node ?? "";
    return { outcome, problems: [...warnings, ...describeUnused(unused, end, path)] };
  }
  const message = `case "${one.name}" fails: ${failures.join("; ")}`;
  const way = describeRoute(flow, route, world.mask);
  const hint = ["The call went:", ...way.map((line) => `  ${line}`)].join("\n");
  return { outcome, problems: [{ rule: "test/failed", path, message, hint }, ...warnings] };
}

function summarize(
  manifest: Manifest<FlowTestSpec>,
  { mask }: TestWorld,
  outcomes: readonly Outcome[],
  flow?: CallFlow,
): TestResult {
  const { spec, metadata, source } = manifest;
  const cases = spec.cases.map((one, index): CaseResult => {
    const { line, column } = source.positionOf(["spec", "cases", index]);
    const { verdict = "not-run", reasons = [], route } = outcomes[index] ?? {};
    const went = route && flow ? tellRoute(flow, route, mask) : { path: [], way: [], taken: [] };
    return { name: mask(one.name), verdict, line, column, reasons: reasons.map(mask), ...went };
  });
  const { line, column } = source.positionOf(["metadata", "name"]);
  return { name: metadata.name, flow: spec.flow, file: source.file, line, column, cases };
}

function tellRoute(flow: CallFlow, route: Route, mask: TestWorld["mask"]): Pick<CaseResult, "path" | "way" | "taken"> {
  return {
    path: route.steps.map(({ node }) => node),
    way: describeRoute(flow, route, mask),
    taken: takenBy(flow, route),
  };
}
