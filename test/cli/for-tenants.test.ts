/** Work for several tenants in turn, with work that is not a command's. */
import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import { combineCodes, forTenants, type TenantWork } from "../../src/cli/tenants/for-tenants.ts";
import type { TenantResult } from "../../src/cli/tenants/tenant-result.ts";
import { openWorkspace } from "../../src/cli/workspace.ts";
import { type ExitCode, GitopsError } from "../../src/errors.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { openTestIo } from "../helpers/test-io.ts";
import { aChange, aPlan } from "../render/plans.ts";

const CONFIG = "tenants:\n  dev: { org: a }\n  test: { org: b }\n  prod: { org: c }\n";

/** Runs work for all three tenants, and returns the exit code, which tenants it was begun for, and what was printed. */
async function run(t: TestContext, work: TenantWork, stop = new AbortController()) {
  const folder = makeFolder(t, { "cxone-gitops.yaml": CONFIG, "manifests/.keep": "" });
  const { io, said } = openTestIo(folder);
  const options = { tenant: "all", output: "text", logLevel: "silent", color: false } as const;
  const stopping = { soft: stop.signal, hard: new AbortController().signal };
  const workspace = await openWorkspace(io, options, { needCredentials: true, stopping });
  const begun: string[] = [];
  const code = await forTenants(workspace, (one) => {
    begun.push(one.options.tenant ?? "");
    return work(one);
  });
  return { code, begun, said: said() };
}

function resultOf(code: ExitCode, unknown = 0): TenantResult {
  const plan = aPlan([aChange({ action: unknown > 0 ? "report" : "update" })]);
  return { code, plan: { ...plan, summary: { ...plan.summary, unknown } }, document: {} };
}

function notApproved(isLeft: boolean): GitopsError {
  return new GitopsError("apply/not-approved", "not approved; nothing was sent", { context: { isLeft } });
}

it("a plain no is about one tenant: the next is asked", async (t) => {
  const { code, begun } = await run(t, () => Promise.reject(notApproved(false)));
  assert.deepEqual([code, begun], [1, ["dev", "test", "prod"]]);
});

it("whoever leaves the question is asked nothing more", async (t) => {
  const { code, begun, said } = await run(t, () => Promise.reject(notApproved(true)));
  assert.deepEqual([code, begun], [1, ["dev"]]);
  assert.match(said, /not begun for test, prod/);
});

it("a defect for one tenant is told, and stops no other", async (t) => {
  const { code, begun, said } = await run(t, ({ options }) => {
    if (options.tenant === "test") throw new TypeError("x is not a function");
    return Promise.resolve(resultOf(2));
  });
  assert.deepEqual([code, begun], [1, ["dev", "test", "prod"]]);
  assert.match(said, /tenant test: error: a defect in cxone-gitops: x is not a function/);
  assert.match(said, /^ {2}together {8}~1 {6}error {2}~1$/m);
});

it("what a signal cut off is in part, not an error", async (t) => {
  const stop = new AbortController();
  const { code, begun } = await run(
    t,
    () => {
      stop.abort();
      return Promise.resolve(resultOf(1, 1));
    },
    stop,
  );
  assert.deepEqual([code, begun], [4, ["dev"]]);
});

it("the one exit code is the one that weighs most", () => {
  const rows: readonly (readonly [codes: readonly ExitCode[], expected: ExitCode, reason: string])[] = [
    [[0, 0], 0, "nothing to do anywhere"],
    [[0, 2], 2, "something is pending"],
    [[2, 3, 0], 3, "a refusal weighs more than what is pending"],
    [[3, 4, 2], 4, "what was done in part weighs more than a refusal"],
    [[4, 1, 3, 0], 1, "an error weighs most"],
  ];
  for (const [codes, expected, reason] of rows) assert.equal(combineCodes(codes), expected, reason);
});
