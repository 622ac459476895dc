/** What a case says about a call, in words, over flows that are built by hand. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { CallConnection, CallFlow } from "../../src/callpaths/call-flow.ts";
import { addCoverage, measureCoverage, percentTaken } from "../../src/callpaths/coverage.ts";
import { type Expectation, judgeCase, takenBy } from "../../src/callpaths/flow-case.ts";
import type { Given } from "../../src/callpaths/route.ts";
import { describeRoute } from "../../src/callpaths/route-words.ts";
import { parseCondition } from "../../src/conditions/parse.ts";
import type { CaseResult, TestResult } from "../../src/model/test-result.ts";

type Edge = readonly [from: string, to: string, when?: string | { readonly type: CallConnection["type"] }];

function connect([from, to, when = { type: "default" }]: Edge, index: number): CallConnection {
  const text = typeof when === "string" ? when : "true";
  const parsed = parseCondition(text);
  assert.ok(parsed.ok);
  const type = typeof when === "string" ? "conditional" : when.type;
  return { id: `conn_${index}`, from, to, condition: parsed.condition, text, type };
}

/** The nodes a, b, … are decisions, but for `start`, and for those that are named ends. */
function flowOf(edges: readonly Edge[], ends: readonly string[] = ["end"]): CallFlow {
  const ids = new Set(["start", ...edges.map(([from]) => from), ...ends]);
  const nodes = [...ids].map((id) => {
    return { id, type: ends.includes(id) ? "terminal" : id === "start" ? "start" : "decision", properties: {} };
  });
  return {
    start: "start",
    nodes: new Map(nodes.map((node) => [node.id, node])),
    leaving: Map.groupBy(edges.map(connect), ({ from }) => from),
  };
}

const MENU = flowOf([
  ["start", "menu"],
  ["menu", "billing", "dtmf == '1'"],
  ["menu", "again", "dtmf == '9' || dtmf == '8'"],
  ["menu", "end", { type: "fallback" }],
  ["again", "billing", "dtmf == '1'"],
  ["billing", "end"],
]);

const WITH_TWO = flowOf([
  ["start", "a", "dtmf == '1'"],
  ["start", "end", "$vip"],
  ["a", "end"],
]);

function failuresOf(flow: CallFlow, given: Given, expect: Expectation): readonly string[] {
  return judgeCase(flow, { given, expect }).failures;
}

function wayOf(flow: CallFlow, given: Given, mask = (text: string) => text): readonly string[] {
  return describeRoute(flow, judgeCase(flow, { given, expect: {} }).route, mask);
}

describe("a case", () => {
  const rows: readonly (readonly [reason: string, flow: CallFlow, given: Given, Expectation, failures: string[]])[] = [
    ["the whole path", MENU, { dtmf: "1" }, { path: ["start", "menu", "billing", "end"] }, []],
    [
      "a path with a node too few",
      MENU,
      { dtmf: "1" },
      { path: ["start", "menu", "billing"] },
      ["the call goes on from billing to end, where the path is over"],
    ],
    [
      "a path with a node too many",
      MENU,
      {},
      { path: ["start", "menu", "end", "again"] },
      ["the call goes no further than end, and the path goes on to again"],
    ],
    [
      "another way",
      MENU,
      { dtmf: "1" },
      { path: ["start", "menu", "end"] },
      ["the call goes from menu to billing instead of end"],
    ],
    ["another beginning", MENU, {}, { path: ["menu", "end"] }, ["the call begins at start instead of menu"]],
    ["visits in any order", MENU, { dtmf: "1" }, { visits: ["end", "start"] }, []],
    ["a node not visited", MENU, {}, { visits: ["start", "billing"] }, ["the call does not visit billing"]],
    ["avoided", MENU, {}, { avoids: ["billing"] }, []],
    ["not avoided", MENU, { dtmf: "1" }, { avoids: ["billing"] }, ["the call visits billing, and should not"]],
    ["ends", MENU, {}, { ends: "end" }, []],
    ["ends elsewhere", MENU, {}, { ends: "billing" }, ["the call ends at end instead of billing"]],
    ["ends at one of several", MENU, {}, { endsAny: ["billing", "end"] }, []],
    [
      "ends at none of several",
      MENU,
      {},
      { endsAny: ["billing", "again"] },
      ["the call ends at end instead of billing or again"],
    ],
    [
      "everything that is wrong is told",
      MENU,
      {},
      { ends: "again", visits: ["again"] },
      ["the call does not visit again", "the call ends at end instead of again"],
    ],
    ["answers one after the other", MENU, { dtmf: ["9", "1"] }, { visits: ["again", "billing"], ends: "end" }, []],
    ["the text and the number are different", MENU, { dtmf: 1 }, { avoids: ["billing"] }, []],
    [
      "cut off, whatever is expected besides",
      MENU,
      { dtmf: ["9"] },
      { visits: ["again"] },
      ["the call is cut off at again"],
    ],
    ["cut off on purpose", MENU, { dtmf: ["9"] }, { cutOff: true, path: ["start", "menu", "again"] }, []],
    ["not cut off", MENU, {}, { cutOff: true }, ["the call ends as it should at end, and is to be cut off"]],
    [
      "undetermined, although what is expected was seen",
      WITH_TWO,
      { dtmf: "1", $vip: true },
      { visits: ["start"], avoids: ["a"] },
      ["it is undetermined where the call goes from start"],
    ],
    [
      "undetermined does not count as cut off",
      WITH_TWO,
      { dtmf: "1", $vip: true },
      { cutOff: true },
      ["it is undetermined where the call goes from start"],
    ],
    [
      "lost",
      flowOf([["start", "nowhere"]]),
      {},
      { visits: ["start"] },
      ["the call is lost after start: there is no node nowhere"],
    ],
    [
      "round in circles",
      flowOf([
        ["start", "a"],
        ["a", "start"],
      ]),
      {},
      { visits: ["a"] },
      ["the call comes back to start, and goes round in circles"],
    ],
    ["no start", { ...MENU, start: undefined }, {}, { avoids: ["a"] }, ["the flow does not say where calls begin"]],
  ];
  for (const [reason, flow, given, expect, failures] of rows) {
    it(reason, () => assert.deepEqual(failuresOf(flow, given, expect), failures));
  }

  it("the path that a call takes is a path that it passes, and no other", () => {
    const key = fc.option(fc.constantFrom("1", "8", "2", ""), { nil: undefined });
    const keys = fc.array(key.map((one) => one ?? "")).filter((list) => list.length > 0);
    fc.assert(
      fc.property(keys, fc.nat(3), (dtmf, at) => {
        const path = judgeCase(MENU, { given: { dtmf }, expect: {} }).route.steps.map(({ node }) => node);
        const isCutOff = path.at(-1) === "again";
        const expect = { path, ...(isCutOff && { cutOff: true as const }) };
        assert.deepEqual(failuresOf(MENU, { dtmf }, expect), []);
        const other = path.toSpliced(at % path.length, 1);
        assert.equal(failuresOf(MENU, { dtmf }, { ...expect, path: other }).length, 1);
      }),
    );
  });
});

describe("the way of a call in words", () => {
  const rows: readonly (readonly [reason: string, flow: CallFlow, given: Given, way: string[]])[] = [
    [
      "a condition, with what it asked for",
      MENU,
      { dtmf: "1" },
      [
        "start → menu    always",
        "menu → billing  `dtmf == '1'` (dtmf is '1')",
        "billing → end   always",
        "end             the call ends",
      ],
    ],
    [
      "a fallback, and a name without a value",
      MENU,
      {},
      [
        "start → menu  always",
        "menu → end    fallback, for no condition holds (dtmf has no value)",
        "end           the call ends",
      ],
    ],
    [
      "cut off for want of a connection that can be taken",
      MENU,
      { dtmf: ["8", "7"] },
      [
        "start → menu  always",
        "menu → again  `dtmf == '9' || dtmf == '8'` (dtmf is '8')",
        "again         cut off: no connection can be taken (dtmf is '7')",
      ],
    ],
    ["a node that is not there", flowOf([["start", "a"]]), {}, ["start → a  always", "there is no node a"]],
    [
      "cut off where nothing leads on",
      { ...MENU, leaving: new Map([["start", MENU.leaving.get("start") ?? []]]) },
      {},
      ["start → menu  always", "menu          cut off: nothing leads on from here"],
    ],
    [
      "undetermined",
      WITH_TWO,
      { dtmf: "1", $vip: true },
      ["start  undetermined, for more than one holds: `dtmf == '1'` → a and `$vip` → end ($vip is true, dtmf is '1')"],
    ],
    [
      "circles",
      flowOf([
        ["start", "a"],
        ["a", "start"],
      ]),
      {},
      ["start → a  always", "a → start  always", "start  the call has been here before, and goes round in circles"],
    ],
  ];
  for (const [reason, flow, given, way] of rows) it(reason, () => assert.deepEqual(wayOf(flow, given), way));

  it("nothing in it begins a line of its own", () => {
    const way = wayOf(MENU, { dtmf: "1\n::error::\r\u2028\u001b[31m" });
    assert.match(way.join(""), /dtmf is '1\\n::error::\\u000d\\u2028\\u001b\[31m'/);
    assert.doesNotMatch(way.join(""), /[\p{Cc}\u2028]/u);
  });

  it("values and conditions are masked before they are quoted", () => {
    const flow = flowOf([["start", "end", "pin == 's3cr\\'et'"]]);
    const secret = "s3cr'et";
    const mask = (text: string) => text.replaceAll(secret, "(secret)");
    assert.match(wayOf(flow, { pin: secret }, mask).join("\n"), /pin is '\(secret\)'/);
  });
});

describe("coverage", () => {
  const at = { line: 1, column: 1 };
  const caseOf = (given: Given): CaseResult => {
    const { route } = judgeCase(MENU, { given, expect: {} });
    return { ...at, name: "c", verdict: "passed", reasons: [], path: [], way: [], taken: takenBy(MENU, route) };
  };
  const testOf = (flow: string, ...cases: readonly Given[]): TestResult => {
    return { ...at, name: "t", flow, file: "f", cases: cases.map(caseOf) };
  };

  it("counts what any case of any of its tests takes, and names the rest", () => {
    const one = measureCoverage("menu", MENU, [
      testOf("menu", { dtmf: "1" }),
      testOf("menu", {}),
      testOf("other", { dtmf: "9" }),
    ]);
    assert.deepEqual([one.tests, one.connections, one.taken], [2, 6, 4]);
    assert.deepEqual(
      one.missed.map(({ from, to, condition }) => [from, to, condition]),
      [
        ["again", "billing", "dtmf == '1'"],
        ["menu", "again", "dtmf == '9' || dtmf == '8'"],
      ],
    );
  });

  it("takes every connection that holds and leads to the same node", () => {
    const flow = flowOf([
      ["start", "end", "dtmf == '1'"],
      ["start", "end", "$vip"],
    ]);
    const { route } = judgeCase(flow, { given: { dtmf: "1", $vip: true }, expect: {} });
    assert.deepEqual(takenBy(flow, route), ["conn_0", "conn_1"]);
  });

  it("is of all connections together, and whole where there are none", () => {
    const flow = { flow: "f", tests: 0, missed: [] };
    const total = addCoverage([
      { ...flow, connections: 30, taken: 0 },
      { ...flow, connections: 10, taken: 10 },
    ]);
    assert.deepEqual(total, { connections: 40, taken: 10 });
    assert.equal(percentTaken(total), 25);
    assert.equal(percentTaken(addCoverage([])), 100);
  });
});
