import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { valueAt } from "../../src/model/json.ts";
import { assertFindings, change, connect, FLOW, type Row, resourceOf, validate } from "./manifests.ts";

const fallback = "    - { from: node_menu, to: node_end, type: fallback }\n";
const last = "    - { from: node_queue, to: node_end }\n";

/** The id that the first connection gets, because it has none of its own. */
const derivedId = Object.keys(valueAt(resourceOf(FLOW).desired([]), "connections") ?? {})[0];

const conditional = (from: string, to: string, count: number, first = 2) =>
  Array.from({ length: count }, (_, index) => `from: ${from}, to: ${to}, when: "dtmf == '${index + first}'"`);

/** A chain of decision nodes between start and end, so that the flow has exactly `count` connections. */
function flowOf(count: number): string {
  const nodes = Array.from({ length: count - 4 }, (_, index) => `node_x${index}`);
  const way = ["node_queue", ...nodes, "node_end"];
  const steps = way.slice(1).map((to, index) => `    - { from: ${way[index]}, to: ${to} }\n`);
  const added = nodes.map((id) => `    - { id: ${id}, type: decision }\n`);
  const head = "    - { id: node_end, type: terminal }\n";
  return change(change(FLOW, last, steps.join("")), head, `${head}${added.join("")}`);
}

const ids: readonly Row[] = [
  ["the valid flow", FLOW, []],
  [
    "a node id without its prefix",
    FLOW.replaceAll("node_queue", "queue"),
    [["flow/node-prefix 11:13", /node id "queue" does not begin with "node_"/]],
  ],
  ["the prefix is enough", FLOW.replaceAll("node_queue", "node_"), []],
  [
    "a written connection id without its prefix",
    change(FLOW, "{ from: node_queue, to: node_end", "{ id: c1, from: node_queue, to: node_end"),
    [["flow/connection-prefix 17:13", /connection id "c1"/]],
  ],
  ["a written connection id", change(FLOW, "{ from: node_queue,", "{ id: conn_1, from: node_queue,"), []],
  [
    "a node id twice: the second one is told",
    change(FLOW, "    - { id: node_end, type: terminal }\n", "    - { id: node_end, type: terminal }\n".repeat(2)),
    [["flow/duplicate-node 13:13", /node id "node_end" is used twice/]],
  ],
  [
    "a connection id twice",
    change(
      change(FLOW, "{ from: node_queue,", "{ id: conn_1, from: node_queue,"),
      "{ from: node_start,",
      "{ id: conn_1, from: node_start,",
    ),
    [["flow/duplicate-connection 17:13", /connection id "conn_1" is used twice/]],
  ],
  [
    "a written id that is the derived id of another connection would hide it",
    change(FLOW, "{ from: node_queue,", `{ id: ${derivedId}, from: node_queue,`),
    [["flow/duplicate-connection 17:13", /connection id "conn_[0-9a-f]{12}" is used twice/]],
  ],
];

const limits: readonly Row[] = [
  ["exactly 50 connections", flowOf(50), []],
  [
    "51 connections: told at the 51st",
    flowOf(51),
    [["flow/too-many-connections 111:7", /51 connections.* at most 50/]],
  ],
  ["exactly 10 leaving a node", connect(...conditional("node_menu", "node_end", 8)), []],
  [
    "11 leaving a node: told at the 11th",
    connect(...conditional("node_menu", "node_end", 9)),
    [["flow/too-many-leaving 26:7", /more than 10 connections leave node "node_menu"/]],
  ],
  [
    "12 leaving a node: told once",
    connect(...conditional("node_menu", "node_end", 10)),
    [["flow/too-many-leaving 26:7", /more than 10/]],
  ],
  ["a lowered limit exactly reached", change(FLOW, "  start:", "  maxConnectionsPerNode: 2\n  start:"), []],
  [
    "a lowered limit passed",
    change(FLOW, "  start:", "  maxConnectionsPerNode: 1\n  start:"),
    [["flow/too-many-leaving 17:7", /more than 1 connections leave node "node_menu"/]],
  ],
  [
    "the limit cannot be raised",
    change(FLOW, "  start:", "  maxConnectionsPerNode: 11\n  start:"),
    [["manifest/schema 7:26", /`maxConnectionsPerNode` is too large: at most 10/]],
  ],
  ["the limit itself may be written", change(FLOW, "  start:", "  maxConnectionsPerNode: 10\n  start:"), []],
];

const conditions: readonly Row[] = [
  [
    "a condition that does not parse",
    change(FLOW, "dtmf == '1'", "dtmf = '1'"),
    [["flow/condition-syntax 15:48", /the condition `dtmf = '1'` does not parse: unexpected "=" at character 6/]],
  ],
  ["an empty condition", change(FLOW, "dtmf == '1'", ""), [["flow/condition-syntax 15:48", /is empty/]]],
  ["two expressions", change(FLOW, "dtmf == '1'", "a; b"), [["flow/condition-syntax 15:48", /several expressions/]]],
  [
    "a stray separator",
    change(FLOW, "dtmf == '1'", "dtmf == '1';"),
    [["flow/condition-syntax 15:48", /begins or ends with ";"/]],
  ],
  ["every operator of the language", change(FLOW, "dtmf == '1'", "a and not b in ['x', 2] || !($c.d >= -1)"), []],
  [
    "the same condition twice at one node",
    connect(`from: node_menu, to: node_end, when: "dtmf == '1'"`),
    [
      [
        "flow/same-condition 18:46",
        /two connections with the condition `dtmf == '1'`: to "node_queue" and to "node_end"/,
      ],
    ],
  ],
  [
    "the same condition in another spelling",
    connect(`from: node_menu, to: node_end, when: '"1"==dtmf'`),
    [["flow/same-condition 18:46", /node "node_menu" has two connections/]],
  ],
  [
    "two conditions that always hold together",
    connect(`from: node_menu, to: node_end, when: "dtmf in ['1']"`),
    [["flow/same-condition 18:46", /always hold together, `dtmf == '1'` and `dtmf in \['1'\]`/]],
  ],
  [
    "a condition that can never hold",
    connect(`from: node_menu, to: node_end, when: "dtmf == '2' && dtmf == '3'"`),
    [["warning flow/never-true 18:46", /can never hold/]],
  ],
  [
    "one that holds only where an earlier one does",
    connect(`from: node_menu, to: node_end, when: "dtmf == '1' && $contact.isVip"`),
    [
      [
        "warning flow/shadowed 18:46",
        /whenever `dtmf == '1' && \$contact.isVip` holds, `dtmf == '1'`, written before it/,
      ],
    ],
  ],
  [
    "one that holds only where one of two earlier ones does",
    connect(
      `from: node_menu, to: node_end, when: "dtmf == '2'"`,
      `from: node_menu, to: node_start, when: "dtmf in ['1', '2']"`,
    ),
    [
      ["flow/cycle 14:7", /circle/],
      ["warning flow/shadowed 19:48", /holds, `dtmf == '1'` or `dtmf == '2'`, written before it, holds too/],
    ],
  ],
  [
    "two that can hold at once",
    connect(`from: node_menu, to: node_end, when: "$contact.isVip"`),
    [
      [
        "info flow/overlap 18:46",
        /can hold at once with `dtmf == '1'` \(to "node_queue"\), for example when \$contact.isVip is true and dtmf is '1'|dtmf is '1' and \$contact.isVip is true/,
      ],
    ],
  ],
  [
    "two that can hold at once and lead to one node",
    connect(`from: node_menu, to: node_queue, when: "$contact.isVip"`),
    [],
  ],
  [
    "conditions that leave nothing out need no fallback",
    change(FLOW, fallback, `    - { from: node_menu, to: node_end, when: "dtmf != '1'" }\n`),
    [],
  ],
  [
    "conditions that leave out those who have no value",
    change(
      change(FLOW, fallback, `    - { from: node_menu, to: node_end, when: "tries >= 1" }\n`),
      "dtmf == '1'",
      "tries < 1",
    ),
    [["warning flow/missing-fallback 10:13", /no condition holds when tries has no value/]],
  ],
  ["the same condition at two nodes", connect(`from: node_queue, to: node_end, when: "dtmf == '1'"`), []],
  [
    "text and number are two conditions",
    change(connect(`from: node_menu, to: node_end, when: "tries == 1"`), "dtmf == '1'", "tries == '1'"),
    [],
  ],
  [
    "default and fallback are both unconditional",
    connect("from: node_menu, to: node_queue"),
    [["flow/same-condition 18:15", /node "node_menu" has two unconditional connections/]],
  ],
  [
    "a default with a condition",
    change(FLOW, `when: "dtmf == '1'"`, `when: "dtmf == '1'", type: default`),
    [["flow/type-condition 15:48", /a default connection has no condition, and this one has `dtmf == '1'`/]],
  ],
  [
    "a fallback with a condition",
    change(FLOW, "type: fallback }", `type: fallback, when: "a" }`),
    [["flow/type-condition 16:62", /a fallback connection has no condition/]],
  ],
  [
    "a conditional without one",
    change(FLOW, "type: fallback", "type: conditional"),
    [["flow/type-condition 16:46", /a conditional connection needs a condition of its own/]],
  ],
  [
    "a conditional that always holds",
    change(
      FLOW,
      "{ from: node_queue, to: node_end }",
      `{ from: node_queue, to: node_end, when: "true", type: conditional }`,
    ),
    [["flow/type-condition 17:61", /needs a condition/]],
  ],
  ["a conditional with one", change(FLOW, `when: "dtmf == '1'"`, `when: "dtmf == '1'", type: conditional`), []],
  [
    "a default whose condition is written out",
    change(
      FLOW,
      "{ from: node_queue, to: node_end }",
      '{ from: node_queue, to: node_end, when: "true", type: default }',
    ),
    [],
  ],
  [
    "a decision without a way out for everybody else",
    change(FLOW, fallback, `    - { from: node_menu, to: node_end, when: "dtmf == '2'" }\n`),
    [["warning flow/missing-fallback 10:13", /decision node "node_menu" has no default or fallback connection/]],
  ],
  [
    "a node that decides nothing needs none",
    change(
      change(FLOW, "type: decision }", "type: menu }"),
      fallback,
      `    - { from: node_menu, to: node_end, when: "dtmf == '7'" }\n`,
    ),
    [],
  ],
];

const keys: readonly Row[] = [
  ...[
    "dtmf == 1",
    "1 == dtmf",
    "dtmf != 1",
    "dtmf > 3",
    "dtmf in ['1', 2]",
    "!(dtmf == 2)",
    "$contact.isVip && dtmf == 2",
  ].map(
    (when): Row => [
      `a key compared with a number: ${when}`,
      change(FLOW, "dtmf == '1'", when),
      [
        [
          "warning flow/key-type 15:48",
          /compares dtmf with the number [123], and keys that a caller presses are texts/,
        ],
      ],
    ],
  ),
  ["true", change(FLOW, "dtmf == '1'", "dtmf == true"), [["warning flow/key-type 15:48", /compares dtmf with true,/]]],
  [
    "false",
    change(FLOW, "dtmf == '1'", "dtmf != false"),
    [["warning flow/key-type 15:48", /compares dtmf with false,/]],
  ],
  [
    "no text",
    change(FLOW, "dtmf == '1'", "dtmf == ''"),
    [["warning flow/key-type 15:48", /compares dtmf with an empty text/]],
  ],
  ["dtmf alone", change(FLOW, "dtmf == '1'", "dtmf"), [["warning flow/key-type 15:48", /asks whether dtmf is true/]]],
  [
    "not dtmf alone",
    change(FLOW, "dtmf == '1'", "!dtmf"),
    [["warning flow/key-type 15:48", /asks whether dtmf is true/]],
  ],
  [
    "two mistakes in one condition are two, and one that stands twice is one",
    change(FLOW, "dtmf == '1'", "dtmf == 1 || dtmf || dtmf == 1"),
    [
      ["warning flow/key-type 15:48", /`dtmf == 1`/],
      ["warning flow/key-type 15:48", /`dtmf`/],
    ],
  ],
  ["another name may be a number", change(FLOW, "dtmf == '1'", "tries == 1"), []],
  ["another name may be true", change(FLOW, "dtmf == '1'", "$contact.dtmf"), []],
  ["a key compared with another name may be anything", change(FLOW, "dtmf == '1'", "dtmf == $contact.code"), []],
  ["keys as texts", change(FLOW, "dtmf == '1'", "dtmf in ['1', '*']"), []],
];

describe("flow: keys, hints", () => {
  const hintOf = (when: string) => validate(change(FLOW, "dtmf == '1'", when)).findings[0]?.hint ?? "";
  it("say what to write", () => {
    assert.match(hintOf("dtmf == 1"), /^Write `dtmf == '1'`/);
    assert.match(hintOf("2 != dtmf"), /^Write `dtmf != '2'`|^Write `'2' != dtmf`/);
    assert.match(hintOf("dtmf in [1, '2', 3]"), /^Write `dtmf in \['1', '2', '3'\]`/);
    for (const when of ["dtmf", "dtmf == true", "dtmf == ''"]) assert.match(hintOf(when), /such as `dtmf == '1'`/);
    assert.match(hintOf("dtmf == ''"), /default or fallback/);
  });
});

for (const [name, rows] of Object.entries({ ids, limits, conditions, keys })) {
  describe(`flow: ${name}`, () => {
    for (const [reason, source, expected, around] of rows) {
      it(reason, () => assertFindings(validate(source, around).findings, expected));
    }
  });
}
