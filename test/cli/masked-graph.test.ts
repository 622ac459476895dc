/** Graphs that may be shown: no secret in any part of them, and still the graph of what was compared. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { compareMasked } from "../../src/cli/drawing/masked-graph.ts";
import { maskJson } from "../../src/engine/mask.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { MASK, Secrets } from "../../src/model/secrets.ts";
import { FLOW, resourceOf } from "../kinds/manifests.ts";

const secrets = new Secrets();
for (const secret of ["planted-key", "terminal-x", "nodes"]) secrets.add(secret);
const flow = resourceOf(FLOW);

const compare = (live: JsonObject | undefined, desired: JsonObject | undefined) =>
  compareMasked({
    live,
    desired,
    draw: (document) => flow.graphOf(document),
    mask: (value) => maskJson(value, secrets),
  });

const documentOf = (more: JsonObject): JsonObject => ({
  name: "planted-key flow",
  nodes: [
    { id: "planted-key-1", type: "start", properties: { "planted-key": ["planted-key"], a: { "planted-key": 1 } } },
    { id: "b", type: "decision", ...more },
  ],
  connections: [
    { source_node_id: "planted-key-1", target_node_id: "b", condition: "x == 'planted-key'", type: "conditional" },
    { source_node_id: "b", target_node_id: "planted-key-gone" },
  ],
});

it("ids, types, keys, values, conditions and the title are masked, and edges still lead to nodes", () => {
  const graph = compare(undefined, documentOf({}));
  assert.doesNotMatch(JSON.stringify(graph), /planted/);
  assert.equal(graph.title, `${MASK} flow`);
  assert.deepEqual(
    graph.nodes.map(({ id, role }) => [id, role]),
    [
      [`${MASK}-1`, "start"],
      ["b", "decision"],
      [`${MASK}-gone`, "step"],
    ],
  );
  const ids = new Set(graph.nodes.map(({ id }) => id));
  assert.ok(graph.edges.every(({ from, to }) => ids.has(from) && ids.has(to)));
});

it("a word of the document's own form that is somebody's secret does not empty the picture", () => {
  assert.equal(compare(undefined, documentOf({})).nodes.length, 3);
});

it("what differs under its mask is marked, and both sides are masked", () => {
  secrets.add("planted-other");
  const key = (value: string) => documentOf({ properties: { key: value } });
  const graph = compare(key("planted-key"), key("planted-other"));
  assert.deepEqual(
    graph.nodes.map(({ mark }) => mark),
    ["same", "changed", "same"],
  );
  assert.deepEqual([graph.nodes[1]?.properties, graph.nodes[1]?.live?.properties], [{ key: MASK }, { key: MASK }]);
  assert.equal(compare(key("planted-key"), key("planted-key")).nodes[1]?.mark, "same");
});

it("edges that come and go keep their marks under their masks", () => {
  const to = (condition: string): JsonObject => {
    const connection = { source_node_id: "b", target_node_id: "planted-key-1", condition, type: "conditional" };
    return { ...documentOf({}), connections: [connection] };
  };
  const { edges } = compare(to("x == 'planted-key'"), to("y"));
  assert.deepEqual(edges, [
    { from: "b", to: `${MASK}-1`, label: "y", mark: "added" },
    { from: "b", to: `${MASK}-1`, label: `x == '${MASK}'`, mark: "removed" },
  ]);
});

it("a document that is not there", () => {
  assert.ok(compare(documentOf({}), undefined).nodes.every(({ mark }) => mark === "removed"));
  assert.deepEqual(compare(undefined, undefined), { title: "", nodes: [], edges: [] });
});
