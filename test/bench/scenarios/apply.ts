import { flowManifest, liveFlow } from "../documents.ts";
import { count } from "../figures.ts";
import { withServer } from "../server.ts";
import { byName, makeWorld, range } from "../world.ts";
import { compareWithFloor, watch } from "./against-floor.ts";
import type { Scenario } from "./scenario.ts";

const EACH = 500;
const CONDITIONS = { latencyMs: 20, concurrency: 32, rateLimit: 100 };
/** To plan, each document is read once; to apply, each is written once. */
const LEAST = 4 * EACH;

/** Flows 0 to 499 are live and differ; flows 500 to 999 are not there. */
export const apply: Scenario = async ({ product, folder }) => {
  const seed = { flows: range(0, EACH).map(liveFlow) };
  return withServer(product, { folder, seed, ...CONDITIONS }, async (server) => {
    const manifests = byName("line", range(0, 2 * EACH), (index) => flowManifest(index, { changed: true }));
    const world = makeWorld({ product, folder, manifests, tenant: { url: server.url, conditions: CONDITIONS } });
    const run = await watch(server, () =>
      world.run("apply", "--auto-approve", "--allow-large-change", "--output", "json"),
    );
    if (run.ran.code !== 0) throw new Error(`apply exited ${run.ran.code}: ${run.ran.stderr.slice(-2000)}`);
    const written = (await server.log()).filter(({ changed }) => changed).length;
    if (written !== 2 * EACH) throw new Error(`apply wrote ${written} flows instead of ${2 * EACH}`);
    const what = "apply of 500 creates and 500 updates at 100 requests/s";
    return [
      ...compareWithFloor("d", what, run, CONDITIONS),
      {
        id: "d.requests",
        what: "its requests, against a read and a write each",
        value: run.traffic.requests / LEAST,
        noise: 0.02,
        detail: `${count(run.traffic.requests)} of ${count(LEAST)} (${run.traffic.pages} list pages)`,
      },
    ];
  });
};
