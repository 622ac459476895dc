/** What tests of manifests found out: plain data, for every report. */

/** `not-run`: what it tests has errors of its own, or the case has. */
export type Verdict = "passed" | "failed" | "not-run";

export interface CaseResult {
  readonly name: string;
  readonly verdict: Verdict;
  /** Where the case stands in the test's file. */
  readonly line: number;
  readonly column: number;
  /** What is not as expected, or why the case was not run; a clause each. Empty when it passed. */
  readonly reasons: readonly string[];
  /** The nodes that the call came to, in order. */
  readonly path: readonly string[];
  /** The same for people: a line for each node with what decided there, and how the call ended. */
  readonly way: readonly string[];
  /** Ids of the connections that the call took. */
  readonly taken: readonly string[];
}

/** One FlowTest, run. */
export interface TestResult {
  readonly name: string;
  /** `metadata.name` of the flow that it tests. */
  readonly flow: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly cases: readonly CaseResult[];
}

export interface MissedConnection {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Only a conditional one has a condition worth reading; the others are taken when none holds. */
  readonly type: "conditional" | "default" | "fallback";
  /** The condition as people read it. */
  readonly condition: string;
}

/** How much of a flow the cases that were run have gone through. */
export interface FlowCoverage {
  readonly flow: string;
  /** How many FlowTests test it. */
  readonly tests: number;
  readonly connections: number;
  readonly taken: number;
  /** The connections that no case takes, in the order of from, to and condition. */
  readonly missed: readonly MissedConnection[];
}

/** The connections of all flows of one tenant together. */
export interface CoverageTotal {
  readonly connections: number;
  readonly taken: number;
}
