/**
 * What a run does with a tenant. `writes`: what somebody waits for to be live. `reads`: looks once, for somebody who waits.
 * `watches`: looks again and again, and can wait.
 */
export type RunKind = "writes" | "reads" | "watches";

export const RUN_KINDS: readonly RunKind[] = ["writes", "reads", "watches"];

/** What is left for all that watch while something is being written. */
const WATCHING_PART = 0.1;

/**
 * The part of a quota for one run beside others: equal parts, but while a run writes, those that watch have a tenth together. The parts of
 * all runs that see the same others add up to one.
 */
export function shareOf(kind: RunKind, others: readonly RunKind[]): number {
  const all = [kind, ...others];
  const watching = all.filter((one) => one === "watches").length;
  if (watching === 0 || !all.includes("writes")) return 1 / all.length;
  return kind === "watches" ? WATCHING_PART / watching : (1 - WATCHING_PART) / (all.length - watching);
}
