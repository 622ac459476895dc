/** Two commands as processes of their own, with one tenant's quota between them. What came when is read from the tenant's log. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openClock } from "../../src/cli/outside/clock.ts";
import { connectTenant } from "../../src/cxone/connect.ts";
import type { TenantEndpoints } from "../../src/cxone/tenant.ts";
import { DEFAULT_SEED } from "../../src/emulator/default-seed.ts";
import { startEmulator } from "../../src/emulator/server.ts";
import { Secrets } from "../../src/model/secrets.ts";
import { runCommand } from "../helpers/command.ts";
import { flowNamed } from "../helpers/manifests.ts";
import { makeFolder } from "../helpers/temp-folder.ts";
import { CREDENTIALS, configFor } from "../helpers/world.ts";

const RATE = 40;

test("drift yields to an apply that shares its quota on one machine; both end, and no 429 is provoked", async (t) => {
  const emulator = await startEmulator({ seed: { ...DEFAULT_SEED, flows: flowsByHand(100) }, rateLimit: RATE });
  t.after(() => emulator.close());
  const runtime = makeFolder(t);
  const env = { ...CREDENTIALS, XDG_RUNTIME_DIR: runtime };
  const run = (name: string, count: number, ...args: readonly string[]) =>
    runCommand(args, { cwd: folderOf(t, emulator.url, name, count), env });
  const [drift, apply] = await Promise.all([
    run("watched", 100, "drift"),
    run("applied", 40, "apply", "--auto-approve", "--allow-large-change"),
  ]);

  assert.equal(drift.code, 2, drift.stderr);
  assert.equal(apply.code, 0, apply.stderr);
  const log = emulator.log();
  assert.deepEqual(
    log.filter(({ status }) => status === 429),
    [],
  );
  const isOfApply = ({ path, method }: (typeof log)[number]) => path.includes("/ivr_applied-") || method === "POST";
  const requests = log.filter(({ path }) => path.startsWith("/api/"));
  const meanwhile = requests.slice(requests.findIndex(isOfApply), requests.findLastIndex(isOfApply) + 1);
  const watched = meanwhile.filter((entry) => !isOfApply(entry)).length;
  assert.ok(watched < meanwhile.length / 4, `${watched} of ${meanwhile.length} requests were drift's`);
  const left = readdirSync(`${runtime}/cxone-gitops`).filter((name) => !name.includes(".used."));
  assert.deepEqual(left, [], "both have left");
});

test("a plan right after another one begins with what that has left of the quota, and provokes no 429", async (t) => {
  const flows = flowsByHand(60);
  const emulator = await startEmulator({ seed: { ...DEFAULT_SEED, flows }, rateLimit: RATE });
  t.after(() => emulator.close());
  const refs = flows.map(({ id }) => ({ type: "flow", id }) as const);
  const folder = join(makeFolder(t), "runs");
  for (const name of ["first", "second"]) {
    const connection = connectTenant({
      tenant: tenantAt(emulator.url),
      clock: openClock(new AbortController().signal),
      secrets: new Secrets(),
      sharing: { kind: "reads", folder, onTrouble: assert.fail },
      version: "0.0.0",
    });
    const reads = await Promise.all(refs.map((ref) => connection.store.read(ref)));
    await connection.close();
    assert.ok(reads.every(({ state }) => state === "present"));
    assert.equal(emulator.log().filter(({ status }) => status === 429).length, 0, name);
  }
});

function tenantAt(url: string): TenantEndpoints {
  const family = { baseUrl: url, tokenPath: "/oauth/token", scope: "flows:read flows:write" };
  return {
    name: "dev",
    clientId: "client",
    clientSecret: "secret",
    flows: family,
    workflows: family,
    limits: { requestsPerSecond: RATE, burst: RATE, concurrency: 8 },
    retry: { attempts: 4, baseMs: 100, capMs: 1000, budgetMs: 10_000 },
  };
}

function flowsByHand(count: number) {
  return Array.from({ length: count }, (_, index) => ({ id: `ivr_watched-${index}`, nodes: [], connections: [] }));
}

function folderOf(t: TestContext, url: string, name: string, count: number): string {
  const names = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const config = configFor(url).replace(/limits: .*/, `limits: { requestsPerSecond: ${RATE}, burst: ${RATE} }`);
  return makeFolder(t, { "cxone-gitops.yaml": config, "manifests/flows.yaml": names.map(flowNamed).join("---\n") });
}
