import type { DocumentRef, LiveDocument, LiveRead } from "../model/live.ts";
import { isAsDesired, livePartOf, type Part } from "./part.ts";
import type { Clock, LiveStore } from "./ports.ts";
import { readUntil } from "./read-until.ts";

export interface Look {
  readonly ref: DocumentRef;
  readonly parts: readonly Part[];
  /** What the write's own answer showed, when it proves that the write was carried out. */
  readonly answered: LiveDocument | undefined;
  readonly store: LiveStore;
  readonly clock: Clock;
  readonly windowMs: number;
}

/**
 * What live is after a write: the answer when it is proof and as desired, otherwise re-reads until every part is as desired or
 * the consistency window is over. Returns the last thing seen.
 */
export async function lookUntilAsDesired({ parts, answered, ...look }: Look): Promise<LiveRead> {
  if (answered !== undefined && areAsDesired(parts, answered)) return answered;
  return readUntil({
    ...look,
    isSettled: (read) => read.state !== "unknown" && areAsDesired(parts, read.state === "present" ? read : undefined),
  });
}

export function areAsDesired(parts: readonly Part[], live: LiveDocument | undefined): boolean {
  return parts.every((part) => isAsDesired(part, livePartOf(part, live)));
}
