import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { policyOfRun } from "../../src/cli/holding.ts";
import { InvalidConfigError } from "../../src/config/error.ts";
import { loadConfig } from "../../src/config/load.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

async function load(t: TestContext, text: string) {
  const cwd = makeFolder(t, { "cxone-gitops.yaml": text });
  return loadConfig({ cwd, env: {}, needCredentials: false, secrets: new Secrets() });
}

test("without a word git wins, and three repairs within an hour are too many", async (t) => {
  const { reconcile } = await load(t, "tenants: { dev: { org: acme-dev } }");
  assert.deepEqual(reconcile, { policy: "repair", flipFlop: { repairs: 3, withinMinutes: 60 } });
});

test("the flag counts more than the tenant, and the tenant more than the configuration", async (t) => {
  const config = await load(
    t,
    `reconcile: { policy: repair-unless-edited, flipFlop: { repairs: 5 } }
tenants:
  dev: { org: acme-dev }
  prod: { org: acme, reconcile: { policy: report } }
`,
  );
  assert.deepEqual(config.reconcile.flipFlop, { repairs: 5, withinMinutes: 60 });
  const [dev, prod] = await Promise.all(
    ["dev", "prod"].map((name) => config.resolveTenant(name, { needCredentials: false })),
  );
  assert.ok(dev !== undefined && prod !== undefined);
  assert.equal(policyOfRun({ config, tenant: dev }, undefined), "repair-unless-edited");
  assert.equal(policyOfRun({ config, tenant: prod }, undefined), "report");
  assert.equal(policyOfRun({ config, tenant: prod }, "repair"), "repair");
});

test("what is no policy, and limits that mean nothing, are errors at their place", async (t) => {
  const cases = [
    ["reconcile: { policy: repare }", /reconcile\.policy|repair-unless-edited/],
    ["reconcile: { flipFlop: { repairs: 0 } }", /repairs/],
    ["reconcile: { flipFlop: { withinMinutes: 0.5 } }", /withinMinutes/],
    ["tenants: { dev: { org: a, reconcile: { flipFlop: { repairs: 2 } } } }", /flipFlop/],
  ] as const;
  for (const [text, said] of cases) {
    await assert.rejects(load(t, text), (thrown) => {
      assert.ok(thrown instanceof InvalidConfigError, String(thrown));
      assert.match(thrown.findings.map(({ message, hint }) => `${message} ${hint}`).join(), said);
      return thrown.findings.every(({ line }) => line === 1);
    });
  }
});
