/** Mermaid source: its shape holds whatever the texts say, marks are told without colour, and it stays within what GitHub draws. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compareGraphs, type Graph, type MarkedGraph, markNothing } from "../../src/model/graph.ts";
import { renderMermaid } from "../../src/render/graph/mermaid.ts";
import { hostileGraph, largeGraph, sampleDiff, sampleGraph } from "./pictures.ts";

/** Letters, digits, entities and a few signs that mean nothing; never a quote, a bracket or a line's end. */
const TEXT = String.raw`(?:[\p{L}\p{N} _,='.]|#\d+;|<br/>)*`;
const LINES = [
  /^flowchart TD$/,
  new RegExp(`^accTitle: ${TEXT}$`, "u"),
  new RegExp(
    String.raw`^(n\d+|note)(\(\["${TEXT}"\]\)|\[\["${TEXT}"\]\]|\[/"${TEXT}"/\]|\{\{"${TEXT}"\}\}|\["${TEXT}"\])$`,
    "u",
  ),
  new RegExp(String.raw`^n\d+ (-->|==>|-\.->)(\|"${TEXT}"\|)? n\d+$`, "u"),
  /^classDef (added|removed|changed|note) [\w:#,\- ]+$/,
  /^class (n\d+(,n\d+)*|note) (added|removed|changed|note)$/,
  /^$/,
];

function assertShape(chart: string): void {
  for (const line of chart.split("\n"))
    assert.ok(
      LINES.some((pattern) => pattern.test(line)),
      JSON.stringify(line),
    );
}

describe("untrusted texts", () => {
  it("keep the chart's shape, whatever they are", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string());
    fc.assert(
      fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 5 }), text, text, (ids, one, other) => {
        const graph: Graph = {
          title: one,
          nodes: ids.map((id) => ({
            id,
            type: other,
            role: "step",
            properties: { [one]: other, other: [one, { one }] },
          })),
          edges: ids.map((id) => ({ from: id, to: ids[0] ?? id, label: one })),
        };
        assertShape(renderMermaid(markNothing(graph)));
        assertShape(renderMermaid(compareGraphs({ ...graph, nodes: [], edges: [] }, graph)));
      }),
    );
  });

  it("keep it when they mean something to mermaid", () => {
    assertShape(renderMermaid(hostileGraph()));
  });

  it("lose what mermaid would make a formula or an icon of", () => {
    const chart = renderMermaid(hostileGraph());
    assert.doesNotMatch(chart, /#36;#36;/);
    assert.doesNotMatch(chart, /fa#58;fa/);
  });

  it("of characters that cannot be shown, escapes are", () => {
    assert.match(renderMermaid(hostileGraph()), /#92;u202egnp\.exe#92;u0007/);
  });
});

describe("the sample's difference", () => {
  const chart = renderMermaid(sampleDiff());
  const lines = chart.split("\n");
  const nameOf = (id: string) => lines.find((line) => line.includes(`${id}<br/>`))?.match(/^n\d+/)?.[0];

  it("says with signs, borders and lines what is added, removed and changed", () => {
    assert.ok(lines.some((line) => line.includes(`"#43;#160;node_queue_solar<br/>`)));
    assert.ok(lines.some((line) => line.includes(`"#8722;#160;node_broadcast<br/>`)));
    assert.ok(lines.some((line) => line.includes(`"#126;#160;node_queue_03<br/>`)));
    assert.ok(lines.includes(`${nameOf("node_dtmf_02")} ==>|"#43;#160;dtmf == '5'"| ${nameOf("node_queue_solar")}`));
    assert.ok(lines.includes(`${nameOf("node_dtmf_02")} -.->|"#8722;#160;dtmf == '2'"| ${nameOf("node_to_outage")}`));
    assert.ok(lines.includes(`${nameOf("node_hours")} --> ${nameOf("node_dtmf_02")}`));
    for (const mark of ["added", "removed"]) assert.match(chart, new RegExp(`^classDef ${mark} .*stroke-width`, "m"));
    assert.ok(lines.includes(`class ${nameOf("node_queue_solar")} added`));
    assert.ok(lines.includes(`class ${nameOf("node_broadcast")} removed`));
    assert.ok(lines.includes(`class ${nameOf("node_dtmf_02")},${nameOf("node_queue_03")} changed`));
  });

  it("says what a changed node was and will be", () => {
    assert.match(chart, /skill#58; Billing #8594; Billing#45;Tier#45;1<br\/>priority#58; 5 #8594; 7/);
  });

  it("is the same text each time", () => {
    assert.equal(renderMermaid(sampleDiff()), chart);
  });
});

describe("a long text that changes", () => {
  const graphOf = (key: string, prompt: string): Graph => ({
    title: "",
    nodes: [{ id: "n", type: "a", role: "step", properties: { [key]: prompt } }],
    edges: [],
  });
  const cases: readonly (readonly [what: string, key: string, live: string, desired: string, shown: RegExp])[] = [
    ["wholly", "prompt", "old ".repeat(60), "new ".repeat(60), /prompt: (old ){5,}.*… → (new ){5,}.*…/],
    ["into a short one", "prompt", "old ".repeat(60), "Hello.", /prompt: (old ){9,}.*… → Hello\./],
    ["in one word without spaces", "url", `${"x".repeat(90)}one`, `${"x".repeat(90)}two`, /url: …x+one → …x+two/],
    ["under a long name", "k".repeat(90), "old ".repeat(60), "new ".repeat(60), /k… *: old.*… → new/],
  ];
  for (const [what, key, live, desired, shown] of cases) {
    it(`${what}: both of its sides are in the node's line`, () => {
      const chart = renderMermaid(compareGraphs(graphOf(key, live), graphOf(key, desired)));
      const [, , line = ""] = /^n0\["(.*)"\]$/m.exec(chart)?.[1]?.split("<br/>") ?? [];
      const said = line.replace(/#(\d+);/g, (_, point: string) => String.fromCodePoint(Number(point)));
      assert.match(said, shown);
      assert.ok(said.length <= 64, `${said.length} characters`);
    });
  }
});

it("a graph with nothing to compare has no marks", () => {
  const chart = renderMermaid(markNothing(sampleGraph()));
  assert.doesNotMatch(chart, /^class|==>|-\.->/m);
  assertShape(chart);
});

describe("what is too large", () => {
  const inMiddle = (count: number): MarkedGraph => {
    const live = largeGraph(count);
    const changed = live.nodes.map((node) =>
      node.id === "node_50" ? { ...node, properties: { prompt: "Something else." } } : node,
    );
    return compareGraphs(live, { ...live, nodes: changed });
  };

  it("a difference of 60 nodes is drawn whole, one of 61 only where something changes", () => {
    const whole = renderMermaid(inMiddle(60));
    assert.match(whole, /node_0<br/);
    assert.doesNotMatch(whole, /^note/m);
    const narrowed = renderMermaid(inMiddle(61));
    assertShape(narrowed);
    for (const id of ["node_49", "node_50", "node_51"]) assert.match(narrowed, new RegExp(`${id}<br`));
    assert.doesNotMatch(narrowed, /node_0<br/);
    assert.match(narrowed, /^note\["only what changes and its neighbours is drawn#59; nodes left out#58; \d+/m);
  });

  it("an added connection counts as a change of both its ends", () => {
    const live = largeGraph(100);
    const edge = { from: "node_3", to: "node_97", label: "dtmf == '9'" };
    const narrowed = renderMermaid(compareGraphs(live, { ...live, edges: [...live.edges, edge] }));
    for (const id of ["node_3", "node_97"]) assert.match(narrowed, new RegExp(`${id}<br`));
    assert.doesNotMatch(narrowed, /node_50<br/);
    assert.match(narrowed, /==>/);
  });

  for (const [what, graph] of [
    ["2,000 nodes that are all new", compareGraphs(undefined, largeGraph(2000))],
    ["2,000 nodes without a change", markNothing(largeGraph(2000))],
    ["few nodes and 5,000 connections", manyEdges(5000)],
  ] as const) {
    it(`${what}: cut to what GitHub draws`, () => {
      const chart = renderMermaid(graph);
      assertShape(chart);
      assert.ok(chart.length <= 45_000, `${chart.length} characters`);
      assert.ok(chart.split("\n").filter((line) => /^n\d+ (-->|==>)/.test(line)).length <= 450);
      assert.ok(chart.split("\n").filter((line) => /^n\d+[^\w ]/.test(line)).length <= 150);
      assert.match(chart, /^note\["only (a part of what changes|the beginning) is drawn/m);
    });
  }

  function manyEdges(count: number): MarkedGraph {
    const graph = largeGraph(60);
    const edges = Array.from({ length: count }, (_, index) => ({
      from: `node_${index % 60}`,
      to: `node_${(index * 7) % 60}`,
      label: `x == ${index}`,
    }));
    return markNothing({ ...graph, edges });
  }
});
