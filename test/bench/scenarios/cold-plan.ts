import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flowManifest, liveFlow } from "../documents.ts";
import { type Figure, seconds } from "../figures.ts";
import type { Conditions } from "../floor.ts";
import { measure } from "../measure.ts";
import { type Server, withServer } from "../server.ts";
import { byName, makeWorld, range, readPlan, type World } from "../world.ts";
import { compareWithFloor, type Run, timeOnline, watch } from "./against-floor.ts";
import type { Bench, Scenario } from "./scenario.ts";

const BARE = join(import.meta.dirname, "../bare-client.js");
const FLOWS = 2000;
/** How often what is short is done, alternated; the least counts. */
const ROUNDS = 3;
const WITHOUT_LIMIT: Conditions = { latencyMs: 20, concurrency: 32 };
const WITH_LIMIT: Conditions = { latencyMs: 20, concurrency: 32, rateLimit: 100 };

/** Nothing known of the tenant, and nothing to change in it: what must be asked is all that takes time. */
/** Nothing known of the tenant, and nothing to change in it: what must be asked is all that takes time. */
export const coldPlan: Scenario = (bench) =>
  withFlows(bench, WITHOUT_LIMIT, async (server, world) => {
    const runs: Run[] = [];
    const bare: Run[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      runs.push(await planOnce(server, world));
      bare.push(await watch(server, () => readBare(server, world)));
    }
    const ours = quickest(runs);
    const least = timeOnline(quickest(bare));
    const beside: Figure = {
      id: "a.bare",
      what: "the same, against a bare node:http client that reads as many documents",
      value: timeOnline(ours) / least,
      noise: 0.1,
      detail: `${seconds(timeOnline(ours))} of ${seconds(least)}`,
    };
    return [...compareWithFloor("a", "cold plan of 2,000 documents", ours, WITHOUT_LIMIT), beside];
  });

export const coldPlanWithLimit: Scenario = (bench) =>
  withFlows(bench, WITH_LIMIT, async (server, world) => {
    return compareWithFloor("b", "the same at 100 requests/s", await planOnce(server, world), WITH_LIMIT);
  });

/** A tenant with flows, and manifests that ask for just these. */
function withFlows<Result>(
  { product, folder }: Bench,
  conditions: Conditions,
  work: (server: Server, world: World) => Promise<Result>,
): Promise<Result> {
  const seed = { flows: range(0, FLOWS).map(liveFlow) };
  return withServer(product, { folder, seed, ...conditions }, (server) => {
    const manifests = byName("line", range(0, FLOWS), (index) => flowManifest(index));
    return work(server, makeWorld({ product, folder, manifests, tenant: { url: server.url, conditions } }));
  });
}

async function planOnce(server: Server, world: World): Promise<Run> {
  rmSync(join(world.folder, ".cxone-gitops/cache"), { recursive: true, force: true });
  const run = await watch(server, () => world.run("plan", "--output", "json"));
  readPlan(run.ran, { unchanged: FLOWS, unknown: 0 });
  return run;
}

async function readBare(server: Server, world: World) {
  const ids = join(world.folder, "ids.json");
  writeFileSync(ids, JSON.stringify(range(0, FLOWS).map((index) => liveFlow(index)["id"])));
  const ran = await measure([BARE, server.url, String(WITHOUT_LIMIT.concurrency), ids], { cwd: world.folder });
  if (ran.code !== 0) throw new Error(ran.stderr.slice(-1000));
  return ran;
}

function quickest(runs: readonly Run[]): Run {
  return runs.reduce((best, run) => (timeOnline(run) < timeOnline(best) ? run : best));
}
