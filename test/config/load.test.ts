import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { InvalidConfigError } from "../../src/config/error.ts";
import { loadConfig } from "../../src/config/load.ts";
import { GitopsError } from "../../src/errors.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

interface Given {
  readonly cwd: string;
  readonly file?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly needCredentials?: boolean;
  readonly secrets?: Secrets;
}

const load = ({ cwd, file, env = {}, needCredentials = false, secrets = new Secrets() }: Given) =>
  loadConfig({ cwd, file, env, needCredentials, secrets });

/** `rule file:line:column` of every finding of the error. */
async function findings(given: Given): Promise<readonly string[]> {
  const thrown: unknown = await load(given).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof InvalidConfigError, `expected an InvalidConfigError, got ${String(thrown)}`);
  return thrown.findings.map(({ rule, file, line, column }) => `${rule} ${file}:${line}:${column}`);
}

const isError = (code: string, pattern: RegExp) => (thrown: unknown) => {
  assert.ok(thrown instanceof GitopsError);
  assert.equal(thrown.code, code);
  assert.match(`${thrown.message} ${thrown.hint}`, pattern);
  return true;
};

test("a file is found by its default names, and paths in it start at the file", async (t) => {
  const cwd = makeFolder(t, {
    "cxone-gitops.yaml":
      "manifests: ../flows\naudit: { file: trail.jsonl }\ntenants: { dev: { org: acme } }\nrules: { flow/cycle: warn, flow/start: off }\n",
    "sub/other.yml": "tenants: { prod: { org: acme } }\n",
    "yml/cxone-gitops.yml": "{}",
  });
  const config = await load({ cwd });
  assert.equal(config.file, join(cwd, "cxone-gitops.yaml"));
  assert.equal(config.manifestsDirectory, join(cwd, "../flows"));
  assert.equal(config.audit.file, join(cwd, "trail.jsonl"));
  assert.deepEqual(config.tenantNames, ["dev"]);
  assert.deepEqual(config.rules, { "flow/cycle": "warning", "flow/start": "off" });

  const other = await load({ cwd, file: "sub/other.yml" });
  assert.equal(other.directory, join(cwd, "sub"));
  assert.equal(other.manifestsDirectory, join(cwd, "sub/manifests"), "the default starts there too");
  assert.equal(other.audit.file, join(cwd, "sub/.cxone-gitops/audit.jsonl"));
  assert.deepEqual(other.tenantNames, ["prod"]);

  assert.equal((await load({ cwd: join(cwd, "yml") })).file, join(cwd, "yml/cxone-gitops.yml"));
});

test("without a file the environment describes the tenant", async (t) => {
  const cwd = makeFolder(t);
  const env = { CXONE_ORG: "acme", CXONE_CLIENT_ID: "the-id", CXONE_CLIENT_SECRET: "the-secret" };
  const secrets = new Secrets();
  const config = await load({ cwd, env, needCredentials: true, secrets });
  assert.deepEqual([config.file, config.directory, config.tenantNames], [null, cwd, ["default"]]);
  const tenant = await config.resolveTenant("default", { needCredentials: true });
  assert.equal(tenant.org, "acme");
  assert.deepEqual(tenant.credentials, { clientId: "the-id", clientSecret: "the-secret" });
  assert.deepEqual([secrets.isIn("the-id"), secrets.isIn("the-secret"), secrets.isIn("acme")], [true, true, false]);

  assert.deepEqual((await load({ cwd })).tenantNames, [], "validating needs no tenant");
  assert.deepEqual((await load({ cwd, env: { CXONE_ORG: "acme" } })).tenantNames, ["default"], "nor credentials");
  const partial = { CXONE_ORG: "acme", CXONE_CLIENT_ID: "" };
  await assert.rejects(
    load({ cwd, env: partial, needCredentials: true }),
    isError("config/missing", /set CXONE_CLIENT_ID, CXONE_CLIENT_SECRET\./),
    "exactly what is missing is named",
  );
  const odd = await load({ cwd, env: { ...env, CXONE_ORG: "${env:CXONE_CLIENT_SECRET}" } });
  await assert.rejects(odd.resolveTenant("default", { needCredentials: true }), isError("config/invalid", /letters/));
});

test("a file without tenants leaves them to the environment", async (t) => {
  const cwd = makeFolder(t, { "cxone-gitops.yaml": "manifests: flows\n" });
  const config = await load({ cwd, env: { CXONE_ORG: "acme" } });
  assert.deepEqual([config.tenantNames, config.manifestsDirectory], [["default"], join(cwd, "flows")]);
  await assert.rejects(load({ cwd, needCredentials: true }), isError("config/missing", /CXONE_ORG/));
});

test("a file that was asked for must be there", async (t) => {
  const cwd = makeFolder(t, { "folder/x": "" });
  await assert.rejects(load({ cwd, file: "nope.yaml" }), isError("config/missing", /nope\.yaml/));
  await assert.rejects(load({ cwd, file: "folder" }), isError("config/invalid", /folder/));
});

test("everything that is wrong is reported at once, at its place", async (t) => {
  const text = `manifest: flows
audit: { files: x }
tenants:
  dev:
    organisation: acme
    credentials: { clientId: id, clientSecret: { files: x } }
    flows: { baseurl: "https://x" }
    limits: { concurrency: 0, burst: many }
    guard: { maxUpdatePercent: 101 }
rules: { flow/cycle: fatal }
`;
  const cwd = makeFolder(t, { "cxone-gitops.yaml": text });
  const at = (place: string) => `cxone-gitops.yaml:${place}`;
  assert.deepEqual(await findings({ cwd }), [
    `config/unknown-key ${at("1:1")}`,
    `config/unknown-key ${at("2:10")}`,
    `config/invalid ${at("5:5")}`,
    `config/unknown-key ${at("5:5")}`,
    `config/unknown-key ${at("6:50")}`,
    `config/unknown-key ${at("7:14")}`,
    `config/invalid ${at("8:28")}`,
    `config/invalid ${at("8:38")}`,
    `config/invalid ${at("9:32")}`,
    `config/invalid ${at("10:22")}`,
  ]);
  await assert.rejects(load({ cwd }), (thrown) => {
    assert.ok(thrown instanceof InvalidConfigError);
    assert.equal(thrown.code, "config/invalid");
    assert.deepEqual(thrown.place, { file: "cxone-gitops.yaml", line: 1, column: 1 });
    const hints = thrown.findings.map(({ hint }) => hint);
    assert.equal(hints[0], 'Did you mean "manifests"?');
    assert.equal(hints[1], 'Did you mean "file"?');
    assert.ok(hints.includes('Did you mean "baseUrl"?'));
    assert.ok(thrown.findings.some(({ message }) => message.includes("`tenants.dev.org` is missing")));
    return true;
  });
});

test("what is no configuration at all is said so", async (t) => {
  const cases: readonly (readonly [text: string, found: string, reason: string])[] = [
    ["a: b: c", "yaml/syntax f.yaml:1:5", "not well-formed"],
    ["rules: {}\nrules: {}", "yaml/duplicate-key f.yaml:2:1", "a key twice"],
    ["tenants: { __proto__: { org: x } }", "yaml/forbidden-key f.yaml:1:12", "prototype pollution"],
    ["- a", "config/invalid f.yaml:1:1", "a list"],
    ["rules: {}\n---\nrules: {}", "config/invalid f.yaml:3:1", "a second document"],
    ["tenants: { '../x': { org: a } }", "config/invalid f.yaml:1:12", "a name that would be a path"],
    [
      "tenants: { a: { org: b, variables: { tel: 0049 } } }",
      "yaml/ambiguous-number f.yaml:1:43",
      "a number by mistake",
    ],
    ["manifests: '${env:NOT_SET}'", "variables/unset f.yaml:1:12", "a path from the environment"],
    ["audit: { file: '${var:x}' }", "variables/unset f.yaml:1:16", "paths belong to no tenant"],
  ];
  for (const [text, found, reason] of cases) {
    const cwd = makeFolder(t, { "f.yaml": text });
    assert.deepEqual(await findings({ cwd, file: "f.yaml" }), [found], reason);
  }
  const cwd = makeFolder(t, { "f.yaml": "# nothing\n" });
  assert.deepEqual((await load({ cwd, file: "f.yaml" })).tenantNames, [], "an empty file is a configuration");
});

for (const [written, message] of [
  ["true", /^`cache` must be false or have `directory` or `maxMegabytes`: leave it out/],
  ["", /^`cache` must be false or have/],
  ["{ directory: 5 }", /^`directory` is a number, and must be text/],
  ["{ folder: state }", /^unknown key "folder"/],
] as const) {
  test(`what the cache may be is said where it is something else: "${written}"`, async (t) => {
    const cwd = makeFolder(t, { "cxone-gitops.yaml": `cache: ${written}\n` });
    await assert.rejects(load({ cwd }), (thrown) => {
      assert.ok(thrown instanceof InvalidConfigError);
      assert.match(thrown.findings[0]?.message ?? "", message);
      return true;
    });
  });
}

test("a secret in the file is refused, and not repeated", async (t) => {
  const cases = ["hunter2-hunter2", "x-${env:SECRET}", "${var:secret}", "$${env:SECRET}"];
  for (const secret of cases) {
    const tenant = `{ org: acme, credentials: { clientId: my-id, clientSecret: "${secret}" } }`;
    const cwd = makeFolder(t, { "cxone-gitops.yaml": `tenants:\n  a: ${tenant}\n` });
    const secrets = new Secrets();
    assert.deepEqual(await findings({ cwd, secrets }), ["config/literal-secret cxone-gitops.yaml:2:65"], secret);
    assert.equal(secrets.isIn(secret), true, "should it get out anywhere else, it is masked");
    await assert.rejects(load({ cwd }), (thrown) => !JSON.stringify(thrown).includes(secret));
  }
});

test("paths may come from the environment", async (t) => {
  const cwd = makeFolder(t, { "cxone-gitops.yaml": "manifests: '${env:FLOWS}/x'\naudit: { file: '${env:TRAIL}' }\n" });
  const config = await load({ cwd, env: { FLOWS: "flows", TRAIL: "/var/trail.jsonl" } });
  assert.deepEqual([config.manifestsDirectory, config.audit.file], [join(cwd, "flows/x"), "/var/trail.jsonl"]);
});

test("a severity for a rule that does not exist, or is fixed, is an error with advice", async (t) => {
  const cwd = makeFolder(t, {
    "cxone-gitops.yaml": "rules: { flow/cylce: off, manifest/schema: off, email/placeholder: warn }\n",
  });
  const failure = await loadConfig({ cwd, env: {}, needCredentials: false, secrets: new Secrets() }).catch(
    (error: unknown) => error,
  );
  assert.ok(failure instanceof InvalidConfigError);
  assert.deepEqual(
    failure.findings.map(({ line, column, message, hint }) => [line, column, message, hint]),
    [
      [1, 10, 'there is no rule "flow/cylce"', 'Did you mean "flow/cycle"?'],
      [
        1,
        27,
        'the severity of the rule "manifest/schema" is fixed',
        "Remove the line: without this rule a manifest could vanish unnoticed.",
      ],
    ],
  );
});
