import { type Tally, VIOLATIONS } from "./tally.ts";

/** The campaign's figures as one table, the bad ones last. */
export function renderTable(tally: Tally, seconds: number): string {
  const { most, mean } = tally.reruns;
  const rows: readonly (readonly [string, string | number])[] = [
    ["runs", tally.count("runs")],
    ["rounds", tally.count("rounds")],
    ...tally.countsBelow("step: ").map(([name, count]) => [`  ${name}`, count] as const),
    ["processes started", tally.count("processes")],
    ["kills", total(tally, "kill: ")],
    ...tally.countsBelow("kill: ").map(([name, count]) => [`  at ${name}`, count] as const),
    ["terminations", tally.count("terminations")],
    ["faults injected", total(tally, "fault: ")],
    ...tally.countsBelow("fault: ").map(([name, count]) => [`  ${name}`, count] as const),
    ["foreign edits made meanwhile", tally.count("foreign edits")],
    ["requests", tally.count("requests")],
    ["writes carried out", tally.count("writes")],
    ["reruns needed, at most", most],
    ["reruns needed, mean", mean.toFixed(2)],
    ["seconds", seconds.toFixed(0)],
    ...VIOLATIONS.map((kind) => [kind, tally.violations.filter((one) => one.kind === kind).length] as const),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${String(value).padStart(7)}\n`).join("");
}

/** The violations by seed, and how to see one again. */
export function renderViolations(tally: Tally): string {
  const bySeed = Map.groupBy(tally.violations, ({ seed }) => seed);
  return [...bySeed]
    .sort(([left], [right]) => left - right)
    .map(([seed, violations]) => {
      const lines = violations.map(({ kind, detail }) => `    ${kind}: ${detail}\n`).join("");
      return `seed ${seed}, again with: node test/campaign/run.ts --seed ${seed} --runs 1 --tell\n${lines}`;
    })
    .join("");
}

function total(tally: Tally, prefix: string): number {
  return tally.countsBelow(prefix).reduce((sum, [, count]) => sum + count, 0);
}
