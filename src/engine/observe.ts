import { type DocumentRef, type LiveRead, refKey } from "../model/live.ts";
import type { Clock, LiveStore } from "./ports.ts";
import { readUntil } from "./read-until.ts";
import type { Unit } from "./units.ts";

/** What was read, by `refKey`. It is the baseline of a plan and of the writes that follow from it. */
export type Observation = ReadonlyMap<string, LiveRead>;

export interface ObserveOptions {
  readonly store: LiveStore;
  readonly clock: Clock;
  readonly windowMs: number;
  /**
   * Documents (by `refKey`) that a run has written so lately that a read may not show them yet: there an absence has to last before
   * it is believed. A webhook that is created because a list lagged would be there twice.
   */
  readonly justWritten: ReadonlySet<string>;
  /** Told after each read. */
  readonly onRead?: (done: number, total: number) => void;
}

/** Reads every unit's document and everything that its resources refer to, each exactly once. Never throws for what it reads. */
export async function observe(units: readonly Unit[], options: ObserveOptions): Promise<Observation> {
  const refs = new Map<string, DocumentRef>();
  for (const unit of units) {
    refs.set(refKey(unit.ref), unit.ref);
    for (const { ref } of unit.resources.flatMap((resource) => resource.references)) refs.set(refKey(ref), ref);
  }
  let done = 0;
  const { store, justWritten } = options;
  const readOne = await store.survey([...refs.values()].filter((ref) => !justWritten.has(refKey(ref))));
  const reads = [...refs].map(async ([key, ref]): Promise<[string, LiveRead]> => {
    const isExpected = justWritten.has(key);
    const read = isExpected
      ? await readUntil({ ...options, ref, isSettled: ({ state }) => state !== "absent" })
      : await readOne(ref);
    done += 1;
    options.onRead?.(done, refs.size);
    return [key, read];
  });
  return new Map(await Promise.all(reads));
}

const NEVER_READ: LiveRead = { state: "unknown", reason: "it was not read" };

export function readOf(observation: Observation, ref: DocumentRef): LiveRead {
  return observation.get(refKey(ref)) ?? NEVER_READ;
}
