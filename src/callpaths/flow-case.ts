/** One expected call: what it brings with it, and where it must go. */
import { type CallFlow, chooseConnections, connectionsFrom } from "./call-flow.ts";
import { askedAt, followCall, type Given, type Route } from "./route.ts";

export interface FlowCase {
  readonly given: Given;
  readonly expect: Expectation;
}

/** Everything that is named must be so. */
export interface Expectation {
  /** Every node of the way, from the first to the last. */
  readonly path?: readonly string[] | undefined;
  /** Nodes that the call must come to, in whatever order. */
  readonly visits?: readonly string[] | undefined;
  /** Nodes that it must not come to. */
  readonly avoids?: readonly string[] | undefined;
  /** The node where it must end as it should. */
  readonly ends?: string | undefined;
  /** As `ends`, with several to choose from. */
  readonly endsAny?: readonly string[] | undefined;
  /** The call must be cut off; without this, one that is cut off fails whatever else is expected. */
  readonly cutOff?: true | undefined;
}

export interface Judgement {
  readonly route: Route;
  /** What is not as expected, a clause each; none when the case passes. */
  readonly failures: readonly string[];
}

/** Follows the call, and compares. A call of which nobody can say where it ends never passes. */
export function judgeCase(flow: CallFlow, { given, expect }: FlowCase): Judgement {
  const route = followCall(flow, given);
  const lost = describeLoss(route, expect);
  return { route, failures: lost === undefined ? compare(route, expect) : [lost] };
}

/** Ids of the connections that a call took, with all that lead to the same node and hold at once. */
export function takenBy(flow: CallFlow, { steps }: Route): readonly string[] {
  return steps.flatMap(({ node, taken, values }) => {
    if (taken === undefined) return [];
    const chosen = chooseConnections(connectionsFrom(flow, node), (path) => values.get(path)) ?? [];
    return chosen.map(({ id }) => id);
  });
}

/** A list of answers that the call did not take to its end. */
export interface UnusedAnswers {
  readonly name: string;
  /** How many are given, and how many of them the call took. */
  readonly answers: number;
  readonly used: number;
}

/** Lists that hold more answers than the call was asked for on its way. A single value is no list: it holds wherever it is asked for. */
export function findUnusedAnswers(flow: CallFlow, { steps }: Route, given: Given): readonly UnusedAnswers[] {
  const asked = steps.flatMap(({ node }) => askedAt(connectionsFrom(flow, node)));
  return Object.entries(given).flatMap(([name, value]) => {
    if (typeof value !== "object") return [];
    const used = asked.filter((path) => path === name).length;
    return used < value.length ? [{ name, answers: value.length, used }] : [];
  });
}

/** Why the call did not come to an end that can be compared; undefined when it did. */
function describeLoss({ steps, end }: Route, { cutOff }: Expectation): string | undefined {
  const last = steps.at(-1);
  switch (end.how) {
    case "ended":
      return undefined;
    case "cut-off":
      return cutOff === true ? undefined : `the call is cut off at ${last?.node}`;
    case "undetermined":
      return `it is undetermined where the call goes from ${last?.node}`;
    case "lost":
      return `the call is lost after ${last?.node}: there is no node ${last?.taken?.to}`;
    case "endless":
      return `the call comes back to ${last?.taken?.to}, and goes round in circles`;
    case "no-start":
      return "the flow does not say where calls begin";
  }
}

function compare({ steps, end }: Route, expect: Expectation): readonly string[] {
  const path = steps.map(({ node }) => node);
  const last = path.at(-1) ?? "";
  const unvisited = (expect.visits ?? []).filter((node) => !path.includes(node));
  const unavoided = (expect.avoids ?? []).filter((node) => path.includes(node));
  const ends = expect.endsAny ?? (expect.ends === undefined ? [] : [expect.ends]);
  return [
    ...comparePath(path, expect.path),
    ...(unvisited.length === 0 ? [] : [`the call does not visit ${unvisited.join(", ")}`]),
    ...(unavoided.length === 0 ? [] : [`the call visits ${unavoided.join(", ")}, and should not`]),
    ...(ends.length === 0 || ends.includes(last) ? [] : [`the call ends at ${last} instead of ${ends.join(" or ")}`]),
    ...(expect.cutOff === true && end.how === "ended"
      ? [`the call ends as it should at ${last}, and is to be cut off`]
      : []),
  ];
}

/** The first place where the way is another one. */
function comparePath(path: readonly string[], expected: readonly string[] | undefined): readonly string[] {
  if (expected === undefined) return [];
  const at = Math.max(path.length, expected.length);
  for (let index = 0; index < at; index++) {
    const [node, wanted] = [path[index], expected[index]];
    if (node === wanted) continue;
    const before = path[index - 1];
    if (node === undefined) return [`the call goes no further than ${before}, and the path goes on to ${wanted}`];
    if (wanted === undefined) return [`the call goes on from ${before} to ${node}, where the path is over`];
    if (before === undefined) return [`the call begins at ${node} instead of ${wanted}`];
    return [`the call goes from ${before} to ${node} instead of ${wanted}`];
  }
  return [];
}
