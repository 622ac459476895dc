import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../../engine/ports.ts";

/** The machine's clock. Its waits end early when the run is being stopped. */
export function openClock(stop: AbortSignal): Clock {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    async sleep(milliseconds, wake) {
      const signals = wake === undefined ? [stop] : [stop, wake];
      if (signals.some(({ aborted }) => aborted)) return;
      // By hand, because what `AbortSignal.any` makes is kept by signals that live long.
      const early = new AbortController();
      const end = () => early.abort();
      for (const signal of signals) signal.addEventListener("abort", end);
      await wait(milliseconds, undefined, { signal: early.signal }).catch(() => undefined);
      for (const signal of signals) signal.removeEventListener("abort", end);
    },
  };
}
