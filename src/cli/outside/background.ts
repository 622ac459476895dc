import { openTold, type Told } from "../../notify/told.ts";

/** Work that nobody's result waits for, and that the process must not end without. */
export interface Background {
  /** Fires when the process is to end soon. */
  readonly stop: AbortSignal;
  /** Which edits receivers have been told of since the process began. */
  readonly told: Told;
  /** Takes work over. It must not reject. */
  run(work: Promise<void>): void;
  /** Lets `stop` fire. */
  giveUp(): void;
  /** Resolves when all of it has ended. */
  settle(): Promise<void>;
}

export function openBackground(): Background {
  const under = new Set<Promise<void>>();
  const stopping = new AbortController();
  return {
    stop: stopping.signal,
    told: openTold(),
    run(work) {
      const tracked = work.finally(() => under.delete(tracked));
      under.add(tracked);
    },
    giveUp: () => stopping.abort(),
    async settle() {
      while (under.size > 0) await Promise.all(under);
    },
  };
}
