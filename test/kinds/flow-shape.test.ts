import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { buildCallGraph, findCycles } from "../../src/kinds/flow/call-graph.ts";
import { assertFindings, change, connect, FLOW, type Row, validate } from "./manifests.ts";

const byDigit = `    - { from: node_menu, to: node_queue, when: "dtmf == '1'" }\n`;
const last = "    - { from: node_queue, to: node_end }\n";

const shape: readonly Row[] = [
  ["no start node", change(FLOW, "type: start }", "type: decision }"), [["flow/start 9:5", /no node of type start/]]],
  [
    "two start nodes",
    change(FLOW, "type: decision }", "type: start }"),
    [["flow/start 10:30", /2 nodes of type start: node_start, node_menu/]],
  ],
  [
    "start names another node, and what only the start node reaches is unreachable",
    change(FLOW, "start: node_start", "start: node_menu"),
    [
      ["flow/start 7:10", /`start` names "node_menu", which is not the node of type start/],
      ["flow/unreachable 9:13", /no call can reach node "node_start" from "node_menu"/],
    ],
  ],
  [
    "start names nothing: one finding, not one for each node",
    change(FLOW, "start: node_start", "start: node_strat"),
    [["flow/start 7:10", /"node_strat"/]],
  ],
  [
    "a connection to an unknown node",
    connect(`from: node_menu, to: node_quue, when: "dtmf == '7'"`),
    [["flow/unknown-node 18:30", /leads to "node_quue", which is no node of this flow/]],
  ],
  [
    "a connection from an unknown node",
    connect("from: node_x, to: node_end"),
    [["flow/unknown-node 18:15", /leaves "node_x"/]],
  ],
  [
    "a connection that leaves a terminal node",
    change(FLOW, "type: decision, properties: { skill: Billing }", "type: terminal"),
    [["flow/terminal-leaves 17:15", /leaves the terminal node "node_queue"/]],
  ],
  [
    "a node that no call reaches",
    change(FLOW, byDigit, ""),
    [["flow/unreachable 11:13", /no call can reach node "node_queue" from "node_start"/]],
  ],
  [
    "an island of two is unreachable however well it is connected",
    `${change(
      FLOW,
      "    - { id: node_end,",
      "    - { id: node_a, type: x }\n    - { id: node_b, type: terminal }\n    - { id: node_end,",
    )}    - { from: node_a, to: node_b }\n`,
    [
      ["flow/unreachable 12:13", /"node_a"/],
      ["flow/unreachable 13:13", /"node_b"/],
    ],
  ],
  [
    "calls end at a node that is not terminal",
    change(FLOW, last, ""),
    [["flow/dead-end 11:13", /calls end at node "node_queue", which is not of type terminal/]],
  ],
  [
    "calls end at a terminal node",
    change(change(FLOW, last, ""), "type: decision, properties: { skill: Billing }", "type: terminal"),
    [],
  ],
];

const cycles: readonly Row[] = [
  [
    "a cycle of one",
    connect(`from: node_menu, to: node_menu, when: "dtmf == '7'"`),
    [["flow/cycle 18:7", /circle: node_menu → node_menu$/]],
  ],
  [
    "a cycle of two: told at the connection that closes it",
    connect(`from: node_queue, to: node_menu, when: "dtmf == '7'"`),
    [["flow/cycle 18:7", /circle: node_menu → node_queue → node_menu$/]],
  ],
  [
    "a cycle of three, back to the start",
    connect(`from: node_queue, to: node_start, when: "dtmf == '7'"`),
    [["flow/cycle 14:7", /circle: node_menu → node_queue → node_start → node_menu$/]],
  ],
  [
    "two knots: one cycle of each",
    connect(
      `from: node_menu, to: node_menu, when: "dtmf == '7'"`,
      `from: node_queue, to: node_queue, when: "dtmf == '7'"`,
    ),
    [
      ["flow/cycle 18:7", /node_menu → node_menu$/],
      ["flow/cycle 19:7", /node_queue → node_queue$/],
    ],
  ],
  [
    "two cycles in one knot: the shortest is told",
    connect(
      `from: node_queue, to: node_start, when: "dtmf == '7'"`,
      `from: node_queue, to: node_menu, when: "dtmf == '8'"`,
    ),
    [["flow/cycle 19:7", /node_menu → node_queue → node_menu$/]],
  ],
  ["two ways to one node are no cycle", connect(`from: node_start, to: node_queue, when: "dtmf == '7'"`), []],
  [
    "names of prototypes in a cycle, with the prefix rule off",
    FLOW.replaceAll("node_menu", "constructor").replaceAll("node_queue", "toString") +
      `    - { from: toString, to: constructor, when: "dtmf == '7'" }\n`,
    [["flow/cycle 18:7", /constructor → toString → constructor$/]],
    { severities: { "flow/node-prefix": "off" } },
  ],
  [
    "of two cycles of one length the same is told, whatever the order of connections",
    connect(
      `from: node_queue, to: node_start, when: "dtmf == '7'"`,
      `from: node_menu, to: node_other, when: "dtmf == '8'"`,
      "from: node_other, to: node_start",
    ).replace("    - { id: node_end,", "    - { id: node_other, type: x }\n    - { id: node_end,"),
    [["flow/cycle 15:7", /node_menu → node_other → node_start → node_menu$/]],
  ],
];

for (const [name, rows] of Object.entries({ shape, cycles })) {
  describe(`flow: ${name}`, () => {
    for (const [reason, source, expected, around] of rows) {
      it(reason, () => assertFindings(validate(source, around).findings, expected));
    }
  });
}

it("of two shortest cycles the same is told, whatever the order of connections", () => {
  const ids = ["a", "b", "c", "d", "e"];
  const nodes = ids.map((id) => `    - { id: node_${id}, type: x }\n`).join("");
  const head = `${FLOW.slice(0, FLOW.indexOf("    - { id:"))}${nodes}  connections:\n`;
  const lines = ["a b", "b c", "b d", "c e", "d e", "e a"].map((line, index) => {
    const [from, to] = line.split(" ");
    return `    - { from: node_${from}, to: node_${to}, when: "k == ${index}" }\n`;
  });
  const cyclesIn = (list: readonly string[]) =>
    validate(head + list.join("")).findings.flatMap(({ rule, message }) => (rule === "flow/cycle" ? [message] : []));
  const said = ["callers can go round in a circle: node_a → node_b → node_c → node_e → node_a"];
  assert.deepEqual(cyclesIn(lines), said);
  assert.deepEqual(cyclesIn(lines.toReversed()), said);
});

it("the order of nodes and connections never changes what is said", () => {
  const ids = ["node_start", "node_menu", "node_queue", "node_end", "node_x"];
  const node = fc.constantFrom(...ids);
  const connections = fc.uniqueArray(fc.record({ from: node, to: node }), {
    maxLength: 9,
    selector: ({ from, to }) => `${from} ${to}`,
  });
  const withOrders = connections.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  const say = (list: readonly { from: string; to: string }[]) => {
    const lines = list.map(
      ({ from, to }, index) =>
        `    - { from: ${from}, to: ${to}, when: "k == ${ids.indexOf(from) * 9 + ids.indexOf(to)}" } # ${index}\n`,
    );
    const head = FLOW.slice(0, FLOW.indexOf("    - { from:"));
    const text =
      change(head, "    - { id: node_end,", "    - { id: node_x, type: x }\n    - { id: node_end,") +
      (lines.join("") || "    []\n");
    return validate(text)
      .findings.map(({ rule, message }) => `${rule} ${message}`)
      .sort();
  };
  fc.assert(fc.property(withOrders, ([list, shuffled]) => assert.deepEqual(say(shuffled), say(list))));
});

it("a circle is told exactly where some node leads back to itself", () => {
  const ids = ["node_a", "node_b", "node_c", "node_d", "node_e", "node_f"];
  const node = fc.constantFrom(...ids);
  const seen = { circular: 0, straight: 0 };
  const check = (edges: readonly { readonly from: string; readonly to: string }[]) => {
    const isCircular = ids.some((id) => leadsTo(edges, id, id));
    const cycles = findCycles(buildCallGraph(ids, [...edges, { from: "node_a", to: "nowhere" }]));
    assert.equal(cycles.length > 0, isCircular);
    for (const cycle of cycles) {
      assert.equal(cycle.at(0), cycle.at(-1));
      const steps = cycle.slice(1).map((to, index) => ({ from: cycle[index], to }));
      assert.ok(steps.every((step) => edges.some(({ from, to }) => from === step.from && to === step.to)));
    }
    seen[isCircular ? "circular" : "straight"] += 1;
  };
  fc.assert(fc.property(fc.array(fc.record({ from: node, to: node }), { maxLength: 9 }), check), { numRuns: 500 });
  assert.ok(seen.circular > 50 && seen.straight > 50, "both happen");
});

/** Whether some way of one connection or more goes from one node to the other. */
function leadsTo(edges: readonly { readonly from: string; readonly to: string }[], from: string, to: string): boolean {
  const open = [from];
  const left = new Set(edges);
  for (const id of open) {
    for (const edge of left) {
      if (edge.from !== id) continue;
      if (edge.to === to) return true;
      left.delete(edge);
      open.push(edge.to);
    }
  }
  return false;
}
