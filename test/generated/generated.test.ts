/** What is made of the code is up to date, and its schemas accept what the product accepts. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Ajv, type ValidateFunction } from "ajv";
import { isJsonArray, isJsonObject, type Json, type JsonObject, objectAt, objectFrom } from "../../src/model/json.ts";
import { parseYaml } from "../../src/source/yaml.ts";
import { blocksOf, readPage } from "../architecture/pages.ts";
import { findOutdated } from "./files.ts";

const ROOT = join(import.meta.dirname, "../..");

function compile(file: string): ValidateFunction {
  const schema: JsonObject = JSON.parse(readFileSync(join(ROOT, "schemas", file), "utf8"));
  return new Ajv({ strict: true, strictTypes: false, allErrors: true, allowUnionTypes: true }).compile(schema);
}

const isManifest = compile("manifest.json");
const isConfig = compile("config.json");

function documentsOf(text: string): readonly Json[] {
  const { documents, problems } = parseYaml(text, { file: "sample.yaml" });
  assert.deepEqual(problems, []);
  return documents.map(({ value }) => value);
}

function manifestsBelow(folder: string): readonly Json[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /manifests\/.*\.(ya?ml|json)$/.test(`${folder}/${name}`))
    .flatMap((name) => documentsOf(readFileSync(join(ROOT, folder, name), "utf8")));
}

const SAMPLES = manifestsBelow("manifests");
const GOLDEN = manifestsBelow("test/golden");
const ON_PAGES = ["manifests.md", "life-of-a-manifest.md", "flow-tests.md"].flatMap((page) =>
  blocksOf(readPage(page), "yaml manifest").flatMap(documentsOf),
);

/** The same with another value at each place that holds a text, a number, true or false: one document for each. */
function withEachLeaf(value: Json, put: (leaf: Json) => Json): readonly Json[] {
  if (isJsonArray(value)) {
    return value.flatMap((item, index) => withEachLeaf(item, put).map((changed) => value.with(index, changed)));
  }
  if (!isJsonObject(value)) return value === null ? [] : [put(value)];
  return Object.entries(value).flatMap(([key, item]) =>
    withEachLeaf(item, put).map((changed) => objectFrom([...Object.entries(value), [key, changed]])),
  );
}

function withSpec(manifest: Json, change: (spec: JsonObject) => Json): Json {
  assert.ok(isJsonObject(manifest));
  return objectFrom([...Object.entries(manifest), ["spec", change(objectAt(manifest, "spec"))]]);
}

it("the generated files are what would be made now", () => {
  assert.deepEqual(findOutdated(), [], "run `npm run generate`");
});

describe("schemas/manifest.json", () => {
  it("accepts every manifest that there is", () => {
    const all = [...SAMPLES, ...GOLDEN, ...ON_PAGES];
    assert.ok(all.length > 60 && GOLDEN.length > 30);
    for (const manifest of all) assert.ok(isManifest(manifest), JSON.stringify([manifest, isManifest.errors], null, 1));
  });

  it("accepts a variable wherever a text, a number, true or false stands", () => {
    const changed = [...SAMPLES, ...ON_PAGES].flatMap((manifest) =>
      withEachLeaf(objectAt(manifest, "spec"), () => "${var:name}").map((spec) => withSpec(manifest, () => spec)),
    );
    assert.ok(changed.length > 500);
    for (const manifest of changed)
      assert.ok(isManifest(manifest), JSON.stringify([manifest, isManifest.errors], null, 1));
  });

  it("refuses an unknown key, at the top, in metadata and in the spec of every kind", () => {
    for (const manifest of [...SAMPLES, ...GOLDEN]) {
      assert.ok(isJsonObject(manifest));
      assert.equal(isManifest({ ...manifest, nodess: [] }), false);
      assert.equal(isManifest({ ...manifest, metadata: { ...objectAt(manifest, "metadata"), nam: "x" } }), false);
      assert.equal(isManifest(withSpec(manifest, (spec) => ({ ...spec, nodess: [] }))), false);
    }
  });

  const [flow] = SAMPLES.filter((one) => isJsonObject(one) && one["kind"] === "Flow");
  const wrong: readonly (readonly [why: string, change: (spec: JsonObject) => Json])[] = [
    [
      "a connection type that does not exist",
      (spec) => ({ ...spec, connections: [{ from: "a", to: "b", type: "els" }] }),
    ],
    ["a number above its bound", (spec) => ({ ...spec, maxConnectionsPerNode: 11 })],
    ["a text for a number", (spec) => ({ ...spec, maxConnectionsPerNode: "five" })],
    ["an id with a blank in it", (spec) => ({ ...spec, id: "ivr main" })],
    ["no nodes", (spec) => ({ ...spec, nodes: [] })],
    ["a missing name", ({ name: _name, ...spec }) => spec],
    [
      "what the environment has for a number, because that is a text",
      (spec) => ({ ...spec, maxConnectionsPerNode: "${env:MAX}" }),
    ],
  ];
  for (const [why, change] of wrong) {
    it(`refuses ${why}`, () => assert.equal(isManifest(withSpec(flow ?? null, change)), false));
  }

  it("knows our annotations and their values; the team's own are free", () => {
    const annotated = (annotations: JsonObject) => {
      assert.ok(isJsonObject(flow));
      return isManifest({ ...flow, metadata: { ...objectAt(flow, "metadata"), annotations } });
    };
    for (const value of ["true", "false", "${var:protect}"]) {
      assert.ok(annotated({ "cxone-gitops/protect": value, "acme.example/owner": "ann" }), value);
    }
    assert.ok(annotated({ "cxone-gitops/reconcile": "report", "cxone-gitops/rotate-secret": "anything" }));
    assert.equal(annotated({ "cxone-gitops/protect": "yes" }), false);
    assert.equal(annotated({ "cxone-gitops/reconcile": "reprot" }), false);
    assert.equal(annotated({ "cxone-gitops/protcet": "true" }), false);
    assert.equal(annotated({ "cxone-gitops/reconcile-policy": "report" }), false);
  });

  it("refuses a kind and an apiVersion that do not exist", () => {
    assert.ok(isJsonObject(flow));
    assert.equal(isManifest({ ...flow, kind: "flow" }), false);
    assert.equal(isManifest({ ...flow, apiVersion: "cxone-gitops/v2" }), false);
  });

  it("says what a field is for, in the words of the page", () => {
    const text = readFileSync(join(ROOT, "schemas/manifest.json"), "utf8");
    for (const told of [
      "Begins with node_.",
      "Must exist on the tenant.",
      "The flow's id on the tenant. Default: metadata.name.",
    ]) {
      assert.ok(text.includes(`"description": "${told}"`), told);
    }
  });
});

describe("schemas/config.json", () => {
  const [sample] = documentsOf(readFileSync(join(ROOT, "cxone-gitops.yaml"), "utf8"));

  it("accepts the sample tenant's configuration and those on the pages", () => {
    const onPages = ["configuration.md", "notifications.md"].flatMap((page) =>
      blocksOf(readPage(page), "yaml configuration").flatMap(documentsOf),
    );
    assert.ok(onPages.length > 1);
    for (const config of [sample ?? null, ...onPages])
      assert.ok(isConfig(config), JSON.stringify(isConfig.errors, null, 1));
  });

  const wrong: readonly (readonly [why: string, more: JsonObject])[] = [
    ["an unknown key", { tenant: {} }],
    ["a rule that does not exist", { rules: { "flow/missing-fallbak": "off" } }],
    ["a severity that does not exist", { rules: { "flow/missing-fallback": "fatal" } }],
    ["a rule whose severity is fixed", { rules: { "manifest/schema": "off" } }],
    ["an event that does not exist", { notifications: [{ url: "https://x.example", events: ["flow.updated"] }] }],
    ["a percentage above 100", { tenants: { dev: { org: "acme", guard: { maxUpdatePercent: 101 } } } }],
  ];
  for (const [why, more] of wrong) {
    it(`refuses ${why}`, () => {
      assert.ok(isJsonObject(sample));
      assert.equal(isConfig({ ...sample, ...more }), false);
    });
  }
});
