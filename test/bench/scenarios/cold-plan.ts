import { flowManifest, liveFlow } from "../documents.ts";
import type { Figure } from "../figures.ts";
import type { Conditions } from "../floor.ts";
import { withServer } from "../server.ts";
import { byName, makeWorld, range, readPlan } from "../world.ts";
import { compareWithFloor, watch } from "./against-floor.ts";
import type { Bench, Scenario } from "./scenario.ts";

const FLOWS = 2000;
const WITHOUT_LIMIT: Conditions = { latencyMs: 20, concurrency: 32 };
const WITH_LIMIT: Conditions = { latencyMs: 20, concurrency: 32, rateLimit: 100 };

/** Nothing known of the tenant, and nothing to change in it: what must be asked is all that takes time. */
export const coldPlan: Scenario = (bench) => planOnce(bench, "a", "cold plan of 2,000 documents", WITHOUT_LIMIT);

export const coldPlanWithLimit: Scenario = (bench) => planOnce(bench, "b", "the same at 100 requests/s", WITH_LIMIT);

/** Flows alone: the two families have quotas of their own, and the emulator has one for both. */
async function planOnce(
  { product, folder }: Bench,
  letter: "a" | "b",
  what: string,
  conditions: Conditions,
): Promise<readonly Figure[]> {
  const seed = { flows: range(0, FLOWS).map(liveFlow) };
  return withServer(product, { folder, seed, ...conditions }, async (server) => {
    const manifests = byName("line", range(0, FLOWS), (index) => flowManifest(index));
    const world = makeWorld({ product, folder, manifests, tenant: { url: server.url, conditions } });
    const run = await watch(server, () => world.run("plan", "--output", "json"));
    readPlan(run.ran, { unchanged: FLOWS, unknown: 0 });
    return compareWithFloor(letter, what, run, conditions);
  });
}
