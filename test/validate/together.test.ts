import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Secrets } from "../../src/model/secrets.ts";
import { assertFindings, change, EMAIL, FLOW, type Row, validate, WEBHOOK, WORKFLOW } from "../kinds/manifests.ts";

const named = (name: string, id: string) => change(change(FLOW, "main-menu", name), "ivr_main_menu_v2", id);

const names: readonly Row[] = [
  [
    "two of a kind and name",
    { "a.yaml": named("x", "a"), "b.yaml": named("x", "b") },
    [["manifest/duplicate-name 3:19", /already a Flow named "x": a.yaml:3/]],
  ],
  [
    "two in one file",
    `${named("x", "a")}---\n${named("x", "b")}`,
    [["manifest/duplicate-name 21:19", /already a Flow named "x": m.yaml:3/]],
  ],
  ["one name, two kinds", { "a.yaml": named("x", "a"), "b.yaml": change(WEBHOOK, "esp-sync", "x") }, []],
  [
    "two names, one flow",
    { "a.yaml": named("x", "a"), "b.yaml": named("y", "a") },
    [["manifest/owned-twice 5:7", /^flow "a" is already decided by Flow "x": a.yaml:5/]],
  ],
  [
    "one name is the other's id",
    { "a.yaml": named("x", "y"), "b.yaml": change(named("y", "-"), "  id: -\n", "") },
    [["manifest/owned-twice 3:19", /^flow "y" is already decided by Flow "x"/]],
  ],
];

const forTenants = (tenants: string) => change(FLOW, "name: main-menu }", `name: main-menu, tenants: ${tenants} }`);
const broken = change(forTenants("[prod]"), "type: fallback", "type: x");
const tenants: readonly Row[] = [
  ["a manifest for another tenant is not looked at", broken, [], { tenant: "dev" }],
  ["for its own it is", broken, [["manifest/schema 16:46", /"x"/]], { tenant: "prod" }],
  ["for no tenant in particular it is", broken, [["manifest/schema 16:46", /"x"/]]],
  [
    "tenants that are no list do not hide a manifest",
    change(broken, "[prod]", "prod"),
    [["manifest/envelope 3:39", /`tenants` is the text "prod", and must be a list/]],
    { tenant: "dev" },
  ],
  [
    "two tenants may have a flow each",
    { "a.yaml": forTenants("[dev]"), "b.yaml": forTenants("[prod]") },
    [],
    { tenant: "dev" },
  ],
  [
    "a tenant that does not exist",
    forTenants("[dev, prd]"),
    [["manifest/unknown-tenant 3:45", /there is no tenant "prd" in the configuration/]],
    { tenant: "dev", knownTenants: ["dev", "prod"] },
  ],
  [
    "tenants cannot be misspelt where none is configured",
    forTenants("[prd]"),
    [],
    { tenant: null, knownTenants: null },
  ],
];

const fallbackless = change(FLOW, "type: fallback", "when: \"dtmf == '2'\"");
const severities: readonly Row[] = [
  ["a warning", fallbackless, [["warning flow/missing-fallback 10:13", /node_menu/]]],
  [
    "raised",
    fallbackless,
    [["flow/missing-fallback 10:13", /node_menu/]],
    { severities: { "flow/missing-fallback": "error" } },
  ],
  [
    "lowered",
    fallbackless,
    [["info flow/missing-fallback 10:13", /node_menu/]],
    { severities: { "flow/missing-fallback": "info" } },
  ],
  ["off", fallbackless, [], { severities: { "flow/missing-fallback": "off" } }],
  [
    "another rule",
    fallbackless,
    [["warning flow/missing-fallback 10:13", /node_menu/]],
    { severities: { "flow/cycle": "off" } },
  ],
  ["a name of a prototype's", fallbackless, [["warning flow/missing-fallback 10:13", /node_menu/]], { severities: {} }],
  ...[
    ["manifest/schema", change(FLOW, "type: fallback", "type: x"), "16:46"],
    ["manifest/kind", change(FLOW, "kind: Flow", "kind: X"), "2:7"],
    ["manifest/envelope", change(FLOW, "/v1", "/v2"), "1:13"],
    ["manifest/unknown-key", `${FLOW}x: 1\n`, "18:1"],
    ["variables/unset", change(FLOW, "Billing", '"${var:skill}"'), "11:62"],
  ].map(([rule = "", source = "", place]): Row => {
    return [`${rule} cannot be lowered`, source, [[`${rule} ${place}`, /./]], { severities: { [rule]: "off" } }];
  }),
];

const variables: readonly Row[] = [
  ["a variable", change(FLOW, "Billing", '"${var:skill}"'), [], { variables: { skill: "Sales" } }],
  [
    "one that is unset: only the cause is told",
    change(FLOW, "start: node_start", "start: ${var:strat}"),
    [["variables/unset 7:10", /the variable "strat" has no value/]],
  ],
  [
    "one called as a prototype's",
    change(FLOW, "Billing", '"${var:toString}"'),
    [["variables/unset 11:62", /"toString"/]],
  ],
  ["a form that is none", change(FLOW, "Billing", '"${skill}"'), [["variables/unknown-form 11:62", /neither/]]],
  [
    "a number keeps its type",
    change(FLOW, "  start:", '  maxConnectionsPerNode: "${var:most}"\n  start:'),
    [],
    { variables: { most: 5 } },
  ],
  ["a number in a text does not", change(EMAIL, "invoice.pdf", '"${var:n}.pdf"'), [], { variables: { n: 5 } }],
  ["the environment", change(FLOW, "Billing", '"${env:SKILL}"'), [], { env: { SKILL: "Sales" } }],
];

for (const [title, rows] of Object.entries({ names, tenants, severities, variables })) {
  describe(`manifests: ${title}`, () => {
    for (const [reason, source, expected, around] of rows) {
      it(reason, () => assertFindings(validate(source, around).findings, expected));
    }
  });
}

it("what comes from the environment is remembered as a secret; what is only named is not", () => {
  const secrets = new Secrets();
  const env = { SKILL: "planted-skill", HOOK_SECRET: "planted-hook" };
  validate({ "a.yaml": change(FLOW, "Billing", '"${env:SKILL}"'), "b.yaml": WEBHOOK }, { env, secrets });
  assert.ok(secrets.isIn("planted-skill"));
  assert.ok(!secrets.isIn("planted-hook"), "a webhook's secret is looked up when it is sent");
});

it("the order in which documents were collected changes nothing", () => {
  const files = {
    "a.yaml": named("x", "a"),
    "b.yaml": named("x", "a"),
    "c.yaml": EMAIL,
    "d.yaml": WORKFLOW,
    "e.yaml": `${WEBHOOK}---\n${WEBHOOK}`,
  };
  const straight = validate(files);
  assert.ok(straight.findings.length > 3);
  fc.assert(
    fc.property(fc.shuffledSubarray(Object.entries(files), { minLength: 5 }), (entries) => {
      const shuffled = validate(Object.fromEntries(entries));
      assert.deepEqual(shuffled.findings, straight.findings);
      const places = (resources: typeof straight.resources) =>
        resources.map(({ kind, name, source }) => `${kind} ${name} ${source.file}`);
      assert.deepEqual(places(shuffled.resources), places(straight.resources));
    }),
  );
});
