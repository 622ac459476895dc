import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../../engine/ports.ts";

/** The machine's clock. Its waits end early when the run is being stopped. */
export function openClock(stop: AbortSignal): Clock {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    async sleep(milliseconds) {
      if (stop.aborted) return;
      await wait(milliseconds, undefined, { signal: stop }).catch(() => undefined);
    },
  };
}
