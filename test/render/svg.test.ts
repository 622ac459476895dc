/** SVG text: well-formed and inert whatever is in the graph, marks told without colour, the same bytes each time. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compareGraphs, type Graph, type MarkedGraph, markNothing } from "../../src/model/graph.ts";
import { renderGraphHtml } from "../../src/render/graph/page.ts";
import { renderSvg } from "../../src/render/graph/svg.ts";
import { hostileGraph, largeGraph, sampleDiff, sampleGraph } from "./pictures.ts";

/** Every tag and every piece of text between tags; throws when the tags do not nest. */
function parse(svg: string): { readonly tags: ReadonlySet<string>; readonly texts: readonly string[] } {
  const open: string[] = [];
  const tags = new Set<string>();
  const texts: string[] = [];
  const parts = svg.split(/(<[^<>]*>)/);
  for (const part of parts) {
    const tag = /^<(\/?)([a-z]+)((?: [\w:-]+="[^"<>]*")*)(\/?)>$/.exec(part);
    if (tag === null) {
      assert.doesNotMatch(part, /[<>]|&(?!amp;|lt;|gt;|quot;|#39;)/, part);
      texts.push(part);
      continue;
    }
    const [, close, name = "", , isEmpty] = tag;
    tags.add(name);
    if (close === "/") assert.equal(open.pop(), name);
    else if (isEmpty === "") open.push(name);
  }
  assert.deepEqual(open, []);
  return { tags, texts };
}

const TAGS = new Set(["svg", "title", "desc", "style", "rect", "g", "path", "text"]);

function assertInert(svg: string): void {
  const { tags } = parse(svg);
  for (const tag of tags) assert.ok(TAGS.has(tag), tag);
  const rest = svg.replace("http://www.w3.org/2000/svg", "");
  assert.doesNotMatch(rest, /<[^>]*\s(on\w+|href|xlink:href)=|url\(|@import/);
  assert.doesNotMatch(svg, /(?!\n)\p{Cc}|[\ufffe\uffff]|[\u202a-\u202e\u2066-\u2069]/u);
  assert.ok(svg.isWellFormed());
}

describe("untrusted texts", () => {
  it("leave the SVG well-formed and without a script or an address, whatever they are", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string());
    fc.assert(
      fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 4 }), text, text, (ids, one, other) => {
        const graph: Graph = {
          title: one,
          nodes: ids.map((id) => ({ id, type: other, role: "mail", properties: { [one]: other, other: [one] } })),
          edges: ids.map((id) => ({ from: id, to: ids[0] ?? id, label: one })),
        };
        assertInert(renderSvg(markNothing(graph)));
        assertInert(renderSvg(compareGraphs({ ...graph, edges: [] }, { ...graph, nodes: [] })));
      }),
      { numRuns: 50 },
    );
  });

  it("that mean something elsewhere are shown as they are", () => {
    const svg = renderSvg(hostileGraph());
    assertInert(svg);
    assert.match(svg, />&lt;img src=x onerror=alert\(1\)&gt; 9</);
  });
});

describe("the sample's difference", () => {
  const svg = renderSvg(sampleDiff());
  const groupOf = (id: string) =>
    svg.match(new RegExp(`<g class="node [^"]*"><title>[^<]*${id}\n.*?</g>`, "s"))?.[0] ?? "";

  it("has a role, a name and a description", () => {
    assert.match(svg, /^<svg [^>]*role="img"/);
    const described = "nodes: 30 (1 added, 1 removed, 2 changed); connections: 49 (3 added, 3 removed)";
    assert.match(svg, new RegExp(`<title>IVR Main Menu</title><desc>${described.replace(/[()]/g, "\\$&")}</desc>`));
  });

  it("tells marks by a sign in front and by the border", () => {
    assert.match(groupOf("node_queue_solar"), /^<g class="node decision added">.*>\+\u00a0node_queue_solar</s);
    assert.match(groupOf("node_broadcast"), /^<g class="node decision removed">.*>−\u00a0node_broadcast</s);
    assert.match(
      groupOf("node_queue_03"),
      /^<g class="node decision changed">.*class="inner".*>~\u00a0node_queue_03</s,
    );
    assert.doesNotMatch(groupOf("node_hours"), /class="inner"|[+−~]\u00a0/);
    assert.match(svg, /\.node\.removed \.shape\{[^}]*stroke-dasharray/);
    assert.match(svg, /\.edge\.removed \.line\{[^}]*stroke-dasharray/);
    assert.match(svg, /\.node\.added \.shape\{[^}]*stroke-width:3\.5/);
    assert.match(svg, /<g class="edge added">/);
    assert.match(svg, /<g class="label removed">.*>−\u00a0dtmf == &#39;2&#39;</);
  });

  it("says what the signs mean, and only of those that are there", () => {
    assert.match(svg, /class="legend"[^>]*>\+ added {3}− removed {3}~ changed \(live → desired\)</);
    assert.doesNotMatch(renderSvg(markNothing(sampleGraph())), /class="legend"/);
  });

  it("shows a changed property live → desired, and the whole of it to who points at it", () => {
    assert.match(groupOf("node_queue_03"), />skill: Billing → Billing-Tier-1</);
    assert.match(groupOf("node_queue_03"), />priority: 5 → 7</);
    assert.match(
      groupOf("node_queue_03"),
      /<title>~\u00a0node_queue_03\nchanged, decision\nskill: Billing → Billing-Tier-1/,
    );
  });

  it("a long text is cut, and is whole in the title", () => {
    const prompt = "Sorry, that is not a choice. Billing, press 1. Outage or gas smell, press 2. Or stay on the line.";
    const group = groupOf("node_menu_again");
    assert.match(group, />Billing, press 1\. Outage or gas…</);
    assert.ok(group.includes(`prompt: ${prompt}`));
  });

  it("is the same bytes each time", () => {
    assert.equal(renderSvg(sampleDiff()), svg);
  });
});

describe("what a changed node says", () => {
  const change = (live: Graph["nodes"][number]["properties"], desired: typeof live, liveType = "a"): string => {
    const graph = (properties: typeof live, type: string): Graph => ({
      title: "",
      nodes: [{ id: "n", type, role: "step", properties }],
      edges: [],
    });
    const { texts } = parse(renderSvg(compareGraphs(graph(live, liveType), graph(desired, "a"))));
    return texts.filter((text) => text.trim() !== "").join("\n");
  };
  const cases: readonly (readonly [what: string, said: string, shown: string])[] = [
    ["a number that becomes a text", change({ priority: 5 }, { priority: "5" }), "priority: 5 → &quot;5&quot;"],
    ["a property that comes", change({}, { skill: "Moves" }), "+\u00a0skill: Moves"],
    ["a property that goes", change({ skill: "Moves" }, {}), "−\u00a0skill: Moves"],
    ["what is nested", change({ a: { b: [1, 2] } }, { a: { b: [1, 3] } }), "a.b.1: 2 → 3"],
    ["another type", change({}, {}, "b"), "type: b → a"],
    ["a property that is called type", change({ type: 1 }, { type: 2 }, "b"), "type: b → a\ntype: 1 → 2"],
    ["what is masked on both sides", change({ key: "(secret)" }, { key: "(secret)", x: 1 }), "+\u00a0x: 1"],
  ];
  for (const [what, said, shown] of cases) it(what, () => assert.ok(said.includes(shown), said));

  const long = (word: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${word}${index}`).join(" ");
  /** What is drawn, its lines joined; the title before it is longer. */
  const drawn = (said: string) => said.slice(said.lastIndexOf("\nprompt: ")).replaceAll("\n", " ");
  it("a long text that is rewritten shows both of its sides", () => {
    for (const count of [30, 60, 2000]) {
      const said = change({ prompt: long("old", count), x: 1 }, { prompt: long("new", count), x: 2 });
      assert.match(drawn(said), /prompt: old0 old1 .*… → new0 new1 .*… x: 1 → 2/, String(count));
    }
  });

  it("of two long texts that begin alike, it shows where they part, also behind hundreds of words or in one", () => {
    for (const start of [long("same", 20), long("same", 400), "x".repeat(90), "x".repeat(900)]) {
      const said = change(
        { prompt: `${start} one ${long("tail", 40)}` },
        { prompt: `${start} two ${long("tail", 40)}` },
      );
      assert.match(drawn(said), /prompt: ….*one tail0 .* → ….*two tail0/);
    }
  });

  it("a side that is short leaves its room to the other", () => {
    const said = drawn(change({ prompt: "Hello." }, { prompt: long("new", 20) }));
    assert.match(said, /prompt: Hello\. → new0 .* new15 /);
    assert.match(drawn(change({ prompt: "日".repeat(300) }, { prompt: "本".repeat(300) })), /日… → 本本+\s?本*/);
  });

  it("more differences than there is room for are counted", () => {
    const many = (value: number) => Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`key${index}`, value]));
    assert.match(change(many(1), many(2)), /key4: 1 → 2\n… and 4 more/);
  });
});

it("a picture that would take long to lay out is narrowed, and says so", () => {
  const many = largeGraph(50);
  const dense = { ...many, edges: Array.from({ length: 6 }, () => many.edges).flat() };
  for (const graph of [largeGraph(1000), largeGraph(121), dense]) {
    const svg = renderSvg(markNothing(graph));
    assertInert(svg);
    assert.match(
      svg,
      /class="legend"[^>]*>only the beginning is drawn; nodes left out: \d+, connections left out: \d+</,
    );
    assert.ok(svg.split('<g class="node ').length - 1 <= 120);
    assert.ok(svg.split('<g class="edge ').length - 1 <= 240);
  }
  assert.doesNotMatch(renderSvg(markNothing(largeGraph(120))), /left out/);
});

it("an id of a million characters is drawn as its beginning", () => {
  const headingOf = (id: string) => {
    const node = { id, type: "play", role: "step", properties: {} } as const;
    const svg = renderSvg(markNothing({ title: "", nodes: [node], edges: [] }));
    return [...svg.matchAll(/<text class="id"[^>]*>([^<]*)</g)].map(([, text]) => text);
  };
  for (const part of ["node_of-a:flow/", "x", "日本"]) {
    const heading = headingOf(part.repeat(200));
    assert.equal(heading.length, 3);
    assert.match(heading[2] ?? "", /…$/);
    assert.deepEqual(headingOf(part.repeat(1_000_000 / part.length)), heading);
  }
});

it("a graph with nothing in it is a picture all the same", () => {
  const nothing: MarkedGraph = { title: "", nodes: [], edges: [] };
  assertInert(renderSvg(nothing));
});

it("the page around a picture loads nothing and runs nothing but its own script", () => {
  const page = renderGraphHtml(hostileGraph());
  assert.match(page, /Content-Security-Policy" content="default-src 'none'; [^"]*script-src 'sha256-[^']+'/);
  assert.equal(page.match(/<script/g)?.length, 1);
  assert.doesNotMatch(page.replace("http://www.w3.org/2000/svg", ""), /https?:|<link|<img|\ssrc=(?!x)/);
});
