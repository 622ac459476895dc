/**
 * The fault campaign: `node test/campaign/run.ts [--runs 500] [--seed 1] [--jobs 2] [--tell]`. Progress on stderr, one table on
 * stdout; exit 1 when anything happened that must not. Run number n has the seed n-1 after the first.
 */
import { inspect, parseArgs } from "node:util";
import { runSeed } from "./seeded-run.ts";
import { renderTable, renderViolations } from "./table.ts";
import { Tally } from "./tally.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: "2" },
    tell: { type: "boolean", default: false },
  },
});
const runs = readCount("runs", values.runs);
const firstSeed = readCount("seed", values.seed);
const jobs = readCount("jobs", values.jobs);
const tell = values.tell ? (line: string) => void process.stderr.write(`${line}\n`) : undefined;

const startedAt = performance.now();
const tally = new Tally();
let begun = 0;

async function work(): Promise<void> {
  while (begun < runs) {
    const seed = firstSeed + begun;
    begun += 1;
    const one = await runSeed(seed, tell === undefined ? {} : { tell }).catch((error: unknown) => {
      const broken = new Tally();
      broken.add("runs");
      broken.addViolation({ seed, kind: "errors of the campaign itself", detail: inspect(error) });
      return broken;
    });
    process.stderr.write(renderViolations(one));
    tally.include(one);
    const done = tally.count("runs");
    if (done % 10 === 0) process.stderr.write(`${done} of ${runs} runs, ${tally.violations.length} violations\n`);
  }
}

await Promise.all(Array.from({ length: jobs }, work));
process.stdout.write(renderTable(tally, (performance.now() - startedAt) / 1000));
if (tally.violations.length > 0) {
  process.stdout.write(`\n${renderViolations(tally)}`);
  process.exitCode = 1;
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  process.stderr.write(`--${name} is "${text}", and has to be a whole number above 0\n`);
  process.exit(2);
}
