import type { Stage } from "./stage.ts";
import type { Step } from "./steps.ts";
import type { Struck } from "./strike.ts";
import { OPEN_GATE } from "./tenant.ts";

/** A run that does not settle within so many applies never will. */
const MAX_RERUNS = 8;

const PLAN = ["plan", "--detailed-exitcode", "--allow-large-change"] as const;

/**
 * Applies until an apply ends with 0 and a plan finds nothing left to do. False when that never comes. After a step that went well
 * the plan comes first.
 */
export async function settle(stage: Stage, step: Step, struck?: Struck): Promise<boolean> {
  let mustApply = !(struck !== undefined && wentWell(struck));
  let reruns = 0;
  while (reruns < MAX_RERUNS) {
    if (mustApply) {
      reruns += 1;
      const { code } = await stage.run(step.settleWith);
      await struck?.release();
      stage.tenant.setGate(OPEN_GATE);
      if (code !== 0) continue;
    }
    const { code, stdout } = await stage.run([...PLAN, ...(step.prunes ? ["--prune"] : [])]);
    if (code === 0) {
      stage.tally.addReruns(reruns);
      return true;
    }
    const isExcused = struck?.wasStopped === true || struck?.mayBeUndone === true;
    if (!isExcused) stage.note("false successes", [`apply ended with 0, and then: ${stdout.trim()}`]);
    mustApply = true;
  }
  stage.note("not settled", [`still not after ${MAX_RERUNS} applies`]);
  return false;
}

function wentWell({ step, ended, wasStopped }: Struck): boolean {
  return step.leadsToDesired && !wasStopped && ended.every(({ code }) => code === 0);
}
