/** Texts as people write them, what is wanted of them, and every byte of what becomes of them. */
import type { Json } from "../../src/model/json.ts";

interface Example {
  readonly why: string;
  readonly text: string;
  readonly document?: number;
  readonly wanted: Json;
  readonly edited: string;
}

export const EXAMPLES: readonly Example[] = [
  {
    why: "a scalar keeps its quotes, and the comment behind it",
    text: "a: 1 # one\nb: 'x' # two\nc: \"y\"\nd: plain\n",
    wanted: { a: 2, b: "it's", c: 'say "hi"', d: "yes" },
    edited: 'a: 2 # one\nb: \'it\'\'s\' # two\nc: "say \\"hi\\""\nd: "yes"\n',
  },
  {
    why: "what changes in a pair of brackets changes there",
    text: "nodes:\n  - { id: a, type: start } # first\n  - { id: b, type: end }\n",
    wanted: {
      nodes: [
        { id: "a", type: "decision", properties: { skill: "Billing" } },
        { id: "b", type: "end" },
      ],
    },
    edited: "nodes:\n  - { id: a, type: decision, properties: { skill: Billing } } # first\n  - { id: b, type: end }\n",
  },
  {
    why: "a new item is written like the others, and stands where it is wanted",
    text: "nodes:\n  - { id: a, type: start } # first\n\n  # the last one\n  - { id: b, type: end }\nname: x\n",
    wanted: {
      nodes: [{ id: "a", type: "start" }, { id: "n", type: "play" }, { id: "b", type: "end" }, { id: "c" }],
      name: "x",
    },
    edited:
      'nodes:\n  - { id: a, type: start } # first\n  - { id: "n", type: play }\n\n  # the last one\n  - { id: b, type: end }\n  - { id: c }\nname: x\n',
  },
  {
    why: "brackets become lines when a new key makes the line too long, and the comment stays on the first",
    text: `nodes:\n  - { id: node_menu, type: decision, properties: { prompt: "To pay a bill, press 1." } } # asks\n`,
    wanted: {
      nodes: [
        {
          id: "node_menu",
          type: "decision",
          properties: { prompt: "To pay a bill, press 1.", repeat: "To hear this again, press 9." },
        },
      ],
    },
    edited: `nodes:
  - id: node_menu # asks
    type: decision
    properties: { prompt: "To pay a bill, press 1.", repeat: "To hear this again, press 9." }
`,
  },
  {
    why: "a longer text stays on its line, however long that gets",
    text: `- { id: node_menu, type: decision, properties: { prompt: "Press 1." } } # asks\n`,
    wanted: [{ id: "node_menu", type: "decision", properties: { prompt: "Press 1, ".repeat(14) } }],
    edited: `- { id: node_menu, type: decision, properties: { prompt: "${"Press 1, ".repeat(14)}" } } # asks\n`,
  },
  {
    why: "a new key stands behind its siblings, as far in as they are",
    text: 'metadata:\n    name: x # the name\n    # ours\n    labels: { team: a, tier: "1" }\n\nspec: {}\n',
    wanted: {
      metadata: { name: "x", labels: { team: "a", tier: "2" }, tenants: ["dev"] },
      spec: { a: { b: { c: [{ d: 1 }] } } },
    },
    edited:
      'metadata:\n    name: x # the name\n    # ours\n    labels: { team: a, tier: "2" }\n    tenants: [dev]\n\nspec:\n    a:\n        b:\n            c:\n              - { d: 1 }\n',
  },
  {
    why: "what is removed takes along the comment behind it, those right above it, and those below that stand further in",
    text: "a: 1\n\n# kept, for a blank line follows\n\n# about b\n# more of it\nb: # with\n  c: 1 # it\n  # and this\n# about d\nd: 1\n",
    wanted: { a: 1, d: 1 },
    edited: "a: 1\n\n# kept, for a blank line follows\n\n# about d\nd: 1\n",
  },
  {
    why: "the first key of an item goes, and the next comes up to its dash",
    text: "- id: x # gone\n  type: y\n- id: z # stays\n  # about w\n  w: 1\n",
    wanted: [{ type: "y" }, { w: 1 }],
    edited: "- type: y\n- # about w\n  w: 1\n",
  },
  {
    why: "an emptied collection says so, and takes a value again",
    text: "a:\n  b: 1 # gone\nl: # list\n  - x\nn:\ne: []\n",
    wanted: { a: {}, l: [], n: "now", e: [{ id: "a" }] },
    edited: "a: {}\nl: [] # list\nn: now\ne:\n  - { id: a }\n",
  },
  {
    why: "items are known by what they are called, so an edit inside one stays inside it",
    text: "attachments:\n  # the invoice\n  - fileId: att_1 # pdf\n    fileName: a.pdf\n  # the logo\n  - fileId: att_2 # png\n    fileName: b.png\n",
    wanted: { attachments: [{ fileId: "att_2", fileName: "logo.png" }] },
    edited: "attachments:\n  # the logo\n  - fileId: att_2 # png\n    fileName: logo.png\n",
  },
  {
    why: "a connection is known by where it leads, and a condition gets the quotes that it needs",
    text: "- { from: a, to: b }\n- { from: b, to: c, when: dtmf == '1' } # one\n\n- { from: b, to: d, type: fallback }\n",
    wanted: [
      { from: "a", to: "b" },
      { from: "b", to: "c", when: "dtmf == '2' && $x in [1, 2]" },
      { from: "b", to: "d", type: "fallback" },
      { from: "d", to: "e", when: "!$x" },
    ],
    edited:
      '- { from: a, to: b }\n- { from: b, to: c, when: "dtmf == \'2\' && $x in [1, 2]" } # one\n\n- { from: b, to: d, type: fallback }\n- { from: d, to: e, when: "!$x" }\n',
  },
  {
    why: "an item that moves keeps its spelling",
    text: "l:\n  # about a\n  - { id: a, n: 'q' }\n  - id: b\n    n: 2\n  - { id: c, m: 0x10 } # C\n",
    wanted: {
      l: [
        { id: "c", m: 16 },
        { id: "a", n: "q" },
        { id: "b", n: 2 },
      ],
    },
    edited: "l:\n  - { id: c, m: 0x10 }\n  # about a\n  - { id: a, n: 'q' }\n  - id: b\n    n: 2\n",
  },
  {
    why: "brackets over several lines keep a line for each",
    text: "n: [\n    { a: 1 }, # first\n    # second\n    { a: 2 },\n    { a: 3 } # third\n  ]\n",
    wanted: { n: [{ a: 2 }, { a: 3 }, { a: 4 }] },
    edited: "n: [\n    # second\n    { a: 2 },\n    { a: 3 }, # third\n    { a: 4 }\n  ]\n",
  },
  {
    why: "a comma behind the last item stays, and stays away",
    text: "n: [\n    x, # first\n    # second\n    y,\n  ]\nm: [1, 2, 3]\n",
    wanted: { n: ["x", "w"], m: [3] },
    edited: "n: [\n    x, # first\n    # second\n    w,\n  ]\nm: [3]\n",
  },
  {
    why: "a block of text stays one, with what is behind its mark",
    text: "p: | # said first\n    one\n    two\n\nq: >-\n  a folded text\n  of two lines\nr: 1\n",
    wanted: { p: "one\nthree\n", q: "a folded text of three lines now", r: 1 },
    edited: "p: | # said first\n    one\n    three\n\nq: >-\n  a folded text\n  of three\n  lines now\nr: 1\n",
  },
  {
    why: "a text that no block can hold is quoted, and one over several lines becomes a block",
    text: "p: |\n  one\n  two\nq: one\nr: 'one'\n",
    wanted: { p: "tab\there\n", q: "one\ntwo\n", r: "one\ntwo" },
    edited: 'p: "tab\\there\\n"\nq: |\n  one\n  two\nr: "one\\ntwo"\n',
  },
  {
    why: "only the one document changes, and no line ending",
    text: "# one\r\na: 1\r\n---\r\n# two\r\na: 2 # here\r\n...\r\n---\r\na: 3",
    document: 1,
    wanted: { a: "x", b: ["y z"] },
    edited: "# one\r\na: 1\r\n---\r\n# two\r\na: x # here\r\nb: [y z]\r\n...\r\n---\r\na: 3",
  },
  {
    why: "a byte order mark stays",
    text: "\uFEFFa: 1\n",
    wanted: { a: 2 },
    edited: "\uFEFFa: 2\n",
  },
  {
    why: "an alias stays while it means what is wanted, and is written out when it does not",
    text: "a: &x { k: 1 }\nb: *x\nc: &y 5\nd: *y\n",
    wanted: { a: { k: 2 }, b: { k: 1 }, c: 6, d: 6 },
    edited: "a: &x { k: 2 }\nb: { k: 1 }\nc: &y 6\nd: *y\n",
  },
  {
    why: "JSON stays JSON, spread as it is",
    text: '{\n  "a": 1,\n  "b": [\n    { "id": "x" },\n    { "id": "y" }\n  ]\n}\n',
    wanted: { a: 2, b: [{ id: "x", k: "v" }, { id: "z" }], c: { d: { e: 1 } } },
    edited:
      '{\n  "a": 2,\n  "b": [\n    { "id": "x", "k": "v" },\n    { "id": "z" }\n  ],\n  "c": {\n    "d": { "e": 1 }\n  }\n}\n',
  },
  {
    why: "JSON without white space gets none",
    text: '{"a":1,"b":[1,2],"c":{"d":"x"}}',
    wanted: { a: 1, b: [1, 2, 3], c: { d: "y", e: { f: [] } } },
    edited: '{"a":1,"b":[1,2,3],"c":{"d":"y","e":{"f":[]}}}',
  },
  {
    why: "keys in the long form are written anew, with nothing else",
    text: "# stays\nx: 1 # too\nodd:\n  ? a\n  : 1\n",
    wanted: { x: 1, odd: { a: 2 } },
    edited: "# stays\nx: 1 # too\nodd:\n  a: 2\n",
  },
  {
    why: "a text over several lines is quoted where the comment below would become a part of it",
    text: "a: x\n  # about a\nb: 1\n",
    wanted: { a: "one\ntwo\n", b: 1 },
    edited: 'a: "one\\ntwo\\n"\n  # about a\nb: 1\n',
  },
];
