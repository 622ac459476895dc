/** When a live webhook's secret is sent again, and that it never goes out otherwise. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Resource } from "../../src/kinds/kind.ts";
import type { JsonObject } from "../../src/model/json.ts";
import {
  assertFindings,
  change,
  FLOW,
  type Row,
  resourceOf,
  type Surroundings,
  validate,
  WEBHOOK,
} from "./manifests.ts";

const ANNOTATION = "cxone-gitops/rotate-secret";
const SECRET = "planted-hook-secret";
const SET: Surroundings = { env: { HOOK_SECRET: SECRET } };
const LIVE: JsonObject = { id: "wh_1", name: "ESP Sync Webhook", url: "https://old.example.com", x_server: 1 };

const rotating = (value: string) =>
  change(WEBHOOK, "{ name: esp-sync }", `{ name: esp-sync, annotations: { ${ANNOTATION}: ${value} } }`);
const bare = (source: string) => change(source, "  secret: ${env:HOOK_SECRET}\n", "");

/** A trail that knows one webhook, as it was last applied with these annotations. */
function lastApplied(annotations: Readonly<Record<string, string>>): Surroundings {
  return {
    lastApplied: (kind, id) =>
      kind === "Webhook" && id === "ESP Sync Webhook" ? { name: "esp-sync", labels: {}, annotations } : undefined,
  };
}
const BEFORE = lastApplied({ [ANNOTATION]: "2026-05-01", team: "crm" });

function webhook(source: string, ...around: readonly Surroundings[]): Resource {
  return resourceOf(source, Object.assign({}, SET, ...around));
}

describe("webhook: a rotation is due", () => {
  const clause = "the secret is sent again (rotate-secret: 2026-11-21)";
  const rows: readonly (readonly [reason: string, source: string, known: Surroundings, due: string | undefined])[] = [
    ["when the annotation says something else than last time", rotating("2026-11-21"), BEFORE, clause],
    ["when there was no annotation last time", rotating("2026-11-21"), lastApplied({}), clause],
    [
      "when the annotation goes back to an earlier text",
      rotating("2026-11-21"),
      lastApplied({ [ANNOTATION]: "x" }),
      clause,
    ],
    ["not when it says the same", rotating("2026-05-01"), BEFORE, undefined],
    ["not when it was removed", WEBHOOK, BEFORE, undefined],
    ["not when there never was one", WEBHOOK, lastApplied({}), undefined],
    ["not when the trail does not know the webhook", rotating("2026-11-21"), {}, undefined],
    [
      "also when its manifest is called otherwise by now",
      change(rotating("2026-11-21"), "name: esp-sync,", "name: other,"),
      BEFORE,
      clause,
    ],
    [
      "not when the trail knows another webhook",
      change(rotating("2026-11-21"), "name: ESP Sync Webhook", "name: Another"),
      BEFORE,
      undefined,
    ],
  ];
  for (const [reason, source, known, due] of rows) {
    it(reason, () => assert.equal(webhook(source, known).rotation, due));
  }

  it("not for other kinds", () => {
    const known: Surroundings = { lastApplied: (_, name) => ({ name, labels: {}, annotations: {} }) };
    const annotated = change(FLOW, "{ name: main-menu }", `{ name: main-menu, annotations: { ${ANNOTATION}: a } }`);
    assert.equal(webhook(annotated, known).rotation, undefined);
  });

  it("not for an annotation that the rules object to", () => {
    const off = { ...lastApplied({}), severities: { "webhook/rotation": "off" } } as const;
    assert.equal(webhook(rotating('" "'), off).rotation, undefined);
    assert.equal(webhook(bare(rotating("a")), off).rotation, undefined);
  });
});

describe("webhook: its secret is sent", () => {
  const due = rotating("2026-11-21");
  const sentTo = (resource: Resource, document: JsonObject | undefined) => resource.compose(document, [])["secret"];

  it("to a new webhook, whether or not a rotation is due", () => {
    assert.equal(sentTo(webhook(WEBHOOK), undefined), SECRET);
    assert.equal(sentTo(webhook(due, BEFORE), undefined), SECRET);
  });

  it("to a live one when a rotation is due, and everything else goes back as it came", () => {
    const resource = webhook(due, BEFORE);
    const composed = resource.compose(LIVE, []);
    const withSecret: JsonObject = { ...webhook(WEBHOOK).compose(LIVE, []), secret: SECRET };
    assert.deepEqual(composed, withSecret);
    assert.equal(composed["x_server"], 1);
    assert.deepEqual(resource.compose(composed, []), composed);
  });

  it("to a live one at no other time", () => {
    for (const resource of [webhook(WEBHOOK, BEFORE), webhook(rotating("2026-05-01"), BEFORE), webhook(due)]) {
      assert.ok(!Object.hasOwn(resource.compose(LIVE, []), "secret"));
    }
  });

  it("and appears in nothing else", () => {
    const resource = webhook(due, BEFORE);
    const sent = resource.compose(LIVE, []);
    const shown = [resource.desired([]), resource.live(sent, []), resource.excerpt(sent, []), resource.manifest()];
    assert.doesNotMatch(JSON.stringify([...shown, resource.rotation]), /planted/);
  });
});

describe("webhook: the secret's variable", () => {
  const problems = (source: string, known: Surroundings, document: JsonObject | undefined) =>
    webhook(source, known, { env: {} })
      .checkDocument(document, [])
      .map(({ rule, path, message }) => `${rule} ${path.join(".")}: ${message}`);

  it("is asked for when a rotation is due", () => {
    const message = "rotating this webhook's secret needs it, and ${env:HOOK_SECRET} has no value";
    assert.deepEqual(problems(rotating("b"), BEFORE, LIVE), [`variables/unset spec.secret: ${message}`]);
    assert.deepEqual(webhook(rotating("b"), BEFORE).checkDocument(LIVE, []), [], "and is no problem when it is set");
  });

  it("does not matter while none is due", () => {
    assert.deepEqual(problems(rotating("2026-05-01"), BEFORE, LIVE), []);
    assert.deepEqual(problems(rotating("b"), {}, LIVE), []);
  });

  it("is asked for once when the webhook is to be created", () => {
    const message = "creating this webhook needs its secret, and ${env:HOOK_SECRET} has no value";
    assert.deepEqual(problems(rotating("b"), BEFORE, undefined), [`variables/unset spec.secret: ${message}`]);
  });
});

describe("webhook: the annotation", () => {
  const at = (column: number) => `webhook/rotation 3:${column}`;
  const rows: readonly Row[] = [
    ["a date", rotating("2026-11-21"), []],
    ["any text", rotating("because of the audit"), []],
    ["a variable of the tenant", rotating('"${var:rotated}"'), [], { variables: { rotated: "2026-11" } }],
    ["a text that only looks like a reference", rotating('"$${env:NAME}"'), []],
    ["nothing in it", rotating('""'), [[at(72), /^`cxone-gitops\/rotate-secret` is empty$/]]],
    ["only blanks in it", rotating('"  "'), [[at(72), /is empty/]]],
    ["no secret to send", bare(rotating("a")), [[at(72), /asks to send a secret, and the webhook has none/]]],
    ["a value of the environment", rotating('"v${env:HOOK_SECRET}"'), [[at(72), /comes from the environment/]], SET],
  ];
  for (const [reason, source, expected, around] of rows) {
    it(reason, () => assertFindings(validate(source, around).findings, expected));
  }
});
