import { join } from "node:path";
import { flowManifest, flowTestManifest, mailManifest } from "../documents.ts";
import { type Figure, seconds } from "../figures.ts";
import { type Measured, measure } from "../measure.ts";
import { byName, makeWorld, range, type World } from "../world.ts";
import type { Scenario } from "./scenario.ts";

const BARE = join(import.meta.dirname, "../bare-yaml.js");
const MEMORY_MB = 400;
/** Alternated, so that what else the machine does hits both. The least of each counts: what is above it is not ours. */
const ROUNDS = { small: 3, large: 2 };

/** Seven flows, two mails, one flow test in ten. */
export const validate: Scenario = async ({ product, folder }) => {
  const worldOf = (size: number) =>
    makeWorld({
      product,
      folder: join(folder, `validate-${size}`),
      manifests: new Map([
        ...byName("line", range(0, (size * 7) / 10), (index) => flowManifest(index)),
        ...byName("mail", range(0, (size * 2) / 10), mailManifest),
        ...byName("test", range(0, size / 10), flowTestManifest),
      ]),
    });
  const small = await compareWithBare(worldOf(1000), 1000, ROUNDS.small);
  const large = await compareWithBare(worldOf(10_000), 10_000, ROUNDS.large);
  return [
    timeFigure("e.small", "validate of 1,000 manifests, against js-yaml alone", small),
    timeFigure("e.large", "validate of 10,000 manifests, against js-yaml alone", large),
    {
      id: "e.memory",
      what: "its peak memory, against 400 MB",
      value: large.ours.peakMb / MEMORY_MB,
      target: 1,
      noise: 0.15,
      detail: `${large.ours.peakMb.toFixed(0)} MB; 1,000 manifests ${small.ours.peakMb.toFixed(0)} MB; js-yaml alone ${large.bare.peakMb.toFixed(0)} MB`,
    },
    {
      id: "e.linear",
      what: "how its CPU time grows from 1,000 to 10,000, against how that of js-yaml grows",
      value: large.ours.cpuMs / small.ours.cpuMs / (large.bare.cpuMs / small.bare.cpuMs),
      target: 1.2,
      noise: 0.2,
      detail: `${(large.ours.cpuMs / small.ours.cpuMs).toFixed(1)} times; js-yaml ${(large.bare.cpuMs / small.bare.cpuMs).toFixed(1)} times`,
    },
  ];
};

interface Pair {
  readonly ours: Measured;
  readonly bare: Measured;
}

async function compareWithBare(world: World, size: number, rounds: number): Promise<Pair> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bare = await measure([BARE, join(world.folder, "manifests")], { cwd: world.folder });
    const ours = await world.run("validate");
    if (ours.code !== 0 || bare.stdout !== `${size}\n`) throw new Error(`${ours.stdout.slice(0, 1000)}${ours.stderr}`);
    pairs.push({ ours, bare });
  }
  return { ours: quickest(pairs.map(({ ours }) => ours)), bare: quickest(pairs.map(({ bare }) => bare)) };
}

function quickest(runs: readonly Measured[]): Measured {
  return runs.reduce((best, run) => (run.wallMs < best.wallMs ? run : best));
}

function timeFigure(id: Figure["id"], what: string, { ours, bare }: Pair): Figure {
  const detail = `${seconds(ours.wallMs)} of ${seconds(bare.wallMs)}; CPU ${seconds(ours.cpuMs)} of ${seconds(bare.cpuMs)}`;
  return { id, what, value: ours.wallMs / bare.wallMs, target: 3, noise: 0.15, detail };
}
