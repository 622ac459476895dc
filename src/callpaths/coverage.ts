import { compareText } from "../model/finding.ts";
import type { CoverageTotal, FlowCoverage, TestResult } from "../model/test-result.ts";
import { allConnections, type CallFlow } from "./call-flow.ts";

/** Which connections of a flow some case takes, whether it passes or not. */
export function measureCoverage(name: string, flow: CallFlow, results: readonly TestResult[]): FlowCoverage {
  const own = results.filter((result) => result.flow === name);
  const taken = new Set(own.flatMap(({ cases }) => cases.flatMap((one) => one.taken)));
  const connections = allConnections(flow);
  const missed = connections
    .filter(({ id }) => !taken.has(id))
    .map(({ id, from, to, type, text }) => ({ id, from, to, type, condition: text }))
    .sort(
      (left, right) =>
        compareText(left.from, right.from) ||
        compareText(left.to, right.to) ||
        compareText(left.condition, right.condition),
    );
  return {
    flow: name,
    tests: own.length,
    connections: connections.length,
    taken: connections.length - missed.length,
    missed,
  };
}

/** What the cases take of all these flows together. */
export function addCoverage(coverage: readonly FlowCoverage[]): CoverageTotal {
  const connections = coverage.reduce((sum, one) => sum + one.connections, 0);
  const taken = coverage.reduce((sum, one) => sum + one.taken, 0);
  return { connections, taken };
}

/** From 0 to 100; 100 when there are no connections. */
export function percentTaken({ connections, taken }: CoverageTotal): number {
  return connections === 0 ? 100 : (taken / connections) * 100;
}
