/** Graphs to draw: the sample's largest flow, an edit of it as a reviewer would meet it, and texts that try to break out. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KINDS } from "../../src/kinds/registry.ts";
import { compareGraphs, type Graph, type GraphEdge, type GraphNode, type MarkedGraph } from "../../src/model/graph.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { parseYaml } from "../../src/source/yaml.ts";
import { validateDocuments } from "../../src/validate/validate.ts";

const MAIN_MENU = fileURLToPath(new URL("../../manifests/flows/main-menu.yaml", import.meta.url));

/** manifests/flows/main-menu.yaml as it would be on a tenant that has nothing yet, drawn. */
export function sampleGraph(): Graph {
  return graphOfManifest(readFileSync(MAIN_MENU, "utf8"));
}

export function graphOfManifest(text: string): Graph {
  const { documents } = parseYaml(text, { file: "main-menu.yaml" });
  const [resource] = validateDocuments({
    documents,
    kinds: KINDS,
    tenant: null,
    knownTenants: null,
    variables: {},
    env: {},
    severities: {},
    secrets: new Secrets(),
    lastApplied: () => undefined,
  }).resources;
  const graph = resource?.graphOf(resource.compose(undefined, []));
  assert.ok(graph !== undefined);
  return graph;
}

/** Key 5 now leads to a new desk, nobody hears the broadcast any more, and two prompts change. */
export function sampleDiff(): MarkedGraph {
  const live = sampleGraph();
  const nodes = live.nodes
    .filter(({ id }) => id !== "node_broadcast")
    .map((node) =>
      withProperties(node, {
        node_dtmf_02: { timeoutSeconds: 8, prompt: `${String(node.properties["prompt"])} For solar power, press 5.` },
        node_queue_03: { skill: "Billing-Tier-1", priority: 7 },
      }),
    );
  const desk: GraphNode = {
    id: "node_queue_solar",
    type: "decision",
    role: "decision",
    properties: { action: "queue", skill: "Solar", priority: 4 },
  };
  const edges = live.edges
    .filter(({ from, to }) => from !== "node_broadcast" && to !== "node_broadcast")
    .map((edge) =>
      edge.to === "node_to_outage" && edge.from === "node_dtmf_02" ? { ...edge, label: "dtmf in ['2', '9']" } : edge,
    );
  const added: readonly GraphEdge[] = [
    { from: "node_dtmf_02", to: desk.id, label: "dtmf == '5'" },
    { from: desk.id, to: "node_survey_offer", label: "" },
  ];
  return compareGraphs(live, { ...live, nodes: [...nodes, desk], edges: [...edges, ...added] });
}

function withProperties(node: GraphNode, byId: Readonly<Record<string, GraphNode["properties"]>>): GraphNode {
  return { ...node, properties: { ...node.properties, ...byId[node.id] } };
}

/** Texts that mean something to mermaid, HTML, XML, markdown or a terminal. */
export const HOSTILE: readonly string[] = [
  `"]; click n0 "javascript:alert(1)"`,
  "end",
  "a --> b",
  "]]>",
  "`**bold**`",
  "#quot; #35; &lt;b&gt; &#60;",
  "ﬂ°°60¶ß",
  "1. first",
  "- item",
  "<img src=x onerror=alert(1)>",
  "</text></svg><script>alert(1)</script>",
  "style n0 fill:#ff0000;",
  "classDef x fill:#ff0000;",
  "%%{init: {'theme':'dark'}}%%",
  "--- title: x ---",
  "$$x^2$$",
  "fa:fa-car",
  "a\nb\r\nc\u2028d",
  "\u202egnp.exe\u0007\u001b[31m",
  "\ud800 half a pair, \ufffe\uffff no characters",
  "日本語のメニュー ﷽ 👩‍👩‍👧‍👦 e\u0301",
  "x|y{z}(w)[v]>u/t\\",
  "",
  "__proto__",
  "graph TD; subgraph s",
];

/** Every hostile text as an id, a type, a key, a value and a label. */
export function hostileGraph(): MarkedGraph {
  const ids = HOSTILE.map((text, index) => (text === "__proto__" || text === "" ? text : `${text} ${index}`));
  const nodeOf = (id: string, index: number, more: string): GraphNode => ({
    id,
    type: HOSTILE[index] ?? "",
    role: (["start", "end", "mail", "decision", "step"] as const)[index % 5] ?? "step",
    properties: Object.fromEntries([[HOSTILE[index] ?? "", `${HOSTILE[index]}${more}`]]),
  });
  const edges = ids.map((id, index) => ({
    from: id,
    to: ids[(index + 1) % ids.length] ?? id,
    label: HOSTILE[index] ?? "",
  }));
  const live: Graph = { title: HOSTILE.join(" "), nodes: ids.map((id, index) => nodeOf(id, index, "")), edges };
  const changed = ids.map((id, index) => nodeOf(id, index, index % 2 === 0 ? " !" : ""));
  return compareGraphs(live, { ...live, nodes: changed.slice(0, -2), edges: edges.slice(0, -4) });
}

/** A graph of so many nodes, each with ways to some of those after it. */
export function largeGraph(count: number): Graph {
  const nodes = Array.from(
    { length: count },
    (_, index): GraphNode => ({
      id: `node_${index}`,
      type: "decision",
      role: "decision",
      properties: { prompt: `This is what callers hear at number ${index}.` },
    }),
  );
  const edges = nodes.flatMap((_, index) =>
    [1, 3, 7]
      .filter((step) => index + step < count && index % step === 0)
      .map((step) => ({
        from: `node_${index}`,
        to: `node_${index + step}`,
        label: step === 1 ? "" : `dtmf == '${step}'`,
      })),
  );
  return { title: `${count} nodes`, nodes, edges };
}
