/** The sentences, one situation each. A flow is written as its connections: `menu -> sales: dtmf == '1'`, `menu ~> end` for a fallback. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canonicalCondition } from "../../src/conditions/print.ts";
import { flowEffects } from "../../src/kinds/flow/effects.ts";
import { type Json, type JsonObject, objectFrom } from "../../src/model/json.ts";

const BASE = [
  "start -> menu",
  "menu -> billing: dtmf == '1'",
  "menu -> sales: dtmf == '2'",
  "menu ~> end",
  "billing -> end",
  "sales -> bye",
];

interface Version {
  readonly connections: readonly string[];
  readonly nodes?: Readonly<Record<string, JsonObject>>;
}

function part({ connections, nodes = {} }: Version): Json {
  const edges = connections.map((line) => {
    const [, from = "", arrow, to = "", condition = "true"] = /^(\S+) ([-~]>) ([^:]+?)(?:: (.+))?$/.exec(line) ?? [];
    const type = arrow === "~>" ? "fallback" : condition === "true" ? "default" : "conditional";
    return { from, to, condition: canonicalCondition(condition), type };
  });
  const leaving = new Set(edges.map(({ from }) => from));
  const ids = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const plain = [...ids].map((id): [string, Json] => [
    id,
    { type: id === "start" ? "start" : leaving.has(id) ? "decision" : "terminal" },
  ]);
  return {
    name: "Menu",
    type: "IVR",
    nodes: objectFrom([...plain, ...Object.entries(nodes)]),
    connections: objectFrom(edges.map((edge, index) => [`conn_${index}`, edge])),
  };
}

type Case = readonly [reason: string, live: Version, desired: Version, sentences: readonly string[], impact?: string];

function with_(...lines: readonly string[]): Version {
  return { connections: [...BASE, ...lines] };
}

function replaced(old: string, ...lines: readonly string[]): Version {
  assert.ok(BASE.includes(old));
  return { connections: [...BASE.filter((line) => line !== old), ...lines] };
}

const base: Version = { connections: BASE };
const node = (id: string, properties: JsonObject, type = "decision"): Version => ({
  connections: BASE,
  nodes: { [id]: { type, properties } },
});

const cases: readonly Case[] = [
  ["nothing changes", base, base, [], "cosmetic"],
  [
    "another order, another spelling",
    base,
    { connections: [...BASE.toReversed().slice(0, 4), "menu -> billing: '1'==dtmf", "start -> menu"] },
    [],
    "cosmetic",
  ],
  [
    "a moved digit",
    base,
    replaced("menu -> billing: dtmf == '1'", "menu -> billing: dtmf == '3'"),
    [
      "callers pressing 1 at menu now reach end instead of billing",
      "callers pressing 3 at menu now reach billing instead of end",
    ],
  ],
  [
    "two digits change places",
    base,
    {
      connections: [
        "start -> menu",
        "menu -> billing: dtmf == '2'",
        "menu -> sales: dtmf == '1'",
        "menu ~> end",
        "billing -> end",
        "sales -> bye",
      ],
    },
    [
      "callers pressing 1 at menu now reach sales instead of billing; their calls then end at bye instead of end",
      "callers pressing 2 at menu now reach billing instead of sales; their calls then end at end instead of bye",
    ],
  ],
  [
    "the fallback is gone",
    base,
    { connections: BASE.filter((line) => line !== "menu ~> end") },
    ["callers pressing any other key or nothing at menu are now cut off instead of reaching end"],
  ],
  [
    "a fallback where there was none",
    { connections: BASE.filter((line) => line !== "menu ~> end") },
    base,
    ["callers pressing any other key or nothing at menu now reach end instead of being cut off"],
  ],
  [
    "a removed branch",
    base,
    { connections: BASE.filter((line) => !line.includes("sales")) },
    [
      "callers pressing 2 at menu now reach end instead of sales; their calls then end at end instead of bye",
      "bye can no longer be reached",
      "sales can no longer be reached",
    ],
  ],
  [
    "a node in the way",
    base,
    replaced("start -> menu", "start -> hours", "hours -> menu"),
    ["all callers at start now pass hours before menu"],
  ],
  [
    "two nodes out of the way",
    replaced("sales -> bye", "sales -> survey", "survey -> thanks", "thanks -> bye"),
    base,
    ["all callers at sales no longer pass survey and thanks before bye"],
  ],
  [
    "a node in the way that lets not everybody through",
    base,
    replaced("start -> menu", "start -> hours", "hours -> menu: $system.isOpen", "hours ~> end"),
    ["all callers at start now reach hours instead of menu", "hours can now be reached"],
  ],
  [
    "a renamed node",
    base,
    { connections: BASE.map((line) => line.replaceAll("billing", "accounts")) },
    ["billing is now called accounts, which callers do not notice"],
    "cosmetic",
  ],
  [
    "a renamed node that leads elsewhere is another node",
    base,
    {
      connections: BASE.map((line) =>
        line.replaceAll("billing", "accounts").replace("accounts -> end", "accounts -> bye"),
      ),
    },
    [
      "callers pressing 1 at menu now reach accounts instead of billing; their calls then end at bye instead of end",
      "billing can no longer be reached",
      "accounts can now be reached",
    ],
  ],
  [
    "a property that callers hear",
    node("billing", { skill: "Billing", retry: { tries: 2 } }),
    node("billing", { skill: "Sales", retry: { tries: 3 }, music: "waltz" }),
    [
      'at billing, music is now "waltz"; it was not set',
      "at billing, retry.tries is now 3 instead of 2",
      'at billing, skill is now "Sales" instead of "Billing"',
    ],
  ],
  [
    "layout",
    node("billing", { x: 1, label: "A" }),
    node("billing", { x: 2, label: "B", notes: "moved" }),
    [],
    "cosmetic",
  ],
  ["a node that nobody comes to", base, { connections: BASE, nodes: { spare: { type: "terminal" } } }, [], "cosmetic"],
  [
    "a condition about the caller",
    base,
    with_("menu -> vip: dtmf == '2' && $contact.isVip", "vip -> bye"),
    [
      "callers pressing 2 while $contact.isVip holds at menu now reach sales or vip, undetermined which, instead of sales",
      "vip can now be reached",
    ],
  ],
  [
    "numbers are ranges",
    replaced("billing -> end", "billing -> end: $system.tries <= 2", "billing ~> bye"),
    replaced("billing -> end", "billing -> end: $system.tries <= 5", "billing ~> bye"),
    ["callers for whom $system.tries is above 2 and at most 5 at billing now reach end instead of bye"],
  ],
  [
    "values of a scope",
    replaced("billing -> end", "billing -> end: $contact.language in ['de', 'fr']", "billing ~> bye"),
    replaced("billing -> end", "billing -> end: $contact.language == 'de'", "billing ~> bye"),
    ["callers for whom $contact.language is 'fr' at billing now reach bye instead of end"],
  ],
  [
    "all but one value",
    replaced("billing -> end", "billing -> end: $contact.language != 'de'", "billing ~> bye"),
    replaced("billing -> end", "billing -> bye"),
    ["callers for whom $contact.language is not 'de' at billing now reach bye instead of end"],
  ],
  [
    "a node of another type",
    node("billing", {}, "decision"),
    node("billing", {}, "queue"),
    ["billing is now of type queue instead of decision"],
  ],
  [
    "a condition that no parser knows stands for itself",
    replaced("billing -> end", "billing -> end: @@odd@@", "billing ~> bye"),
    replaced("billing -> end", "billing -> bye"),
    ["callers for whom `@@odd@@` holds at billing now reach bye instead of end"],
  ],
  [
    "a call that ended properly goes on",
    base,
    { connections: [...BASE, "end -> bye"] },
    ["all callers at end now reach bye instead of ending there", "end is now of type decision instead of terminal"],
  ],
  [
    "a call that went on ends properly",
    { connections: [...BASE, "end -> bye"] },
    base,
    ["all callers at end now end there instead of reaching bye", "end is now of type terminal instead of decision"],
  ],
  [
    "two names that are compared with each other",
    replaced("billing -> end", "billing -> end: waited >= limit", "billing ~> bye"),
    replaced("billing -> end", "billing -> end: waited > limit", "billing ~> bye"),
    [
      "callers for whom limit and waited have certain values (such as waited is '0' and limit is '0') at billing now reach bye instead of end",
    ],
  ],
  [
    "a key, and two names",
    replaced("menu -> billing: dtmf == '1'", "menu -> billing: dtmf == '1' && a == b"),
    base,
    [
      "callers pressing 1 while a and b have certain values (such as a has no value) at menu now reach billing instead of end",
    ],
  ],
  [
    "a number is no key",
    replaced("menu -> billing: dtmf == '1'", "menu -> billing: dtmf == 1"),
    replaced("menu -> billing: dtmf == '1'", "menu -> billing: dtmf == '1'"),
    [
      "callers for whom dtmf is '1' at menu now reach billing instead of end",
      "callers for whom dtmf is 1 at menu now reach end instead of billing",
    ],
  ],
  [
    "a key that reads like our own words",
    replaced("menu -> billing: dtmf == '1'", "menu -> billing: dtmf == '1 at menu now reach end'"),
    replaced("menu -> billing: dtmf == '1'"),
    ["callers pressing '1 at menu now reach end' at menu no longer pass billing before end"],
  ],
  [
    "a node twice that nobody comes to",
    { connections: BASE, nodes: { "(node 9, another spare)": { type: "decision" } } },
    base,
    [],
    "cosmetic",
  ],
  [
    "a node twice that calls come to",
    { connections: BASE, nodes: { "(node 9, another billing)": { type: "decision" } } },
    base,
    ["billing was there more than once, and is not any more"],
  ],
  [
    "values of two types",
    replaced("billing -> end", "billing -> end: tier == 'gold'", "billing -> vip: tier > 5", "billing ~> bye"),
    replaced(
      "billing -> end",
      "billing -> end: tier == 'gold'",
      "billing -> vip: tier > 5",
      "billing ~> end",
      "vip -> bye",
    ),
    [
      "callers for whom tier is neither 'gold' nor above 5 at billing now reach end instead of bye",
      "all callers at vip now reach bye instead of ending there",
      "vip is now of type decision instead of terminal",
    ],
  ],
  [
    "all but two values",
    replaced("billing -> end", "billing -> end: tier in [6, 7]", "billing ~> bye"),
    replaced("billing -> end", "billing -> end: tier in [6, 7]", "billing ~> end"),
    ["callers for whom tier is neither 6 nor 7 at billing now reach end instead of bye"],
  ],
  [
    "a difference at the end of a long text",
    node("billing", { prompt: `${"For billing, press 1. ".repeat(9)}For anything else, press 0.` }),
    node("billing", { prompt: `${"For billing, press 1. ".repeat(9)}For anything else, press 9.` }),
    [
      'at billing, prompt is now "…ling, press 1. For anything else, press 9." instead of "…ling, press 1. For anything else, press 0."',
    ],
  ],
  [
    "many ends instead of one",
    {
      connections: [
        "start -> menu",
        "menu -> many: dtmf == '1'",
        "menu ~> end",
        ...[1, 2, 3, 4, 5].map((key) => `many -> end_${key}: tier == ${key}`),
        "many ~> end_1",
      ],
    },
    {
      connections: [
        "start -> menu",
        "menu -> many: dtmf == '2'",
        "menu ~> end",
        ...[1, 2, 3, 4, 5].map((key) => `many -> end_${key}: tier == ${key}`),
        "many ~> end_1",
      ],
    },
    [
      "callers pressing 1 at menu now reach end instead of many; their calls then end at end instead of one of 5 nodes",
      "callers pressing 2 at menu now reach many instead of end; their calls then end at one of 5 nodes instead of end",
    ],
  ],
  [
    "live goes round in circles",
    replaced("billing -> end", "billing -> menu"),
    base,
    ["all callers at billing now reach end instead of menu; their calls then end at end instead of bye or end"],
  ],
  [
    "where calls begin",
    base,
    {
      connections: [...BASE.filter((line) => line !== "start -> menu"), "begin -> menu"],
      nodes: { begin: { type: "start" } },
    },
    ["start is now called begin, which callers do not notice"],
    "cosmetic",
  ],
  [
    "it is not clear where calls begin",
    { connections: BASE, nodes: { other: { type: "start" } } },
    base,
    ["calls now begin at start; where they began was not clear"],
  ],
];

describe("sentences about a changed flow", () => {
  for (const [reason, live, desired, sentences, impact = "caller-visible"] of cases) {
    it(reason, () => {
      const effects = flowEffects({ live: part(live), desired: part(desired), patch: [] });
      assert.deepEqual({ impact: effects.impact, sentences: effects.sentences }, { impact, sentences });
    });
  }
});

it("a comparison that would take for ever is cut, says so, and counts as noticed", () => {
  const lines = (least: number) =>
    Array.from({ length: 50 }, (_, index) => {
      const names = Array.from({ length: 8 }, (_name, at) => `$x.v${index * 8 + at} > ${at + least}`);
      return `start -> node_${index % 5}: ${names.join(" || ")}`;
    });
  const effects = flowEffects({
    live: part({ connections: lines(0) }),
    desired: part({ connections: lines(1) }),
    patch: [],
  });
  assert.equal(effects.impact, "caller-visible");
  assert.match(effects.sentences.at(-1) ?? "", /too many combinations of values to compare them all/);
});

it("what is said of one change is cut where nobody reads on", () => {
  const lines = Array.from({ length: 60 }, (_, index) => [
    `start -> node_${index}: k == ${index}`,
    `node_${index} -> end`,
  ]);
  const version = (skill: string): Json => {
    const nodes = lines.map((_, index) => [`node_${index}`, { type: "decision", properties: { skill } }] as const);
    return part({ connections: lines.flat(), nodes: Object.fromEntries(nodes) });
  };
  const { sentences } = flowEffects({ live: version("a"), desired: version("b"), patch: [] });
  assert.equal(sentences.length, 51);
  assert.equal(sentences.at(-1), "and 10 more like these");
});
