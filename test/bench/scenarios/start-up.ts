import { flowManifest, liveFlow } from "../documents.ts";
import { type Figure, seconds } from "../figures.ts";
import { timeStart } from "../measure.ts";
import { withServer } from "../server.ts";
import { byName, ENVIRONMENT, makeWorld, range } from "../world.ts";
import type { Scenario } from "./scenario.ts";

const ROUNDS = 15;
const CONDITIONS = { latencyMs: 0, concurrency: 8 };

/** A few commands, alternated with a Node that does nothing. The least of many runs counts: what is above it is not ours. */
export const startUp: Scenario = async ({ product, folder }) => {
  const seed = { flows: [liveFlow(0)] };
  return withServer(product, { folder, seed, ...CONDITIONS }, async (server) => {
    const tenant = { url: server.url, conditions: CONDITIONS };
    const world = makeWorld({
      product,
      folder,
      manifests: byName("line", range(0, 1), (i) => flowManifest(i)),
      tenant,
    });
    const commands = {
      bare: ["-e", "0"],
      version: [product.start, "--version"],
      validate: [product.start, "validate"],
      plan: [product.start, "plan"],
    };
    const least = { bare: Infinity, version: Infinity, validate: Infinity, plan: Infinity };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of ["bare", "version", "validate", "plan"] as const) {
        const took = await timeStart(commands[name], { cwd: world.folder, env: ENVIRONMENT });
        least[name] = Math.min(least[name], took);
      }
    }
    const figure = (name: "version" | "validate" | "plan", what: string): Figure => ({
      id: `f.${name}`,
      what: `${what}, against node -e 0`,
      value: least[name] / least.bare,
      noise: 0.2,
      detail: `${seconds(least[name])} of ${seconds(least.bare)}, the least of ${ROUNDS}`,
    });
    return [
      { ...figure("version", "--version"), target: 2 },
      figure("validate", "validate of one file"),
      figure("plan", "plan of one resource"),
    ];
  });
};
