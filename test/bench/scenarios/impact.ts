import { join } from "node:path";
import { flowManifest, liveFlow } from "../documents.ts";
import { type Figure, seconds } from "../figures.ts";
import type { Measured } from "../measure.ts";
import { withServer } from "../server.ts";
import { byName, makeWorld, range, type World } from "../world.ts";
import type { Scenario } from "./scenario.ts";

const FLOWS = 500;
const FORMATS = ["text", "markdown", "html"] as const;
const CONDITIONS = { latencyMs: 0, concurrency: 32 };
/** The least of each counts. */
const ROUNDS = 2;

/** What it costs to say what callers notice, and to print it: a plan of changed flows against one of the same flows unchanged. */
export const impact: Scenario = async ({ product, folder }) => {
  const seed = { flows: range(0, FLOWS).map(liveFlow) };
  return withServer(product, { folder, seed, ...CONDITIONS }, async (server) => {
    const worldOf = (name: string, changed: boolean) =>
      makeWorld({
        product,
        folder: join(folder, name),
        manifests: byName("line", range(0, FLOWS), (index) => flowManifest(index, { changed })),
        tenant: { url: server.url, conditions: CONDITIONS },
      });
    const unchanged = worldOf("unchanged", false);
    const changed = worldOf("changed", true);
    const quickest = new Map<string, Measured>();
    for (let round = 0; round < ROUNDS; round += 1) {
      keepQuickest(quickest, "unchanged", await planAs(unchanged, "text"));
      for (const format of FORMATS) keepQuickest(quickest, format, await planAs(changed, format));
    }
    const figureOf = (format: (typeof FORMATS)[number]): Figure => {
      const [ours, base] = [quickest.get(format), quickest.get("unchanged")];
      if (ours === undefined || base === undefined) throw new Error(`${format} was not measured`);
      return {
        id: `h.${format}`,
        what: `plan of 500 changed flows as ${format}, against the same unchanged`,
        value: ours.wallMs / base.wallMs,
        noise: 0.2,
        detail: `${seconds(ours.wallMs)} of ${seconds(base.wallMs)}; CPU ${seconds(ours.cpuMs)} of ${seconds(base.cpuMs)}; ${ours.peakMb.toFixed(0)} MB; ${(ours.stdout.length / 1e6).toFixed(1)} MB printed`,
      };
    };
    return FORMATS.map(figureOf);
  });
};

async function planAs(world: World, format: string): Promise<Measured> {
  const ran = await world.run("plan", "--allow-large-change", "--output", format);
  if (ran.code !== 0) throw new Error(`plan exited ${ran.code}: ${ran.stderr.slice(-2000)}`);
  return ran;
}

function keepQuickest(quickest: Map<string, Measured>, name: string, ran: Measured): void {
  if (ran.wallMs < (quickest.get(name)?.wallMs ?? Infinity)) quickest.set(name, ran);
}
