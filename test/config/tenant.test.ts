import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { InvalidConfigError } from "../../src/config/error.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { ResolvedTenant } from "../../src/config/resolved.ts";
import { selectTenant } from "../../src/config/tenant.ts";
import { GitopsError } from "../../src/errors.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

interface Given {
  /** The configuration's text. */
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly tenant?: string;
  readonly needCredentials?: boolean;
  readonly secrets?: Secrets;
}

async function select(t: TestContext, given: Given): Promise<ResolvedTenant> {
  const { text, files = {}, env = {}, tenant, needCredentials = false, secrets = new Secrets() } = given;
  const cwd = makeFolder(t, { ...files, "conf/c.yaml": text });
  const config = await loadConfig({ cwd, file: "conf/c.yaml", env, needCredentials, secrets });
  return selectTenant(config, tenant, { needCredentials });
}

const isInvalid =
  (places: readonly string[], pattern = /./) =>
  (thrown: unknown) => {
    assert.ok(thrown instanceof InvalidConfigError, String(thrown));
    assert.deepEqual(
      thrown.findings.map(({ rule, line, column }) => `${rule} ${line}:${column}`),
      places,
    );
    assert.match(`${thrown.message} ${thrown.hint}`, pattern);
    return true;
  };

test("a tenant has the defaults of the API notes", async (t) => {
  assert.deepEqual(await select(t, { text: "tenants: { dev: { org: acme-dev } }" }), {
    name: "dev",
    org: "acme-dev",
    credentials: null,
    flows: {
      baseUrl: "https://acme-dev.api.nice.incontact.com",
      tokenPath: "/oauth/token",
      scope: "flows:write flows:read",
    },
    workflows: {
      baseUrl: "https://acme-dev.niceincontact.com",
      tokenPath: "/oauth2/token",
      scope: "workflow:edit workflow:view email:template interaction:read webhook:manage",
    },
    variables: {},
    limits: { requestsPerSecond: 10, burst: 10, concurrency: 8 },
    retry: { attempts: 4, baseMs: 1000, capMs: 16000, budgetMs: 300000 },
    guard: { maxUpdatePercent: 30, maxDeletePercent: 10 },
    reconcilePolicy: null,
    consistencyWindowMs: 10000,
  });
});

test("what is written replaces the default, and only that", async (t) => {
  const text = `tenants:
  dev:
    org: "\${env:ORG}"
    flows: { baseUrl: "http://127.0.0.1:8080/\${var:path}//", scope: s }
    workflows: { tokenPath: /t }
    variables: { path: api, count: 3, on: true, from: "\${env:PATH_PART}" }
    limits: { burst: 1 }
    retry: { attempts: 2 }
    guard: { maxDeletePercent: 0 }
    consistencyWindowMs: 0
`;
  const secrets = new Secrets();
  const tenant = await select(t, { text, env: { ORG: "from-env", PATH_PART: "a-part" }, secrets });
  assert.deepEqual(tenant.flows, { baseUrl: "http://127.0.0.1:8080/api", tokenPath: "/oauth/token", scope: "s" });
  assert.equal(tenant.workflows.baseUrl, "https://from-env.niceincontact.com");
  assert.equal(tenant.workflows.tokenPath, "/t");
  assert.deepEqual(tenant.variables, { path: "api", count: 3, on: true, from: "a-part" });
  assert.deepEqual(tenant.limits, { requestsPerSecond: 10, burst: 1, concurrency: 8 });
  assert.equal(tenant.retry.attempts, 2);
  assert.deepEqual(tenant.guard, { maxUpdatePercent: 30, maxDeletePercent: 0 }, "zero is a value");
  assert.equal(tenant.consistencyWindowMs, 0);
  assert.equal(secrets.isIn("from-env"), true, "whatever comes from the environment is secret");
});

test("the tenant is named, the only one, or the one called default", async (t) => {
  const text = (...names: readonly string[]) =>
    `tenants: { ${names.map((name) => `${name}: { org: ${name} }`).join(", ")} }`;
  const nameOf = async (given: Given) => (await select(t, given)).name;
  assert.equal(await nameOf({ text: text("dev") }), "dev");
  assert.equal(await nameOf({ text: text("dev", "default") }), "default");
  assert.equal(await nameOf({ text: text("dev", "default"), tenant: "dev" }), "dev");
  const cases: readonly (readonly [Given, RegExp])[] = [
    [{ text: text("dev", "prod") }, /several tenants.*--tenant.*dev, prod/],
    [{ text: text("dev", "prod"), tenant: "prd" }, /no tenant "prd".*Did you mean "prod".*dev, prod/],
    [{ text: text("dev"), tenant: "constructor" }, /no tenant "constructor"/],
    [{ text: "rules: {}" }, /describes no tenant/],
  ];
  for (const [given, pattern] of cases) {
    await assert.rejects(select(t, given), (thrown) => {
      assert.ok(thrown instanceof GitopsError);
      assert.equal(thrown.code, "config/tenant");
      assert.match(`${thrown.message} ${thrown.hint}`, pattern);
      return true;
    });
  }
});

const credentials = `tenants:
  dev:
    org: acme
    credentials:
      clientId: "\${env:ID}"
      clientSecret: "\${env:SECRET}"
  prod:
    org: "\${env:PROD_ORG}"
    credentials: { clientId: "\${env:PROD_ID}", clientSecret: "\${env:PROD_SECRET}" }
`;

test("only what a run uses must be set", async (t) => {
  const dev = { text: credentials, tenant: "dev" };
  assert.equal((await select(t, dev)).credentials, null, "credentials that are not needed may be missing");
  const env = { ID: "my-client", SECRET: "my-secret" };
  const secrets = new Secrets();
  const tenant = await select(t, { ...dev, env, needCredentials: true, secrets });
  assert.deepEqual(
    tenant.credentials,
    { clientId: "my-client", clientSecret: "my-secret" },
    "the other tenant is left alone",
  );
  assert.deepEqual([secrets.isIn("my-client"), secrets.isIn("my-secret")], [true, true]);
  assert.deepEqual(
    (await select(t, { ...dev, env })).credentials,
    tenant.credentials,
    "and are read where they are set",
  );
});

test("what is needed and unset is reported together, with its own code", async (t) => {
  await assert.rejects(
    select(t, { text: credentials, tenant: "prod", needCredentials: true }),
    (thrown) =>
      isInvalid(["variables/unset 8:10", "variables/unset 9:30", "variables/unset 9:62"], /PROD_ORG/)(thrown) &&
      thrown instanceof GitopsError &&
      thrown.code === "variables/unset",
  );
  await assert.rejects(
    select(t, { text: "tenants: { dev: { org: acme } }", needCredentials: true }),
    isInvalid(["config/invalid 1:17"], /no credentials/),
  );
});

test("credentials may lie in files, beside the configuration", async (t) => {
  const text = `tenants:
  dev:
    org: acme
    variables: { folder: keys }
    credentials: { clientId: literal-id, clientSecret: { file: "../\${var:folder}/secret" } }
`;
  const secrets = new Secrets();
  const given = { text, needCredentials: true, secrets };
  const tenant = await select(t, { ...given, files: { "keys/secret": "from-a-file\n" } });
  assert.deepEqual(tenant.credentials, { clientId: "literal-id", clientSecret: "from-a-file" });
  assert.deepEqual([secrets.isIn("from-a-file"), secrets.isIn("literal-id")], [true, false]);
  const cases: readonly (readonly [files: Readonly<Record<string, string>>, pattern: RegExp])[] = [
    [{}, /cannot be read \(ENOENT\)/],
    [{ "keys/secret": " \n" }, /is empty/],
    [{ "keys/secret": "x".repeat(70_000) }, /cannot be used/],
  ];
  for (const [files, pattern] of cases) {
    await assert.rejects(select(t, { ...given, files }), isInvalid(["config/invalid 5:64"], pattern));
    assert.equal((await select(t, { text, files })).credentials, null, "not needed, no error");
  }
});

test("base URLs keep tokens off the wire and out of the file", async (t) => {
  const baseUrlOf = async (baseUrl: string) => {
    const text = `tenants: { a: { org: x, flows: { baseUrl: ${JSON.stringify(baseUrl)} } } }`;
    return (await select(t, { text })).flows.baseUrl;
  };
  const good: readonly (readonly [written: string, used: string])[] = [
    ["https://x.example/", "https://x.example"],
    ["https://x.example/a/b//", "https://x.example/a/b"],
    ["http://localhost:1234", "http://localhost:1234"],
    ["http://127.9.9.9", "http://127.9.9.9"],
    ["http://127.1", "http://127.0.0.1"],
    ["http://[::1]:8080/", "http://[::1]:8080"],
  ];
  for (const [written, used] of good) assert.equal(await baseUrlOf(written), used);
  const bad: readonly (readonly [written: string, pattern: RegExp])[] = [
    ["http://x.example", /plain http/],
    ["http://127.0.0.1.example", /plain http/],
    ["http://localhost.example", /plain http/],
    ["http://128.0.0.1", /plain http/],
    ["http://[::2]", /plain http/],
    ["ftp://x.example", /not an https/],
    ["x.example", /not a URL/],
    ["https://user:secret@x.example", /user information/],
    ["https://user@x.example", /user information/],
    ["https://x.example?a=1", /query/],
    ["https://x.example/#a", /fragment/],
    ["https://x.example/?", /query/],
  ];
  for (const [written, pattern] of bad) {
    await assert.rejects(baseUrlOf(written), isInvalid(["config/invalid 1:43"], pattern), written);
    await assert.rejects(baseUrlOf(written), (thrown) => !JSON.stringify(thrown).includes("user:secret"));
  }
});

test("what references yield is checked like what is written", async (t) => {
  const tenant = (org: string) => `tenants:\n  a:\n    org: ${org}\n    variables: { n: 5, x: "\${var:n}" }\n`;
  const text = (org: string) => tenant(org).replace(', x: "${var:n}"', "");
  await assert.rejects(select(t, { text: text('"acme.example/?"') }), isInvalid(["config/invalid 3:10"], /letters/));
  await assert.rejects(
    select(t, { text: text('"${env:ORG}"'), env: { ORG: "a b" } }),
    isInvalid(["config/invalid 3:10"]),
  );
  await assert.rejects(select(t, { text: text('"${var:n}"') }), isInvalid(["config/invalid 3:10"], /must be text/));
  await assert.rejects(
    select(t, { text: tenant("acme") }),
    isInvalid(["variables/unset 4:27"]),
    "variables do not see each other",
  );
  const path = `tenants: { a: { org: x, flows: { tokenPath: "//evil.example/x" } } }`;
  await assert.rejects(select(t, { text: path }), isInvalid(["config/invalid 1:45"], /token path/));
});
