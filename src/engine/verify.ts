import type { DocumentRef, LiveDocument, LiveRead } from "../model/live.ts";
import { diffOwned } from "./diff.ts";
import { isAsDesired, livePartOf, type Part } from "./part.ts";
import type { Clock, LiveStore } from "./ports.ts";

export interface Look {
  readonly ref: DocumentRef;
  readonly parts: readonly Part[];
  /** What the write's own answer showed, when it proves that the write was carried out. */
  readonly answered: LiveDocument | undefined;
  readonly store: LiveStore;
  readonly clock: Clock;
  readonly windowMs: number;
}

/** Pauses between looks grow from the first to at most the last of these, milliseconds. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/**
 * What live is after a write: the answer when it is proof and as desired, otherwise re-reads until every part is as desired or
 * the consistency window is over. Returns the last thing seen.
 */
export async function lookUntilAsDesired({ ref, parts, answered, store, clock, windowMs }: Look): Promise<LiveRead> {
  if (answered !== undefined && areAsDesired(parts, answered)) return answered;
  // Counted by what was to be waited: a clock that is stopped waits no more, and time itself would have to be burnt.
  let waited = 0;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const read = await store.read(ref);
    if (read.state === "present" && areAsDesired(parts, read)) return read;
    if (waited + pause > windowMs) return read;
    await clock.sleep(pause);
    waited += pause;
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

function areAsDesired(parts: readonly Part[], live: LiveDocument): boolean {
  return parts.every((part) => isAsDesired(part, livePartOf(part, live)));
}

/** The paths of a part that are still not as git asks for. */
export function describeUnfulfilled(part: Part, live: LiveDocument | undefined): string {
  const livePart = livePartOf(part, live);
  if (livePart === undefined) return "it is not there";
  const paths = diffOwned(livePart, part.desired).patch.map(({ path }) => path);
  return `${paths.slice(0, 5).join(", ")}${paths.length > 5 ? ` and ${paths.length - 5} more` : ""} differ`;
}
