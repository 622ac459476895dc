import assert from "node:assert/strict";
import { test } from "node:test";
import { articleFlow, startClient } from "./client.ts";

type Flow = ReturnType<typeof articleFlow>;
type Connection = Flow["connections"][number];

function withConnection(change: Partial<Connection>): Flow {
  const flow = articleFlow();
  const connections = flow.connections.map((connection, index) =>
    index === 1 ? { ...connection, ...change } : connection,
  );
  return { ...flow, connections };
}

function withMoreConnections(count: number, leaving: boolean): Flow {
  const flow = articleFlow();
  const nodes = Array.from({ length: count }, (_, index) => ({ id: `node_x_${index}`, type: "terminal" }));
  const connections = nodes.map((node, index) => ({
    id: `conn_x_${index}`,
    source_node_id: leaving ? "node_dtmf_02" : `node_y_${index}`,
    target_node_id: node.id,
    condition: "true",
    type: "default",
  }));
  const sources = leaving ? [] : nodes.map((_, index) => ({ id: `node_y_${index}`, type: "decision" }));
  return { ...flow, nodes: [...flow.nodes, ...nodes, ...sources], connections: [...flow.connections, ...connections] };
}

const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
  [
    "a node id without its prefix",
    { ...articleFlow(), nodes: [...articleFlow().nodes, { id: "lost", type: "terminal" }] },
    /Node lost: the id must begin with node_/,
  ],
  [
    "a node id that is there twice",
    { ...articleFlow(), nodes: [...articleFlow().nodes, { id: "node_end_05", type: "terminal" }] },
    /node id node_end_05 is there twice/,
  ],
  [
    "an unknown target",
    withConnection({ target_node_id: "node_gone" }),
    /conn_000000000002: target_node_id names the unknown node node_gone/,
  ],
  [
    "an unknown source",
    withConnection({ source_node_id: "node_gone" }),
    /conn_000000000002: source_node_id names the unknown node node_gone/,
  ],
  ["a connection id without its prefix", withConnection({ id: "c2" }), /Connection c2: the id must begin with conn_/],
  [
    "a connection id that is there twice",
    withConnection({ id: "conn_000000000001" }),
    /connection id conn_000000000001 is there twice/,
  ],
  [
    "an unknown connection type",
    withConnection({ type: "maybe" }),
    /conn_000000000002: type must be one of default, conditional, fallback, and is maybe/,
  ],
  ["an empty condition", withConnection({ condition: " " }), /conn_000000000002: the condition is empty/],
  [
    "a quote that does not end",
    withConnection({ condition: "dtmf == '1" }),
    /conn_000000000002: the condition has a ' that is never closed/,
  ],
  [
    "a parenthesis that does not end",
    withConnection({ condition: "(dtmf == '1'" }),
    /conn_000000000002: the condition lacks a \)/,
  ],
  [
    "a parenthesis that does not begin",
    withConnection({ condition: "dtmf == '1')" }),
    /conn_000000000002: the condition has a \)/,
  ],
  ["51 connections", withMoreConnections(46, false), /51 connections, at most 50/],
  [
    "11 connections leaving a node",
    withMoreConnections(9, true),
    /Node node_dtmf_02: 11 connections leave it, at most 10/,
  ],
  ["a cycle of one", withConnection({ target_node_id: "node_dtmf_02" }), /Cycle: node_dtmf_02 -> node_dtmf_02/],
  [
    "a dead end that is not terminal",
    { ...articleFlow(), nodes: [...articleFlow().nodes, { id: "node_hole_06", type: "decision" }] },
    /Node node_hole_06: a dead end must be of type terminal/,
  ],
  ["no nodes", { ...articleFlow(), nodes: undefined }, /nodes must be a list/],
  ["no type", { ...articleFlow(), type: undefined }, /type must be a non-empty string/],
  ["a list instead of a flow", [], /must be a JSON object/],
  ["text that is no JSON", "{", /not JSON/],
];

for (const [why, body, message] of REFUSED) {
  test(`${why} is 422 and named`, async (context) => {
    const { call, emulator } = await startClient(context);
    const answer = await call("POST", "/api/v2/flows", { body });
    assert.equal(answer.status, 422);
    assert.match(String(answer.body.message), message);
    assert.deepEqual(emulator.state().flows, {});
  });
}

const ACCEPTED: readonly (readonly [string, unknown])[] = [
  ["50 connections", withMoreConnections(45, false)],
  ["10 connections leaving a node", withMoreConnections(8, true)],
  ["quotes and parentheses inside quotes", withConnection({ condition: `dtmf == '\\'(' && x in ["]"]` })],
  [
    "a node of a type that the seed does not know",
    {
      ...articleFlow(),
      nodes: articleFlow().nodes.map((node) => ({ ...node, type: node.type === "decision" ? "queue" : node.type })),
    },
  ],
];

for (const [why, body] of ACCEPTED) {
  test(`${why} is accepted`, async (context) => {
    const { call } = await startClient(context);
    const answer = await call("POST", "/api/v2/flows", { body });
    assert.equal(answer.status, 201, answer.text);
  });
}

test("a cycle is printed node by node", async (context) => {
  const { call } = await startClient(context);
  const body = withConnection({ source_node_id: "node_transfer_04", target_node_id: "node_dtmf_02" });
  const message = String((await call("POST", "/api/v2/flows", { body })).body.message);
  assert.match(message, /Cycle: node_dtmf_02 -> node_transfer_04 -> node_dtmf_02/);
});

test("all problems are told at once, each with the place that it is about", async (context) => {
  const { call } = await startClient(context);
  const answer = await call("POST", "/api/v2/flows", {
    body: withConnection({ condition: "", target_node_id: "node_gone" }),
  });
  assert.deepEqual(answer.body.errors, [
    {
      message: "Connection conn_000000000002: target_node_id names the unknown node node_gone",
      connection: "conn_000000000002",
    },
    { message: "Connection conn_000000000002: the condition is empty", connection: "conn_000000000002" },
  ]);
});
