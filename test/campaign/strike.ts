import type { FaultRule } from "../../src/emulator/faults.ts";
import { countFaults } from "./faults.ts";
import type { Prng } from "./prng.ts";
import type { Ended } from "./process.ts";
import type { Stage } from "./stage.ts";
import type { Step } from "./steps.ts";
import { type ArmedStop, armStop, type StopPlan } from "./stops.ts";
import { readEntries } from "./trail-check.ts";

/** What a round's processes met, and how they ended. */
export interface Struck {
  readonly step: Step;
  readonly ended: readonly Ended[];
  /** Whether a process was stopped, and whether one that ended by itself had no time to finish what was under way. */
  readonly wasStopped: boolean;
  readonly wasCutOff: boolean;
  /** Whether somebody may have undone what an apply did, or kept it from seeing what there was to do. */
  readonly mayBeUndone: boolean;
  /** Lets a request that comes late come now. */
  readonly release: () => Promise<void>;
}

export interface StrikeOptions {
  readonly step: Step;
  readonly rules: readonly FaultRule[];
  /** How a process is to be stopped; undefined when none is. */
  readonly stopPlan: StopPlan | undefined;
}

/** Takes the step while the faults strike, and clears them. */
export async function strike(prng: Prng, stage: Stage, { step, rules, stopPlan }: StrikeOptions): Promise<Struck> {
  const { tenant, tally } = stage;
  const { faults } = tenant.world;
  for (const rule of rules) faults.add(rule);
  stage.tell(`faults: ${JSON.stringify(rules)}`);
  stage.tell(`step: ${step.name}${stopPlan === undefined ? "" : `, to be stopped: ${JSON.stringify(stopPlan)}`}`);
  const { ended, stop } = await takeStep(prng, stage, step, stopPlan);
  stop?.disarm();
  const counts = countFaults(faults.report());
  faults.clear();
  for (const one of ended) stage.checkOutput(one);
  const wasStopped = stop?.fired() === true;
  tally.add(`step: ${step.name}`);
  for (const [label, count] of counts) tally.add(`fault: ${label}`, count);
  if (wasStopped) tally.add(stopPlan?.signal === "kill" ? `kill: ${stopPlan.point}` : "terminations");
  return {
    step,
    ended,
    wasStopped,
    wasCutOff: wasStopped && stopPlan?.signal === "terminate twice",
    mayBeUndone: counts.has("concurrent-edit") || counts.has("lag"),
    release: async () => stop?.release(),
  };
}

async function takeStep(
  prng: Prng,
  stage: Stage,
  step: Step,
  stopPlan: StopPlan | undefined,
): Promise<{ readonly ended: readonly Ended[]; readonly stop: ArmedStop | undefined }> {
  let stop: ArmedStop | undefined;
  const ended = await step.take({
    prng,
    lastRun: readEntries(stage.trailFile).at(-1)?.run,
    start: (args) => stage.start(args),
    mayBeStopped: (running) => {
      if (stopPlan !== undefined) stop ??= armStop(stopPlan, running, stage.tenant, stage.trailFile);
    },
  });
  return { ended, stop };
}
