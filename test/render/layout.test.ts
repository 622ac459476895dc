/** Geometry of pictures: nothing lies on anything else, and no line runs through what is not its own. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Box, type EdgeToPlace, type Layout, layOut, type Size } from "../../src/render/graph/layout.ts";

interface Drawing {
  readonly nodes: readonly Size[];
  readonly edges: readonly EdgeToPlace[];
}

const size = (width: number, height: number): Size => ({ width, height });
const NODE = size(160, 60);
const LABEL = size(90, 19);

function overlap(left: Box, right: Box): boolean {
  const across = (left.width + right.width) / 2 - Math.abs(left.x - right.x);
  const down = (left.height + right.height) / 2 - Math.abs(left.y - right.y);
  return across > 0.2 && down > 0.2;
}

/** What lies on something else, or outside the picture. */
function collisions(layout: Layout): readonly string[] {
  const boxes = [
    ...layout.nodes.map((box, index) => ({ name: `node ${index}`, box })),
    ...layout.edges.flatMap(({ label }, index) =>
      label === undefined ? [] : [{ name: `label ${index}`, box: label }],
    ),
  ];
  const outside = boxes.filter(
    ({ box }) =>
      box.x - box.width / 2 < 0 ||
      box.y - box.height / 2 < 0 ||
      box.x + box.width / 2 > layout.width ||
      box.y + box.height / 2 > layout.height,
  );
  const pairs = boxes.flatMap((one, index) =>
    boxes.slice(index + 1).flatMap((other) => (overlap(one.box, other.box) ? [`${one.name} on ${other.name}`] : [])),
  );
  return [...outside.map(({ name }) => `${name} is outside`), ...pairs];
}

/** Nodes that a line runs through, and ends of lines that are not at their node's border. */
function strayLines({ edges }: Drawing, layout: Layout): readonly string[] {
  return layout.edges.flatMap(({ points }, index) => {
    const edge = edges[index];
    const [first, last] = [points[0], points.at(-1)];
    const [from, to] = [layout.nodes[edge?.from ?? -1], layout.nodes[edge?.to ?? -1]];
    assert.ok(first && last && from && to);
    const ends = [
      isOnBorder(first, from) ? [] : [`${index} begins apart`],
      isOnBorder(last, to) ? [] : [`${index} ends apart`],
    ];
    const through = points.slice(1).flatMap((point, at) => {
      const before = points[at] ?? point;
      const stretch: Box = {
        x: (before.x + point.x) / 2,
        y: (before.y + point.y) / 2,
        width: Math.abs(before.x - point.x) + 1,
        height: Math.abs(before.y - point.y) + 1,
      };
      return layout.nodes.flatMap((box, node) => (inside(stretch, box) ? [`${index} runs through node ${node}`] : []));
    });
    return [...ends.flat(), ...through];
  });
}

/** More than the border is met. */
function inside(stretch: Box, node: Box): boolean {
  return overlap(stretch, { ...node, width: node.width - 4, height: node.height - 4 });
}

function isOnBorder({ x, y }: { x: number; y: number }, box: Box): boolean {
  const [dx, dy] = [Math.abs(x - box.x) - box.width / 2, Math.abs(y - box.y) - box.height / 2];
  return Math.max(dx, dy) <= 0.3 && Math.abs(Math.max(dx, dy)) <= 0.3;
}

/** Lines that lie on one another while they change sides, and ends that share a place although their side has room for all of them. */
function sharedPlaces({ edges }: Drawing, layout: Layout): readonly string[] {
  const lines = layout.edges.flatMap(({ points }, index) => (edges[index]?.from === edges[index]?.to ? [] : [points]));
  const level = lines.flatMap((points, line) =>
    points.slice(1).flatMap((point, at) => {
      const before = points[at];
      return before?.y === point.y
        ? [{ line, y: point.y, low: Math.min(before.x, point.x), high: Math.max(before.x, point.x) }]
        : [];
    }),
  );
  const onTop = level.flatMap((one, index) =>
    level
      .slice(index + 1)
      .filter((other) => other.line !== one.line && other.y === one.y && other.low < one.high && one.low < other.high)
      .map((other) => `lines ${one.line} and ${other.line} at ${one.y}`),
  );
  const ends = lines.flatMap((points) => [points[0], points.at(-1)].flatMap((point) => point ?? []));
  const crowded = layout.nodes.flatMap((box, node) =>
    [-1, 1].flatMap((side) => {
      const places = ends.filter(
        (end) => isOnBorder(end, box) && Math.abs(end.y - box.y - (side * box.height) / 2) < 0.3,
      );
      const xs = places.map(({ x }) => x).toSorted((left, right) => left - right);
      const gap = Math.min(16, (box.width - 36) / Math.max(1, xs.length - 1));
      return xs.some((x, index) => index > 0 && x - (xs[index - 1] ?? x) < gap - 0.3) ? [`ends at node ${node}`] : [];
    }),
  );
  return [...onTop, ...crowded];
}

function assertTidy(drawing: Drawing): Layout {
  const layout = layOut(drawing.nodes, drawing.edges);
  assert.deepEqual(collisions(layout), []);
  assert.deepEqual(strayLines(drawing, layout), []);
  assert.deepEqual(sharedPlaces(drawing, layout), []);
  return layout;
}

it("the test itself sees what lies on something else, and lines through nodes", () => {
  const box = (x: number, y: number): Box => ({ x, y, ...NODE });
  const nodes = [box(100, 100), box(200, 120), box(100, 400), box(100, 250)];
  const edges = [
    {
      points: [
        { x: 100, y: 130 },
        { x: 100, y: 370 },
      ],
      label: { x: 350, y: 100, ...LABEL },
    },
  ];
  const layout: Layout = { nodes, edges, width: 380, height: 500 };
  assert.deepEqual(collisions(layout), ["label 0 is outside", "node 0 on node 1"]);
  const drawing = { nodes, edges: [{ from: 0, to: 2, label: LABEL }] };
  assert.deepEqual(strayLines(drawing, layout), ["0 runs through node 3"]);
});

const drawings = fc
  .record({
    nodes: fc.array(
      fc.record({ width: fc.integer({ min: 10, max: 300 }), height: fc.integer({ min: 36, max: 140 }) }),
      {
        minLength: 1,
        maxLength: 14,
      },
    ),
    edges: fc.array(
      fc.record({
        from: fc.nat(13),
        to: fc.nat(13),
        label: fc.option(
          fc.record({ width: fc.integer({ min: 10, max: 220 }), height: fc.integer({ min: 15, max: 64 }) }),
          {
            nil: undefined,
          },
        ),
      }),
      { maxLength: 26 },
    ),
  })
  .map(({ nodes, edges }): Drawing => {
    const at = (index: number) => index % nodes.length;
    return { nodes, edges: edges.map(({ from, to, label }) => ({ from: at(from), to: at(to), label })) };
  });

it("whatever the graph, nothing lies on anything else and no line runs through a node", () => {
  fc.assert(
    fc.property(drawings, (drawing) => void assertTidy(drawing)),
    { numRuns: 200 },
  );
});

describe("particular graphs", () => {
  const cases: readonly (readonly [what: string, drawing: Drawing])[] = [
    ["nothing at all", { nodes: [], edges: [] }],
    ["one node", { nodes: [NODE], edges: [] }],
    [
      "an edge back to its own node, and another",
      { nodes: [NODE], edges: [0, 1].map(() => ({ from: 0, to: 0, label: LABEL })) },
    ],
    [
      "three edges between two nodes",
      { nodes: [NODE, NODE], edges: [0, 1, 2].map(() => ({ from: 0, to: 1, label: LABEL })) },
    ],
    [
      "two nodes that lead to each other",
      {
        nodes: [NODE, NODE],
        edges: [
          { from: 0, to: 1, label: LABEL },
          { from: 1, to: 0, label: undefined },
        ],
      },
    ],
    [
      "a node with more edges than fit on its side",
      {
        nodes: [size(60, 40), ...Array.from({ length: 20 }, () => NODE)],
        edges: Array.from({ length: 20 }, (_, index) => ({ from: 0, to: index + 1, label: LABEL })),
      },
    ],
  ];
  for (const [what, drawing] of cases) it(what, () => void assertTidy(drawing));
});

it("200 nodes", () => {
  const nodes = Array.from({ length: 200 }, () => NODE);
  const edges = nodes.flatMap((_, from) =>
    [1, 4, 9]
      .filter((step) => from + step < 200 && from % step === 0)
      .map((step) => ({ from, to: from + step, label: LABEL })),
  );
  assert.ok(edges.length > 250);
  assertTidy({ nodes, edges });
});

it("the same input gives the same places", () => {
  fc.assert(
    fc.property(drawings, ({ nodes, edges }) => assert.deepEqual(layOut(nodes, edges), layOut(nodes, edges))),
    { numRuns: 20 },
  );
});

it("an arrow points to where its edge leads, also where the picture runs the other way", () => {
  const edges = [
    { from: 0, to: 1, label: undefined },
    { from: 1, to: 2, label: undefined },
    { from: 2, to: 0, label: LABEL },
  ];
  const layout = assertTidy({ nodes: [NODE, NODE, NODE], edges });
  const ups = layout.edges.filter(({ points }) => (points[0]?.y ?? 0) > (points.at(-1)?.y ?? 0));
  assert.equal(ups.length, 1, "a circle has one edge that leads up");
});

it("is the same whatever was laid out before, and another for whatever is otherwise", () => {
  const plain: EdgeToPlace = { from: 0, to: 1, label: undefined };
  const drawings: readonly Drawing[] = [
    { nodes: [NODE, NODE], edges: [plain] },
    { nodes: [NODE, NODE], edges: [] },
    { nodes: [NODE, NODE], edges: [{ ...plain, label: LABEL }] },
    { nodes: [NODE, NODE], edges: [{ ...plain, label: size(91, 19) }] },
    { nodes: [NODE, NODE], edges: [{ ...plain, from: 1, to: 0 }] },
    { nodes: [NODE, size(160, 61)], edges: [plain] },
    { nodes: [NODE, NODE, NODE], edges: [plain] },
  ];
  const first = drawings.map(({ nodes, edges }) => layOut(nodes, edges));
  assert.equal(new Set(first.map((one) => JSON.stringify(one))).size, drawings.length);
  for (let width = 100; width < 160; width += 1) layOut([size(width, 40)], []);
  assert.deepEqual(
    drawings.map(({ nodes, edges }) => layOut(nodes, edges)),
    first,
  );
});
