/** Two commands as processes of their own, with one tenant's quota between them. What came when is read from the tenant's log. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { DEFAULT_SEED } from "../../src/emulator/default-seed.ts";
import { startEmulator } from "../../src/emulator/server.ts";
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
  assert.deepEqual(readdirSync(`${runtime}/cxone-gitops`), [], "both have left");
});

function flowsByHand(count: number) {
  return Array.from({ length: count }, (_, index) => ({ id: `ivr_watched-${index}`, nodes: [], connections: [] }));
}

function folderOf(t: TestContext, url: string, name: string, count: number): string {
  const names = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const config = configFor(url).replace(/limits: .*/, `limits: { requestsPerSecond: ${RATE}, burst: ${RATE} }`);
  return makeFolder(t, { "cxone-gitops.yaml": config, "manifests/flows.yaml": names.map(flowNamed).join("---\n") });
}
