/** What the reference pages show is what the product takes and gives. */
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { loadConfig } from "../../src/config/load.ts";
import { loadSeed } from "../../src/emulator/seed.ts";
import { diffOwned } from "../../src/engine/diff.ts";
import { KINDS } from "../../src/kinds/registry.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, stringAt, valueAt } from "../../src/model/json.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { parseYaml } from "../../src/source/yaml.ts";
import { type Validation, validateDocuments } from "../../src/validate/validate.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { configFor, type EmulatedWorld, openEmulatedWorld } from "../helpers/world.ts";
import { blocksOf, codeIn, readPage, rowsOf, sectionOf } from "./pages.ts";

const VARIABLES = { greeting: "Hello", stage: "dev", callbacksPerDay: 20, orderTemplate: "tmpl_order_dev" };

function validate(text: string): Validation & { readonly kinds: readonly string[] } {
  const { documents, problems } = parseYaml(text, { file: "page.yaml" });
  const environment = { env: {}, severities: {}, secrets: new Secrets() };
  const validation = validateDocuments({
    documents,
    kinds: KINDS,
    tenant: null,
    knownTenants: null,
    variables: VARIABLES,
    ...environment,
  });
  const kinds = documents.map(({ value }) => stringAt(value, "kind") ?? "");
  return { ...validation, findings: [...problems, ...validation.findings], kinds };
}

/** The one block of a page with this opening line, as JSON. */
function shown(page: string, info: string): JsonObject {
  const [block = "", ...others] = blocksOf(readPage(page), `json ${info}`);
  assert.equal(others.length, 0);
  const value: Json = JSON.parse(block);
  return isJsonObject(value) ? value : { list: value };
}

describe("manifests on the pages", () => {
  for (const page of ["manifests.md", "life-of-a-manifest.md"]) {
    for (const [index, block] of blocksOf(readPage(page), "yaml manifest").entries()) {
      it(`${page}, example ${index + 1} has no finding`, () => {
        const { findings, resources } = validate(block);
        assert.deepEqual(findings, []);
        assert.ok(resources.length > 0);
      });
    }
  }

  it("manifests.md has an example of every kind", () => {
    const kinds = blocksOf(readPage("manifests.md"), "yaml manifest").flatMap((block) => validate(block).kinds);
    assert.deepEqual([...new Set(kinds)].toSorted(), KINDS.map((kind) => kind.name).toSorted());
  });

  it("every YAML block of manifests.md is checked here", () => {
    assert.doesNotMatch(readPage("manifests.md"), /^```yaml$/m);
  });
});

describe("docs/configuration.md", () => {
  async function load(t: TestContext, text: string, name: string) {
    const files = { "cxone-gitops.yaml": text, "secrets/client-id": "ci\n", "secrets/client-secret": "from-a-file\n" };
    const cwd = makeFolder(t, files);
    const env = { CXONE_CLIENT_ID: "client", CXONE_CLIENT_SECRET: "from-the-environment" };
    const config = await loadConfig({ file: undefined, cwd, env, needCredentials: true, secrets: new Secrets() });
    return { config, tenant: await config.resolveTenant(name, { needCredentials: true }) };
  }

  it("its example loads, for both tenants", async (t) => {
    const [example = ""] = blocksOf(readPage("configuration.md"), "yaml configuration");
    const dev = await load(t, example, "dev");
    assert.equal(dev.tenant.credentials?.clientSecret, "from-the-environment");
    assert.deepEqual(dev.config.rules, { "flow/missing-fallback": "error" });
    const prod = await load(t, example, "prod");
    assert.deepEqual(prod.tenant.credentials, { clientId: "ci", clientSecret: "from-a-file" });
    assert.equal(prod.tenant.limits.requestsPerSecond, 5);
  });

  it("the defaults in its table are those of a tenant that writes none", async (t) => {
    const minimal =
      'tenants: { dev: { org: ORG, credentials: { clientId: "${env:CXONE_CLIENT_ID}", clientSecret: "${env:CXONE_CLIENT_SECRET}" } } }';
    const { tenant } = await load(t, minimal, "dev");
    const byDefault: Json = JSON.parse(JSON.stringify(tenant));
    for (const [key, , cell] of rowsOf(sectionOf(readPage("configuration.md"), "Every key").text)) {
      const path = /^tenants\.NAME\.((?:flows|workflows|limits|retry|guard)\.\w+|consistencyWindowMs)$/.exec(key)?.[1];
      if (path === undefined) continue;
      const value = path.split(".").reduce<Json | undefined>((part, step) => valueAt(part, step), byDefault);
      assert.equal(codeIn(cell), String(value), key);
    }
  });
});

describe("docs/life-of-a-manifest.md", () => {
  it("desired, owned part, patch and request are what the kind makes of the manifest and of live", () => {
    const page = "life-of-a-manifest.md";
    const { resources } = validate(blocksOf(readPage(page), "yaml manifest").join("---\n"));
    const [resource] = resources;
    assert.ok(resource);
    const live = shown(page, "live");
    const owned = resource.live(live, []);
    assert.deepEqual(resource.desired([]), shown(page, "desired"));
    assert.deepEqual(owned, shown(page, "owned"));
    assert.deepEqual(diffOwned(owned, resource.desired([])).patch, shown(page, "patch")["list"]);
    assert.deepEqual(resource.compose(live, []), shown(page, "request"));
    assert.deepEqual(resource.source.positionOf(["spec", "nodes", 1, "properties", "prompt"]), {
      line: 10,
      column: 62,
    });
  });

  it("each function that it names is in the file that it links", () => {
    const links = [
      ...readPage("life-of-a-manifest.md").matchAll(
        /`(\w+)`\s*\(\[[^\]]+\]\(\.\.\/([^)]+)\)|\(\[[^\]]+\]\(\.\.\/([^)]+)\), `(\w+)`/g,
      ),
    ];
    assert.ok(links.length > 20);
    for (const [, before, first, second, after] of links) {
      const code = readFileSync(new URL(`../../${first ?? second}`, import.meta.url), "utf8");
      assert.match(code, new RegExp(`\\b${before ?? after}\\b`));
    }
  });
});

describe("JSON on docs/commands.md", () => {
  const page = "commands.md";

  /** The tenant and the manifest of the page on the life of a manifest. */
  async function openStory(t: TestContext): Promise<EmulatedWorld> {
    const life = "life-of-a-manifest.md";
    const seed = loadSeed(JSON.stringify({ flows: [shown(life, "live")] }), "seed");
    const [manifest = ""] = blocksOf(readPage(life), "yaml manifest");
    const world = await openEmulatedWorld(t, { "line-check.yaml": manifest }, { seed });
    const config = configFor(world.emulator.url, "    variables: { greeting: Hello }\n");
    writeFileSync(join(world.folder, "cxone-gitops.yaml"), config);
    return world;
  }

  async function runJson(world: EmulatedWorld, ...args: readonly string[]): Promise<JsonObject> {
    return JSON.parse((await world.run(...args, "--output", "json")).stdout);
  }

  function lastOf(value: JsonObject, key: string): Json {
    const list = value[key];
    return isJsonArray(list) ? (list.at(-1) ?? null) : null;
  }

  function assertSameKeys(live: Json, onPage: Json): void {
    assert.deepEqual(Object.keys(live ?? {}), Object.keys(onPage ?? {}));
  }

  it("plan, apply, audit log and audit verify give what the page shows", async (t) => {
    const world = await openStory(t);
    const plan = await runJson(world, "plan");
    assertSameKeys(plan, shown(page, "plan"));
    assert.deepEqual(plan["summary"], shown(page, "plan")["summary"]);
    assert.deepEqual(plan["changes"], shown(page, "plan")["changes"]);

    const applied = await runJson(world, "apply", "--auto-approve");
    assertSameKeys(applied, shown(page, "apply"));
    assert.deepEqual(applied["outcomes"], shown(page, "apply")["outcomes"]);

    const entry = lastOf(await runJson(world, "audit", "log"), "entries");
    const entryOnPage = lastOf(shown(page, "audit-log"), "entries");
    assertSameKeys(entry, entryOnPage);
    for (const key of ["type", "before", "after", "idempotencyKey", "outcome", "attempts"])
      assert.deepEqual(valueAt(entry, key), valueAt(entryOnPage, key), key);

    assertSameKeys(await runJson(world, "audit", "verify"), shown(page, "audit-verify"));
    const trail = join(world.folder, ".cxone-gitops/audit.jsonl");
    writeFileSync(trail, readFileSync(trail, "utf8").replace('"attempts":1', '"attempts":2'));
    assert.deepEqual(await runJson(world, "audit", "verify"), shown(page, "audit-verify-broken"));
  });

  it("validate and a failure give the shapes that the page shows", async (t) => {
    const world = await openStory(t);
    appendFileSync(join(world.folder, "manifests/line-check.yaml"), "---\n[]\n");
    const finding = lastOf(await runJson(world, "validate"), "findings");
    assertSameKeys(finding, lastOf(shown(page, "validate"), "findings"));
    const failed = await runJson(world, "plan", "--rev", "nope");
    assertSameKeys(valueAt(failed, "error") ?? null, valueAt(shown(page, "failure"), "error") ?? null);
  });
});
