import { type DocumentRef, type LiveRead, refKey } from "../model/live.ts";
import type { LiveStore } from "./ports.ts";
import type { Unit } from "./units.ts";

/** What was read, by `refKey`. It is the baseline of a plan and of the writes that follow from it. */
export type Observation = ReadonlyMap<string, LiveRead>;

/** Reads every unit's document and everything that its resources refer to, each exactly once. Never throws for what it reads. */
export async function observe(
  units: readonly Unit[],
  store: LiveStore,
  onRead: (done: number, total: number) => void = () => {},
): Promise<Observation> {
  const refs = new Map<string, DocumentRef>();
  for (const unit of units) {
    refs.set(refKey(unit.ref), unit.ref);
    for (const { ref } of unit.resources.flatMap((resource) => resource.references)) refs.set(refKey(ref), ref);
  }
  let done = 0;
  const reads = [...refs].map(async ([key, ref]): Promise<[string, LiveRead]> => {
    const read = await store.read(ref);
    onRead(++done, refs.size);
    return [key, read];
  });
  return new Map(await Promise.all(reads));
}

const NEVER_READ: LiveRead = { state: "unknown", reason: "it was not read" };

export function readOf(observation: Observation, ref: DocumentRef): LiveRead {
  return observation.get(refKey(ref)) ?? NEVER_READ;
}
