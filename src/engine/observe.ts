import { type DocumentRef, type LiveRead, refKey } from "../model/live.ts";
import type { Clock, LiveStore } from "./ports.ts";
import { readUntil } from "./read-until.ts";
import { Turns } from "./turns.ts";
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

/** Where a unit finds what was read of its document, and of what its resources refer to. */
export type ReadOf = (ref: DocumentRef) => LiveRead;

/**
 * Looks at a unit whose document is read, and all that its resources refer to. What it returns says whether the document is needed
 * afterwards; otherwise it is forgotten.
 */
export type LookAtUnit = (unit: Unit, readOf: ReadOf) => "keep" | "forget" | Promise<"keep" | "forget">;

/** Reads every unit's document and everything that its resources refer to, each exactly once. Never throws for what it reads. */
export async function observe(units: readonly Unit[], options: ObserveOptions): Promise<Observation> {
  const observation = new Map<string, LiveRead>();
  const reading = await beginReading(units, options, observation);
  await Promise.all(units.flatMap(refsOf).map(reading));
  return observation;
}

/**
 * As `observe`, and shows each unit as soon as what it needs is read, while others are still read. Returns what was read of the documents
 * that are needed afterwards. At most `ahead` units have been read, or are being read, and were not looked at yet: so many documents are
 * held at a time. Throws what `look` throws, and reads no further.
 */
export async function observeEach(
  units: readonly Unit[],
  options: ObserveOptions & { readonly ahead: number },
  look: LookAtUnit,
): Promise<Observation> {
  const observation = new Map<string, LiveRead>();
  const reading = await beginReading(units, options, observation);
  const turns = new Turns();
  const needs = new Needs(units);
  const waiting = units.values();
  let isFailed = false;
  const readAndLook = async (unit: Unit) => {
    await Promise.all(refsOf(unit).map(reading));
    await turns.next();
    const verdict = await look(unit, (ref) => readOf(observation, ref));
    for (const key of needs.end(unit, verdict === "keep")) observation.delete(key);
  };
  const goThrough = async () => {
    for (const unit of waiting) {
      if (!isFailed) await readAndLook(unit);
    }
  };
  const fail = (thrown: unknown) => {
    isFailed = true;
    throw thrown;
  };
  await Promise.all(Array.from({ length: Math.min(options.ahead, units.length) }, () => goThrough().catch(fail)));
  return observation;
}

/** What units that were not looked at yet still need, and what is needed for good. */
class Needs {
  readonly #open = new Map<string, number>();
  readonly #kept = new Set<string>();

  constructor(units: readonly Unit[]) {
    for (const ref of units.flatMap(refsOf)) this.#open.set(refKey(ref), (this.#open.get(refKey(ref)) ?? 0) + 1);
  }

  /** A unit was looked at: returns what nobody needs any more. */
  end(unit: Unit, isKept: boolean): readonly string[] {
    if (isKept) this.#kept.add(refKey(unit.ref));
    return refsOf(unit).flatMap((ref) => {
      const key = refKey(ref);
      const left = (this.#open.get(key) ?? 0) - 1;
      this.#open.set(key, left);
      return left > 0 || this.#kept.has(key) ? [] : [key];
    });
  }
}

/** Prepares to read, and returns what reads a document when it is first asked for it, and resolves when it is in the observation. */
async function beginReading(
  units: readonly Unit[],
  options: ObserveOptions,
  observation: Map<string, LiveRead>,
): Promise<(ref: DocumentRef) => Promise<void>> {
  const refs = new Map(units.flatMap(refsOf).map((ref) => [refKey(ref), ref]));
  const { store, justWritten } = options;
  const readOne = await store.survey([...refs.values()].filter((ref) => !justWritten.has(refKey(ref))));
  let done = 0;
  const readAndTell = async (key: string, ref: DocumentRef): Promise<void> => {
    const isExpected = justWritten.has(key);
    const read = isExpected
      ? await readUntil({ ...options, ref, isSettled: ({ state }) => state !== "absent" })
      : await readOne(ref);
    observation.set(key, read);
    done += 1;
    options.onRead?.(done, refs.size);
  };
  const begun = new Map<string, Promise<void>>();
  return (ref) => {
    const key = refKey(ref);
    const reading = begun.get(key) ?? readAndTell(key, ref);
    begun.set(key, reading);
    return reading;
  };
}

/** The unit's document, and everything that its resources refer to, each once. */
function refsOf(unit: Unit): readonly DocumentRef[] {
  const refs = new Map([[refKey(unit.ref), unit.ref]]);
  for (const { references } of unit.resources) for (const { ref } of references) refs.set(refKey(ref), ref);
  return [...refs.values()];
}

const NEVER_READ: LiveRead = { state: "unknown", reason: "it was not read" };

export function readOf(observation: Observation, ref: DocumentRef): LiveRead {
  return observation.get(refKey(ref)) ?? NEVER_READ;
}
