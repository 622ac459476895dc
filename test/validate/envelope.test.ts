import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertFindings, change, EMAIL, FLOW, type Row, validate, WEBHOOK } from "../kinds/manifests.ts";

function annotated(...annotations: readonly string[]): string {
  return change(FLOW, "main-menu", `main-menu, annotations: { ${annotations.join(", ")} }`);
}

const envelope: readonly Row[] = [
  [
    "a document that is a number",
    "5",
    [["manifest/envelope 1:1", /a manifest must be a mapping with apiVersion, kind/]],
  ],
  ["a document that is a list", "- kind: Flow", [["manifest/envelope 1:1", /must be a mapping/]]],
  ["an empty document is none", "---\n---\n", []],
  [
    "an empty mapping: everything that is missing, at once",
    "{}",
    [
      ["manifest/envelope 1:1", /`apiVersion` is missing/],
      ["manifest/envelope 1:1", /`kind` is missing/],
      ["manifest/envelope 1:1", /`metadata` is missing/],
      ["manifest/envelope 1:1", /`spec` is missing/],
    ],
  ],
  [
    "another apiVersion",
    change(FLOW, "/v1", "/v2"),
    [["manifest/envelope 1:13", /is "cxone-gitops\/v2", and must be cxone-gitops\/v1/]],
  ],
  ["an unknown kind", change(FLOW, "kind: Flow", "kind: Folw"), [["manifest/kind 2:7", /unknown kind "Folw"/]]],
  ["a kind in small letters", change(FLOW, "kind: Flow", "kind: flow"), [["manifest/kind 2:7", /unknown kind "flow"/]]],
  [
    "a kind called as a prototype's",
    change(FLOW, "kind: Flow", "kind: toString"),
    [["manifest/kind 2:7", /unknown kind "toString"/]],
  ],
  [
    "a kind that is no text",
    change(FLOW, "kind: Flow", "kind: 5"),
    [["manifest/envelope 2:7", /`kind` is the number 5, and must be text/]],
  ],
  ["an empty kind", change(FLOW, "kind: Flow", 'kind: ""'), [["manifest/envelope 2:7", /`kind` must not be empty/]]],
  ["no name", change(FLOW, "{ name: main-menu }", "{}"), [["manifest/envelope 3:11", /`metadata.name` is missing/]]],
  [
    "metadata left empty",
    change(FLOW, " { name: main-menu }", ""),
    [["manifest/envelope 3:1", /`metadata` is empty, and must be a mapping/]],
  ],
  [
    "a name with a space",
    change(FLOW, "main-menu", "main menu"),
    [["manifest/envelope 3:19", /`name` must be letters, digits/]],
  ],
  ["a name that is a path", change(FLOW, "main-menu", "../x"), [["manifest/envelope 3:19", /`name` must be/]]],
  ["a name in another script", change(FLOW, "main-menu", "hauptmenü"), [["manifest/envelope 3:19", /`name` must be/]]],
  ["a name of 128 characters", change(FLOW, "main-menu", "m".repeat(128)), []],
  ["a name of 129", change(FLOW, "main-menu", "m".repeat(129)), [["manifest/envelope 3:19", /at most 128/]]],
  [
    "our annotations, and one of the team's own",
    annotated('cxone-gitops/protect: "false"', "cxone-gitops/reconcile: report", "acme/protcet: x", "protect: x"),
    [],
  ],
  [
    "an annotation of ours that is misspelt, at its key, with the one that was meant",
    annotated('cxone-gitops/protcet: "true"', "cxone-gitops/reconcil: report"),
    [
      ["manifest/annotation 3:45", /there is no annotation `cxone-gitops\/protcet`/],
      ["manifest/annotation 3:75", /there is no annotation `cxone-gitops\/reconcil`/],
    ],
  ],
  [
    "one that is like none, and one in capitals",
    annotated("cxone-gitops/owner: ann", 'CXone-GitOps/Protect: "true"'),
    [
      ["manifest/annotation 3:45", /not for your own use/],
      ["manifest/annotation 3:70", /`CXone-GitOps\/Protect`/],
    ],
  ],
  [
    "a value that protects nothing",
    annotated('cxone-gitops/protect: "yes"'),
    [["manifest/annotation 3:67", /does not take "yes"/]],
  ],
  [
    "a label that is no text",
    change(FLOW, "main-menu", "main-menu, labels: { a: 1 }"),
    [["manifest/envelope 3:43", /`a` is the number 1, and must be text/]],
  ],
  [
    "no tenants in the list",
    change(FLOW, "main-menu", "main-menu, tenants: []"),
    [["manifest/envelope 3:39", /`tenants` is empty/]],
  ],
];

const keys: readonly Row[] = [
  ["beside the spec", `${FLOW}status: x\n`, [["manifest/unknown-key 18:1", /unknown key "status"/]]],
  [
    "in metadata",
    change(FLOW, "name: main-menu }", "name: main-menu, lables: {} }"),
    [["manifest/unknown-key 3:30", /"lables"/]],
  ],
  ["in the spec", change(FLOW, "  start:", "  timeout: 5\n  start:"), [["manifest/unknown-key 7:3", /"timeout"/]]],
  [
    "in a node",
    change(FLOW, "type: start }", "type: start, propertis: {} }"),
    [["manifest/unknown-key 9:38", /"propertis"/]],
  ],
  [
    "in a connection",
    change(FLOW, "type: fallback }", "type: fallback, whn: a }"),
    [["manifest/unknown-key 16:56", /"whn"/]],
  ],
  ["in an attachment", change(EMAIL, "logo.png }", "logo.png, size: 5 }"), [["manifest/unknown-key 13:50", /"size"/]]],
  [
    "called as a prototype's",
    change(FLOW, "  start:", "  toString: 5\n  start:"),
    [["manifest/unknown-key 7:3", /"toString"/]],
  ],
  [
    "never in properties, which pass through",
    change(FLOW, "skill: Billing", "skill: Billing, toString: 5, a: null"),
    [],
  ],
  [
    "that reach a prototype are refused before",
    change(FLOW, "skill: Billing", "__proto__: { a: 1 }"),
    [["yaml/forbidden-key 11:55", /"__proto__"/]],
  ],
  ["twice", change(FLOW, "  start:", "  name: again\n  start:"), [["yaml/duplicate-key 7:3", /"name" stands twice/]]],
];

const types: readonly Row[] = [
  [
    "a list where a text belongs",
    change(FLOW, "name: IVR Main Menu", "name: [a]"),
    [["manifest/schema 6:9", /`name` is a list, and must be text/]],
  ],
  [
    "a mapping where a list belongs",
    change(FLOW, "  connections:", "  connections: { a: 1 }\n  type: IVR\n  x:").replace(/ {2}x:[\s\S]*/, ""),
    [["manifest/schema 13:16", /`connections` is a mapping, and must be a list/]],
  ],
  [
    "nothing where a text belongs",
    change(FLOW, "start: node_start", "start:"),
    [["manifest/schema 7:3", /`start` is empty, and must be text/]],
  ],
  [
    "a text where a number belongs",
    change(FLOW, "  start:", '  maxConnectionsPerNode: "5"\n  start:'),
    [["manifest/schema 7:26", /is the text "5", and must be a number/]],
  ],
  [
    "half a connection",
    change(FLOW, "  start:", "  maxConnectionsPerNode: 2.5\n  start:"),
    [["manifest/schema 7:26", /is the number 2.5, and must be a whole number/]],
  ],
  [
    "no connection at all",
    change(FLOW, "  start:", "  maxConnectionsPerNode: 0\n  start:"),
    [["manifest/schema 7:26", /is too small: at least 1/]],
  ],
  ["2.0 is 2", change(FLOW, "  start:", "  maxConnectionsPerNode: 2.0\n  start:"), []],
  [
    "a text where true or false belongs",
    `${EMAIL}  trackOpens: "yes"\n`,
    [["manifest/schema 16:15", /is the text "yes", and must be true or false/]],
  ],
  ["yes is a text since YAML 1.2", `${WEBHOOK}  enabled: yes\n`, [["manifest/schema 10:12", /is the text "yes"/]]],
  [
    "one of a few words",
    change(FLOW, "type: fallback", "type: otherwise"),
    [["manifest/schema 16:46", /is "otherwise", and must be default or conditional or fallback/]],
  ],
  [
    "an id with a slash",
    change(FLOW, "id: ivr_main_menu_v2", "id: a/b"),
    [["manifest/schema 5:7", /`id` must be letters, digits and . _ : -/]],
  ],
  [
    "an id of a prototype's",
    change(EMAIL, "wf_12345", "__proto__"),
    [["manifest/schema 5:13", /beginning with a letter or digit/]],
  ],
  [
    "no nodes at all",
    change(FLOW, "  nodes:", "  nodes: []\n  x:").replace(/ {2}x:[\s\S]*/, ""),
    [["manifest/schema 8:10", /`nodes` is empty/]],
  ],
  [
    "a missing field stands where its mapping does",
    change(FLOW, "id: node_end, ", ""),
    [["manifest/schema 12:7", /`nodes.3.id` is missing/]],
  ],
  [
    "properties asked to be absent as a whole",
    change(FLOW, "{ skill: Billing }", "null"),
    [["manifest/schema 11:53", /`properties` is empty, and must be a mapping/]],
  ],
  [
    "everything at once, never only the first",
    change(change(FLOW, "name: IVR Main Menu", "name: 5"), "type: fallback", "type: x"),
    [
      ["manifest/schema 6:9", /`name`/],
      ["manifest/schema 16:46", /`type`/],
    ],
  ],
];

for (const [title, rows] of Object.entries({ envelope, "unknown keys": keys, types })) {
  describe(`manifests: ${title}`, () => {
    for (const [reason, source, expected, around] of rows) {
      it(reason, () => assertFindings(validate(source, around).findings, expected));
    }
  });
}

const hintsOf = (source: string) =>
  validate(source)
    .findings.map((finding) => finding.hint)
    .join("\n");

it("an annotation of ours that is misspelt is told which one was meant", () => {
  const hints = (annotation: string) => validate(annotated(annotation)).findings.map(({ hint }) => hint);
  assert.deepEqual(hints('cxone-gitops/protcet: "true"'), ['Did you mean "cxone-gitops/protect"?']);
  assert.deepEqual(hints("cxone-gitops/reconcil: report"), ['Did you mean "cxone-gitops/reconcile"?']);
  assert.deepEqual(hints('cxone-gitops/protect: "yes"'), ["Write one of: true, false."]);
  assert.match(
    hints("cxone-gitops/owner: ann")[0] ?? "",
    /^Known are: cxone-gitops\/protect, cxone-gitops\/reconcile, /,
  );
});

describe("did you mean", () => {
  const cases: readonly (readonly [reason: string, source: string, hint: RegExp])[] = [
    ["a kind", change(FLOW, "kind: Flow", "kind: Folw"), /Did you mean "Flow"\?/],
    ["a kind by its letters' case", change(FLOW, "kind: Flow", "kind: emailnode"), /Did you mean "EmailNode"\?/],
    [
      "no kind is near: all of them",
      change(FLOW, "kind: Flow", "kind: Banana"),
      /Known kinds: Workflow, EmailNode, Flow, Webhook/,
    ],
    [
      "a key in metadata",
      change(FLOW, "name: main-menu }", "name: main-menu, lables: {} }"),
      /Did you mean "labels"\?/,
    ],
    ["a key deep in a list", change(FLOW, "type: fallback }", "type: fallback, whn: a }"), /Did you mean "when"\?/],
    [
      "no key is near: all of them",
      change(FLOW, "  start:", "  timeout: 5\n  start:"),
      /Known here: id, name, type, start/,
    ],
    ["a node", change(FLOW, "to: node_queue", "to: node_quue"), /Did you mean "node_queue"\?/],
    [
      "a node called as nothing here",
      change(FLOW, "to: node_queue", "to: elsewhere_altogether"),
      /Add the node, or remove the connection/,
    ],
  ];
  for (const [reason, source, hint] of cases) {
    it(reason, () => assert.match(hintsOf(source), hint));
  }
});
