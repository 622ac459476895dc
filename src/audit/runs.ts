import type { OutcomeKind } from "../model/outcome.ts";
import type { TrailEntry } from "./entry.ts";

type Entries = AsyncIterable<TrailEntry> | Iterable<TrailEntry>;

/** One run as the trail shows it. */
export interface RunSummary {
  readonly run: string;
  readonly tenant: string;
  readonly actor: string;
  readonly commit: string | null;
  readonly pullRequest: string | null;
  /** The run that it put back, null when it restored none. */
  readonly restores: string | null;
  /** Time of its first and last entry, ISO 8601 UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly outcomes: Readonly<Record<OutcomeKind, number>>;
  /** Intents without an outcome: the run was stopped, or is still at work. */
  readonly unfinished: number;
}

/**
 * The intents that no outcome has followed, the last one of each resource in a run, in the order in which they were first made.
 * Intent and outcome belong together by run and resource, not by key: a write that met another one is announced again under a new
 * key, and one outcome ends them all. Whoever closes an intent of an earlier run records the outcome under that run. An intent
 * repeated after its outcome is open again.
 */
export class OpenIntents {
  readonly #openByKey = new Map<string, TrailEntry>();

  /** Entries come in the order of the trail. */
  add(entry: TrailEntry): void {
    if (entry.type === "intent") this.#openByKey.set(intentKey(entry), entry);
    else this.#openByKey.delete(intentKey(entry));
  }

  list(): readonly TrailEntry[] {
    return [...this.#openByKey.values()];
  }
}

/** The same of a whole trail. */
export async function findUnfinished(entries: Entries): Promise<readonly TrailEntry[]> {
  const open = new OpenIntents();
  for await (const entry of entries) open.add(entry);
  return open.list();
}

/**
 * What an intent and its outcome have in common. A name alone is not enough: one run may delete a resource and write another that
 * has taken its name.
 */
export function intentKey({ run, kind, name, id, document }: TrailEntry): string {
  return JSON.stringify([run, kind, name, id, document.type, document.id]);
}

/** Every run of a trail, in the order in which they began. */
export async function listRuns(entries: Entries): Promise<readonly RunSummary[]> {
  const runs = new Map<string, { summary: RunSummary; open: Set<string> }>();
  for await (const entry of entries) {
    const seen = runs.get(entry.run) ?? { summary: beginRun(entry), open: new Set<string>() };
    if (entry.type === "intent") seen.open.add(intentKey(entry));
    else seen.open.delete(intentKey(entry));
    runs.set(entry.run, { summary: addEntry(seen.summary, entry, seen.open.size), open: seen.open });
  }
  return [...runs.values()].map((seen) => seen.summary);
}

function beginRun(entry: TrailEntry): RunSummary {
  const { run, tenant, actor, commit, pullRequest, restores, time } = entry;
  const outcomes = { done: 0, "already-done": 0, stale: 0, failed: 0, skipped: 0 };
  const who = { run, tenant, actor, commit, pullRequest, restores };
  return { ...who, startedAt: time, endedAt: time, outcomes, unfinished: 0 };
}

function addEntry(summary: RunSummary, entry: TrailEntry, unfinished: number): RunSummary {
  const { outcome } = entry;
  const outcomes =
    outcome === null ? summary.outcomes : { ...summary.outcomes, [outcome]: summary.outcomes[outcome] + 1 };
  return { ...summary, endedAt: entry.time, outcomes, unfinished };
}
