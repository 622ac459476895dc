/** Two tenants, each with what was applied to it and what somebody made of it since. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compareTenants, type TenantSide } from "../../src/engine/compare-tenants.ts";
import { groupIntoUnits } from "../../src/engine/units.ts";
import { isJsonObject, type Json, type JsonObject } from "../../src/model/json.ts";
import { Secrets } from "../../src/model/secrets.ts";
import type { TenantComparison } from "../../src/model/tenant-diff.ts";
import { change, EMAIL, FLOW, validate, WORKFLOW } from "../kinds/manifests.ts";
import { applyTo, kindOrder, planAll, type Tenant } from "./planning.ts";

const VARIABLES = {
  dev: { stage: "dev", skill: "Billing dev", file: "att_pdf_001" },
  prod: { stage: "prod", skill: "Billing prod", file: "att_png_002" },
};
type Name = keyof typeof VARIABLES;

const MENU = change(
  change(FLOW, "skill: Billing", 'skill: "${var:skill}"'),
  "id: ivr_main_menu_v2",
  'id: "ivr_${var:stage}"',
);

const MAIL = change(
  change(EMAIL, "    - { fileId: att_png_002, fileName: logo.png }\n", ""),
  "fileId: att_pdf_001",
  'fileId: "${var:file}"',
);

interface Wish {
  readonly manifests?: string;
  readonly edits?: Readonly<Partial<Record<Name, (text: string) => string>>>;
  readonly live?: Readonly<Partial<Record<Name, Tenant>>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** What is applied to both tenants, and then edited as text. */
function compare({ manifests = MENU, edits = {}, live = {}, env = {} }: Wish = {}): TenantComparison {
  const secrets = new Secrets();
  const side = (name: Name): TenantSide => {
    const variables = VARIABLES[name];
    const around = { tenant: name, knownTenants: ["dev", "prod"], variables, env, secrets };
    const { resources } = validate(manifests, around);
    const tenant: Tenant = JSON.parse(
      (edits[name] ?? same)(JSON.stringify({ ...applyTo({}, resources), ...live[name] })),
    );
    const { observation } = planAll({ resources, tenant, secrets });
    return { name, units: groupIntoUnits(resources, kindOrder()), observation, variables };
  };
  return compareTenants(side("dev"), side("prod"), secrets);
}

const same = (text: string) => text;
const swap = (from: string, to: string) => (text: string) => change(text, from, to);

function differencesOf(comparison: TenantComparison) {
  return comparison.resources.flatMap(({ differences }) => differences);
}

describe("what differs between two tenants", () => {
  it("nothing, where each is as git asks for, although ids, values and so derived ids differ", () => {
    const comparison = compare({ manifests: [MENU, WORKFLOW, MAIL].join("---\n") });
    assert.deepEqual(
      comparison.resources.map(({ state, name }) => `${name} ${state}`),
      ["orders same", "order-confirmation same", "main-menu same"],
    );
  });

  it("nothing, where two manifests of one name make them different", () => {
    const forDev = change(change(FLOW, "{ name: main-menu }", "{ name: main-menu, tenants: [dev] }"), "Billing", "New");
    const forProd = change(FLOW, "{ name: main-menu }", "{ name: main-menu, tenants: [prod] }");
    const { resources, only } = compare({ manifests: [forDev, forProd].join("---\n") });
    assert.deepEqual([resources.map(({ state }) => state), only], [["same"], []]);
  });

  const skill = "/nodes/node_queue/properties/skill";
  const cases: readonly (readonly [string, Wish, readonly object[]])[] = [
    [
      "an edit on the first",
      { edits: { dev: swap("Billing dev", "Support") } },
      [{ path: skill, first: "Support", second: "Billing prod" }],
    ],
    [
      "an edit on the second: what the first has, and what that would be there",
      { edits: { prod: swap("Billing prod", "Support") } },
      [{ path: skill, first: "Billing dev", mapped: "Billing prod", second: "Support" }],
    ],
    [
      "the same edit on both",
      { edits: { dev: swap("Billing dev", "Sales"), prod: swap("Billing prod", "Sales") } },
      [],
    ],
    [
      "an edit to what a variable has, on both",
      { edits: { dev: swap("Billing dev", "dev"), prod: swap("Billing prod", "prod") } },
      [],
    ],
    [
      "an edit to what a variable has, on the first",
      { edits: { dev: swap("Billing dev", "dev") } },
      [{ path: skill, first: "dev", mapped: "prod", second: "Billing prod" }],
    ],
    [
      "a field that somebody took away",
      { edits: { dev: swap('"properties":{"skill":"Billing dev"}', '"properties":{}') } },
      [{ path: "/nodes/node_queue/properties", second: { skill: "Billing prod" } }],
    ],
  ];
  for (const [reason, wish, expected] of cases)
    it(reason, () => assert.deepEqual(differencesOf(compare(wish)), expected));

  it("a connection that somebody took away, whose id has the other flow's id in it", () => {
    const taken = (text: string) => {
      const flow: JsonObject = JSON.parse(text)["flow/ivr_dev"];
      const connections = flow["connections"];
      assert.ok(Array.isArray(connections));
      return JSON.stringify({ "flow/ivr_dev": { ...flow, connections: connections.slice(0, -1) } });
    };
    const [found, ...others] = differencesOf(compare({ edits: { dev: taken } }));
    assert.equal(others.length, 0);
    assert.match(found?.path ?? "", /^\/connections\/conn_/);
    assert.ok(found !== undefined && !("first" in found) && isJsonObject(found.second));
  });

  it("says what callers notice when going from the first to the second", () => {
    const [menu] = compare({ edits: { dev: swap("Billing dev", "Support") } }).resources;
    assert.equal(menu?.impact, "caller-visible");
    assert.deepEqual(menu?.effects, ['at node_queue, skill is now "Billing prod" instead of "Support"']);
  });
});

describe("what is not there, or not known", () => {
  it("a resource that is live on one of them only differs as a whole", () => {
    const [onSecond] = differencesOf(compare({ live: { dev: { "flow/ivr_dev": null } } }));
    assert.deepEqual([onSecond?.path, onSecond?.first, isJsonObject(onSecond?.second)], ["", undefined, true]);
    const [onFirst] = differencesOf(compare({ live: { prod: { "flow/ivr_prod": null } } }));
    assert.deepEqual([onFirst?.path, isJsonObject(onFirst?.first), onFirst?.second], ["", true, undefined]);
    const neither = compare({ live: { dev: { "flow/ivr_dev": null }, prod: { "flow/ivr_prod": null } } });
    assert.equal(neither.resources[0]?.state, "same");
  });

  it("a read that failed, or a document that is not understood, is unknown on that tenant", () => {
    const odd: Json = { id: "ivr_dev", nodes: [{ id: "node_start" }], connections: [{ id: "c", target_node_id: 3 }] };
    for (const [live, reason] of [
      [{ dev: { "flow/ivr_dev": { unknown: "no answer came" } } }, /^dev: no answer came$/],
      [{ dev: { "flow/ivr_dev": odd } }, /^dev: /],
      [{ prod: { "flow/ivr_prod": { unknown: "no answer came" } } }, /^prod: no answer came$/],
    ] as const) {
      const [menu] = compare({ live }).resources;
      assert.equal(menu?.state, "unknown");
      assert.match(menu?.reason ?? "", reason);
      assert.deepEqual(menu?.differences, []);
    }
  });

  it("what is for one tenant only is listed, and not compared", () => {
    const manifests = change(MENU, "{ name: main-menu }", "{ name: main-menu, tenants: [prod] }");
    assert.deepEqual(compare({ manifests }), {
      resources: [],
      only: [{ tenant: "prod", kind: "Flow", name: "main-menu", id: "ivr_prod" }],
    });
  });
});

it("where a manifest has a secret, neither side of a difference is shown", () => {
  const manifests = change(MENU, '"${var:skill}"', '"${env:SKILL}"');
  const wish = {
    manifests,
    env: { SKILL: "planted-skill-1" },
    edits: { dev: swap("planted-skill-1", "edited-by-hand") },
  };
  const comparison = compare(wish);
  assert.deepEqual(differencesOf(comparison), [
    { path: "/nodes/node_queue/properties/skill", first: "(secret)", second: "(secret)" },
  ]);
  assert.doesNotMatch(JSON.stringify(comparison), /planted/);
});
