import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadConfig } from "../../src/config/load.ts";
import { findTenantNames, namesSeveral, refuseSeveral } from "../../src/config/tenant-names.ts";
import { GitopsError } from "../../src/errors.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { makeFolder } from "../helpers/temp-folder.ts";

const KNOWN = ["dev", "test", "prod"];

describe("what --tenant names", () => {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ["all", KNOWN],
    ["prod,dev", ["prod", "dev"]],
    ["prod, dev", ["prod", "dev"]],
  ];
  for (const [wanted, names] of lists) {
    it(`${wanted} is several tenants, in that order`, () => {
      assert.equal(namesSeveral(wanted), true);
      assert.deepEqual(findTenantNames(KNOWN, wanted), names);
    });
  }

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["dev,prd", "config/tenant", /there is no tenant "prd"/],
    ["dev,dev", "usage", /names "dev" twice/],
    ["dev,", "usage", /is no list of tenants/],
    [",", "usage", /is no list of tenants/],
    ["dev,all", "usage", /is no list of tenants/],
  ];
  for (const [wanted, code, message] of wrong) {
    it(`${wanted} is refused`, () => {
      assert.throws(() => findTenantNames(KNOWN, wanted), failure(code, message));
    });
  }

  it("one name, or none, is one tenant", () => {
    for (const wanted of ["dev", "all-of-them", undefined]) {
      assert.equal(namesSeveral(wanted), false);
      refuseSeveral(wanted, "a saved plan");
    }
    assert.throws(
      () => refuseSeveral("all", "a saved plan"),
      failure("usage", /^a saved plan is for one tenant, and /),
    );
  });

  it("all of no tenants is an error", () => {
    assert.throws(() => findTenantNames([], "all"), failure("config/tenant", /describes no tenant/));
  });
});

it("no tenant of the configuration may be called all", async (t) => {
  const folder = makeFolder(t, { "cxone-gitops.yaml": "tenants:\n  dev: { org: a }\n  all: { org: b }\n" });
  const load = loadConfig({ cwd: folder, env: {}, needCredentials: false, secrets: new Secrets() });
  await assert.rejects(load, (thrown: Error & { findings?: readonly { message: string; line: number }[] }) => {
    const [finding] = thrown.findings ?? [];
    assert.deepEqual([finding?.message, finding?.line], ['"all" cannot be the name of a tenant', 3]);
    return true;
  });
});

function failure(code: string, message: RegExp): (thrown: unknown) => boolean {
  return (thrown) => thrown instanceof GitopsError && thrown.code === code && message.test(thrown.message);
}
