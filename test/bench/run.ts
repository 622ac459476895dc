/**
 * `npm run bench`: measures what docs/performance.md promises, and prints one table. `--only a,c` some scenarios, `--check` compares with
 * the baseline and fails when something got worse, `--save` replaces it, `--json` prints the figures as JSON.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchOptions, readArguments, USAGE } from "./arguments.ts";
import { compareWithBaseline, printComparisons, readBaseline, saveBaseline } from "./baseline.ts";
import { type Figure, LETTERS, seconds } from "./figures.ts";
import { saveResults } from "./page.ts";
import { layOutProduct } from "./product.ts";
import { SCENARIOS } from "./scenarios/all.ts";
import { printTable } from "./table.ts";

async function runScenarios({ letters }: BenchOptions): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "cxone-gitops-bench-"));
  try {
    const product = await layOutProduct(join(folder, "product"));
    const figures: Figure[] = [];
    for (const letter of letters) {
      const place = join(folder, letter);
      mkdirSync(place);
      const started = performance.now();
      figures.push(...(await SCENARIOS[letter]({ product, folder: place })));
      process.stderr.write(`(${letter}) took ${seconds(performance.now() - started)}\n`);
      rmSync(place, { recursive: true });
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(figures: readonly Figure[], { letters, check, save, json }: BenchOptions): number {
  const baseline = check || save ? readBaseline() : {};
  const comparisons = check ? compareWithBaseline(figures, baseline, letters) : [];
  if (json) process.stdout.write(`${JSON.stringify({ figures, comparisons }, null, 2)}\n`);
  else process.stdout.write(`${printTable(figures)}\n${printComparisons(comparisons)}`);
  if (save) saveBaseline(figures, baseline);
  if (save && letters.length === LETTERS.length) saveResults(figures);
  return comparisons.some(({ verdict }) => verdict === "worse") ? 1 : 0;
}

try {
  const options = readArguments(process.argv.slice(2));
  if (options === "help") process.stdout.write(USAGE);
  else process.exitCode = report(await runScenarios(options), options);
} catch (thrown) {
  process.stderr.write(`bench: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}
