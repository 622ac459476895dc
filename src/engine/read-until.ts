import type { DocumentRef, LiveRead } from "../model/live.ts";
import type { Clock, LiveStore } from "./ports.ts";

export interface ReadUntil {
  readonly ref: DocumentRef;
  readonly isSettled: (read: LiveRead) => boolean;
  readonly store: LiveStore;
  readonly clock: Clock;
  /** The consistency window, milliseconds. */
  readonly windowMs: number;
}

/** Pauses between looks grow from the first to at most the last of these, milliseconds. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/** How long after a write an absence is doubted, besides the consistency window; milliseconds. */
const LATELY_MS = 60_000;

/** Whether a write of that time (ISO 8601) is so recent that it may not show in a read yet. `now` is milliseconds since the epoch. */
export function wasLately(time: string, now: number, windowMs: number): boolean {
  return now - Date.parse(time) <= LATELY_MS + windowMs;
}

/** Reads until what is read settles the matter, or the consistency window is over. Returns the last thing read. */
export async function readUntil({ ref, isSettled, store, clock, windowMs }: ReadUntil): Promise<LiveRead> {
  // Counted by what was to be waited: a clock that is stopped waits no more, and time itself would have to be burnt.
  let waited = 0;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const read = await store.read(ref);
    if (isSettled(read) || waited + pause > windowMs) return read;
    await clock.sleep(pause);
    waited += pause;
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}
