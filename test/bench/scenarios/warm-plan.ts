import { flowId, flowManifest, liveSeed, mailManifest } from "../documents.ts";
import { count, seconds } from "../figures.ts";
import { withServer } from "../server.ts";
import { byName, makeWorld, range, readPlan } from "../world.ts";
import { describeProcess, timeOnline, watch } from "./against-floor.ts";
import type { Scenario } from "./scenario.ts";

const FLOWS = 9500;
const MAILS = 500;
const MOVED = 10;
/** Beside list pages and moved documents: templates, attachments, and what else is asked once. */
const OTHERS = 5;
const CONDITIONS = { latencyMs: 5, concurrency: 32 };

/** Ten thousand documents, of which people moved ten between two plans. The first plan finds no cache, the second what the first left. */
export const warmPlan: Scenario = async ({ product, folder }) => {
  const seed = liveSeed({ flows: FLOWS, mails: MAILS });
  return withServer(product, { folder, seed, ...CONDITIONS }, async (server) => {
    const flows = byName("line", range(0, FLOWS), (index) => flowManifest(index));
    const mails = byName("mail", range(0, MAILS), mailManifest);
    const tenant = { url: server.url, conditions: CONDITIONS };
    const world = makeWorld({ product, folder, manifests: new Map([...flows, ...mails]), tenant });
    const cold = await watch(server, () => world.run("plan", "--output", "json"));
    readPlan(cold.ran, { unchanged: FLOWS + MAILS, unknown: 0 });
    for (const index of range(0, MOVED)) {
      await server.edit("flow", flowId(index * 900), { nodes: [{ id: "node_first", properties: { skill: "vip" } }] });
    }
    const warm = await watch(server, () => world.run("plan", "--output", "json"));
    readPlan(warm.ran, { unchanged: FLOWS + MAILS - MOVED, update: MOVED, unknown: 0 });
    const allowed = warm.traffic.pages + MOVED + OTHERS;
    return [
      {
        id: "c.requests",
        what: "requests of a warm plan of 10,000 with 10 moved, against list pages + moved + 5",
        value: warm.traffic.requests / allowed,
        target: 1,
        noise: 0.02,
        detail: `${count(warm.traffic.requests)} of ${count(allowed)} (${warm.traffic.pages} list pages); cold ${count(cold.traffic.requests)}`,
      },
      {
        id: "c.time",
        what: "time of the warm plan, against the cold one",
        value: warm.ran.wallMs / cold.ran.wallMs,
        noise: 0.2,
        detail: `${describeProcess(warm)} of ${describeProcess(cold)}; online ${seconds(timeOnline(warm))} of ${seconds(timeOnline(cold))}`,
      },
      {
        id: "c.memory",
        what: "peak memory of the cold plan, against 400 MB",
        value: cold.ran.peakMb / 400,
        noise: 0.15,
        detail: `${cold.ran.peakMb.toFixed(0)} MB, warm ${warm.ran.peakMb.toFixed(0)} MB`,
      },
    ];
  });
};
