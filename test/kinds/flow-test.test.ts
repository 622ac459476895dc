/** The rules of FlowTests, through validation as a command does it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertFindings, change, FLOW, type Row, validate } from "./manifests.ts";

const TEST = `apiVersion: cxone-gitops/v1
kind: FlowTest
metadata: { name: main-menu-paths }
spec:
  flow: main-menu
  cases:
    - name: one goes to billing
      given: { dtmf: "1" }
      expect: { path: [node_start, node_menu, node_queue, node_end] }
    - name: anything else hangs up
      given: { dtmf: "9" }
      expect: { ends: node_end, avoids: [node_queue] }
`;

/** Files as they are read: the flow first. */
const withFlow = (test: string, flow = FLOW) => ({ "a-flow.yaml": flow, "b-test.yaml": test });

const schema: readonly Row[] = [
  ["the valid test", withFlow(TEST), []],
  [
    "no cases",
    withFlow(TEST.replace(/cases:[\s\S]*$/, "cases: []\n")),
    [["manifest/schema 6:10", /at least one case/]],
  ],
  [
    "no expectation",
    withFlow(change(TEST, "{ ends: node_end, avoids: [node_queue] }", "{}")),
    [["manifest/schema 12:15", /must say at least one of path/]],
  ],
  [
    "an empty list",
    withFlow(change(TEST, "avoids: [node_queue]", "avoids: []")),
    [["manifest/schema 12:41", /at least one node/]],
  ],
  [
    "two kinds of end",
    withFlow(change(TEST, "avoids: [node_queue]", "cutOff: true")),
    [["manifest/schema 12:15", /only one of ends, endsAny and cutOff/]],
  ],
  [
    "cutOff is asked for, or left out",
    withFlow(change(TEST, "ends: node_end", "cutOff: false")),
    [["manifest/schema 12:25", /must be true/]],
  ],
  [
    "a misspelt expectation",
    withFlow(change(TEST, "avoids:", "avoid:")),
    [["manifest/unknown-key 12:33", /unknown key "avoid"/]],
  ],
  [
    "a name that no condition could ask for",
    withFlow(change(TEST, '{ dtmf: "9" }', '{ "dtmf == 9": "9" }')),
    [["manifest/schema 11:16", /must be a name/]],
  ],
  [
    "a word of the language as a name",
    withFlow(change(TEST, '{ dtmf: "9" }', '{ "true": "9" }')),
    [["manifest/schema 11:16", /must be a name/]],
  ],
  [
    "a value that no name has",
    withFlow(change(TEST, '{ dtmf: "9" }', "{ dtmf: null }")),
    [["manifest/schema 11:22", /text, a number, true or false, or a list/]],
  ],
  [
    "no answers",
    withFlow(change(TEST, '{ dtmf: "9" }', "{ dtmf: [] }")),
    [["manifest/schema 11:22", /at least one answer/]],
  ],
  ["a list of answers", withFlow(change(TEST, '{ dtmf: "9" }', '{ dtmf: ["9"] }')), []],
  ...["", "   ", "\\t\\u200b\\u00a0"].map(
    (name): Row => [
      `a name of which nothing can be read: "${name}"`,
      withFlow(change(TEST, "name: anything else hangs up", `name: "${name}"`)),
      [["manifest/schema 10:13", /must not be empty or blank/]],
    ],
  ),
  ["a name in other letters", withFlow(change(TEST, "anything else hangs up", "\u5176\u4ed6 ☎")), []],
  ["nothing given", withFlow(change(TEST, '      given: { dtmf: "9" }\n', "")), []],
];

const about: readonly Row[] = [
  [
    "a case name twice",
    withFlow(change(TEST, "anything else hangs up", "one goes to billing")),
    [["test/duplicate-case 10:13", /already a case named "one goes to billing"/]],
  ],
  [
    "a test name twice",
    { ...withFlow(TEST), "c.yaml": TEST },
    [["manifest/duplicate-name 3:19", /already a FlowTest named "main-menu-paths": b-test.yaml:3/]],
  ],
  ["a test and a flow of one name", withFlow(change(TEST, "main-menu-paths", "main-menu")), []],
  [
    "an unknown flow",
    withFlow(change(TEST, "flow: main-menu", "flow: mian-menu")),
    [["test/unknown-flow 5:9", /no Flow named "mian-menu"/]],
  ],
  [
    "a node that is not there, in each place",
    withFlow(
      change(
        TEST,
        "{ ends: node_end, avoids: [node_queue] }",
        "{ path: [node_strat], visits: [node_end, node_x], avoids: [node_quue], endsAny: [node_y] }",
      ),
    ),
    [
      ["test/unknown-node 12:24", /no node "node_strat"/],
      ["test/unknown-node 12:56", /no node "node_x"/],
      ["test/unknown-node 12:74", /no node "node_quue"/],
      ["test/unknown-node 12:96", /no node "node_y"/],
    ],
  ],
  [
    "a name that no condition asks for",
    withFlow(change(TEST, '{ dtmf: "9" }', '{ dmtf: "9" }')),
    [["warning test/unknown-name 11:16", /asks for "dmtf"/]],
  ],
  [
    "a number where texts are compared",
    withFlow(change(TEST, '{ dtmf: "9" }', "{ dtmf: 9 }")),
    [["warning test/given-type 11:22", /the number 9, and the flow compares it with texts, such as '1'/]],
  ],
  [
    "an answer of the wrong type",
    withFlow(change(TEST, '{ dtmf: "9" }', '{ dtmf: ["9", true] }')),
    [
      ["warning test/unused-answer 11:22", /takes only the first of 2 answers for "dtmf"/],
      ["warning test/given-type 11:28", /given as true/],
    ],
  ],
  [
    "a text where true is asked for",
    withFlow(change(TEST, '{ dtmf: "9" }', '{ dtmf: "true" }'), change(FLOW, `"dtmf == '1'"`, '"dtmf"')),
    [
      ["warning flow/key-type 15:48", /asks whether dtmf is true/],
      ["test/failed 7:7", /from node_menu to node_end instead of node_queue/],
      ["warning test/given-type 8:22", /text '1'/],
      ["warning test/given-type 11:22", /the text 'true', and the flow compares it with true and false/],
    ],
  ],
  [
    "answers that are left over",
    withFlow(change(TEST, '{ dtmf: "9" }', '{ dtmf: ["9", "1", "2"] }')),
    [["warning test/unused-answer 11:22", /takes only the first of 3 answers for "dtmf"/]],
  ],
  [
    "answers of which none is taken",
    withFlow(
      change(TEST, '{ dtmf: "9" }', '{ dtmf: "9", tries: [1] }'),
      change(
        FLOW,
        "    - { from: node_queue, to: node_end }\n",
        `    - { from: node_queue, to: node_end, when: "tries == 1" }
    - { from: node_queue, to: node_end, type: fallback }\n`,
      ),
    ),
    [["warning test/unused-answer 11:34", /takes none of 1 answer for "tries"/]],
  ],
  [
    "answers that are left over in a case that fails, where the failure says enough",
    withFlow(change(TEST, '{ dtmf: "9" }', '{ dtmf: ["1", "9"] }')),
    [["test/failed 10:7", /visits node_queue/]],
  ],
  [
    "answers to what no condition asks for",
    withFlow(change(TEST, '{ dtmf: "9" }', '{ dtmf: "9", tries: [1, 2] }')),
    [["warning test/unknown-name 11:27", /asks for "tries"/]],
  ],
  [
    "a number that is too large to be one",
    withFlow(
      change(TEST, '{ dtmf: "9" }', "{ tries: 1e400 }"),
      change(FLOW, "dtmf == '1'", "dtmf == '1' && tries > 2"),
    ),
    [
      ["test/failed 7:7", /instead of node_queue/],
      [
        "warning test/given-type 11:23",
        /"tries" is given as 1e400, which is too large for a number, and the flow compares it with numbers, such as 2/,
      ],
    ],
  ],
  [
    "a name compared with another one may be anything",
    withFlow(
      change(TEST, '{ dtmf: "9" }', "{ dtmf: 9 }"),
      change(FLOW, `"dtmf == '1'"`, `"dtmf == '1' || dtmf == $code"`),
    ),
    [],
  ],
];

describe("schema", () => {
  for (const [reason, source, expected, around] of schema)
    it(reason, () => assertFindings(validate(source, around).findings, expected));
});

describe("rules", () => {
  for (const [reason, source, expected, around] of about)
    it(reason, () => assertFindings(validate(source, around).findings, expected));

  it("hints name what was meant", () => {
    const hintOf = (test: string) => validate(withFlow(test)).findings[0]?.hint;
    assert.equal(hintOf(change(TEST, "flow: main-menu", "flow: mian-menu")), 'Did you mean "main-menu"?');
    assert.equal(hintOf(change(TEST, "avoids: [node_queue]", "avoids: [node_quue]")), 'Did you mean "node_queue"?');
    assert.equal(hintOf(change(TEST, '{ dtmf: "9" }', '{ dmtf: "9" }')), 'Did you mean "dtmf"?');
    assert.match(hintOf(change(TEST, '{ dtmf: "9" }', '{ vip: "9" }')) ?? "", /ask for: dtmf\./);
    assert.match(hintOf(change(TEST, '{ dtmf: "9" }', "{ dtmf: 9 }")) ?? "", /^Write "9":/);
    assert.match(hintOf(change(TEST, '{ dtmf: "9" }', '{ dtmf: ["9", "1"] }')) ?? "", /ends at node_end.*[Ll]eave/);
    const large = validate(
      withFlow(change(TEST, '{ dtmf: "9" }', "{ tries: -1e400 }"), change(FLOW, "dtmf == '1'", "tries > 2")),
      { severities: { "test/failed": "off", "test/unknown-name": "off", "flow/missing-fallback": "off" } },
    );
    assert.deepEqual(
      large.findings.map(({ hint }) => hint),
      ["Give a number that is smaller, without quotes."],
    );
  });
});

describe("a case that fails", () => {
  const broken = change(FLOW, "when: \"dtmf == '1'\"", "when: \"dtmf == '9'\"");

  it("is an error at its place, and prints the way with what decided", () => {
    const { findings } = validate(withFlow(TEST, broken));
    assertFindings(findings, [
      [
        "test/failed 7:7",
        /^case "one goes to billing" fails: the call goes from node_menu to node_end instead of node_queue$/,
      ],
      ["test/failed 10:7", /^case "anything else hangs up" fails: the call visits node_queue, and should not$/],
    ]);
    assert.deepEqual(findings[0]?.hint?.split("\n"), [
      "The call went:",
      "  node_start → node_menu  always",
      "  node_menu → node_end    fallback, for no condition holds (dtmf is '1')",
      "  node_end                the call ends",
    ]);
    assert.equal(findings[0]?.file, "b-test.yaml");
  });

  it("has the severity that the configuration sets", () => {
    const { findings, tests } = validate(withFlow(TEST, broken), { severities: { "test/failed": "off" } });
    assert.deepEqual(findings, []);
    assert.deepEqual(
      tests()[0]?.cases.map(({ verdict }) => verdict),
      ["failed", "failed"],
    );
  });

  it("is not run on a flow that has errors: they are told instead", () => {
    const { findings, tests } = validate(
      withFlow(TEST, change(broken, "to: node_end, type: fallback", "to: node_edn, type: fallback")),
    );
    assertFindings(findings, [["flow/unknown-node 16:30", /node_edn/]]);
    assert.deepEqual(
      tests()[0]?.cases.map(({ verdict, reasons }) => [verdict, reasons]),
      [
        ["not-run", ["the flow has errors of its own"]],
        ["not-run", ["the flow has errors of its own"]],
      ],
    );
  });

  it("nor on one that does not fit the schema", () => {
    const { findings, tests } = validate(withFlow(TEST, change(FLOW, "  start: node_start\n", "")));
    assertFindings(findings, [["manifest/schema 5:3", /`start` is missing/]]);
    assert.equal(tests()[0]?.cases[0]?.verdict, "not-run");
  });
});

describe("tenants", () => {
  const onlyDev = change(FLOW, "{ name: main-menu }", "{ name: main-menu, tenants: [dev] }");
  const forBoth = change(TEST, "{ name: main-menu-paths }", "{ name: main-menu-paths, tenants: [dev, prod] }");
  const known = { knownTenants: ["dev", "prod"] };

  it("a test runs where its flow is, and nowhere else", () => {
    const dev = validate(withFlow(TEST, onlyDev), { ...known, tenant: "dev" });
    const prod = validate(withFlow(TEST, onlyDev), { ...known, tenant: "prod" });
    assert.deepEqual([dev.findings, prod.findings], [[], []]);
    assert.deepEqual([dev.tests().length, prod.tests().length], [1, 0]);
  });

  it("a test that names tenants must have its flow in each", () => {
    const { findings } = validate(withFlow(forBoth, onlyDev), { ...known, tenant: "prod" });
    assertFindings(findings, [["test/unknown-flow 5:9", /for every tenant of this test/]]);
    assert.deepEqual(validate(withFlow(forBoth, onlyDev), { ...known, tenant: "dev" }).findings, []);
  });

  it("a test for another tenant is not looked at", () => {
    const onlyProd = change(forBoth, "[dev, prod]", "[prod]");
    const { findings, tests } = validate(withFlow(change(onlyProd, "ends: node_end", "ends: node_x")), {
      ...known,
      tenant: "dev",
    });
    assert.deepEqual([findings, tests()], [[], []]);
  });
});

it("is no resource: nothing plans it", () => {
  const { resources } = validate(withFlow(TEST));
  assert.deepEqual(
    resources.map(({ kind }) => kind),
    ["Flow"],
  );
});
