/** What the configuration says of where manifests come from, and which hints it gives where the environment lacks something. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { InvalidConfigError } from "../../src/config/error.ts";
import { loadConfig } from "../../src/config/load.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

function load(t: TestContext, text: string, env: Readonly<Record<string, string>> = {}) {
  const cwd = makeFolder(t, { "cxone-gitops.yaml": text });
  return { cwd, config: loadConfig({ cwd, env, needCredentials: false, secrets: new Secrets() }) };
}

it("allowed signers that nobody asks for are an error, unless it is said that only the flag asks", async (t) => {
  await assert.rejects(load(t, "source: { allowedSigners: keys }").config, (thrown) => {
    assert.ok(thrown instanceof InvalidConfigError);
    const [finding] = thrown.findings;
    assert.deepEqual([finding?.rule, finding?.line, finding?.column], ["config/invalid", 1, 11]);
    assert.match(String(finding?.message), /verifies nothing without source\.requireSigned/);
    return true;
  });
  const { cwd, config } = load(t, "source: { allowedSigners: keys, requireSigned: false }");
  assert.deepEqual((await config).source, { requireSigned: false, allowedSigners: join(cwd, "keys") });
});

const TENANTS = `tenants:
  dev: { org: a, credentials: { clientId: "\${env:CXONE_CLIENT_ID}", clientSecret: "\${env:CXONE_CLIENT_SECRET}" } }
  prod: { org: b, credentials: { clientId: x, clientSecret: "\${env:PRODX_CLIENT_SECRET}" } }
`;

it("a variable that something asks for is never offered in the place of another", async (t) => {
  const cases = [
    ["the id for the secret", TENANTS, "dev", "CXONE_CLIENT_ID", undefined],
    ["another tenant's secret", TENANTS, "dev", "PRODX_CLIENT_SECRET", undefined],
    ["one that nobody asks for, and is near", TENANTS, "dev", "CXONE_CLIENT_SECRE", "CXONE_CLIENT_SECRE"],
    ["the id for the secret, without a file", "", "default", "CXONE_CLIENT_ID", undefined],
  ] as const;
  for (const [why, text, name, there, meant] of cases) {
    const { config } = load(t, text, { CXONE_ORG: "acme", [there]: "value-1234" });
    await assert.rejects((await config).resolveTenant(name, { needCredentials: true }), (thrown) => {
      assert.ok(thrown instanceof InvalidConfigError);
      const hint = thrown.findings.find(({ message }) => message.includes("CXONE_CLIENT_SECRET"))?.hint ?? "none";
      assert.equal(/Did you mean "(\w+)"/.exec(hint)?.[1], meant, why);
      return true;
    });
  }
});
