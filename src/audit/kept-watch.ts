import type { TrailEntry } from "./entry.ts";
import { examineKept, type KeptState } from "./kept.ts";
import type { BrokenTrail } from "./verdict.ts";

/** What became of kept documents by digest, so that each is read once however many entries name it. */
export type KeptStates = Map<string, KeptState>;

/** The first entry that names a document which is not there as it was kept, as a verdict about its trail; undefined when none does. */
export async function findLostDocument(
  file: string,
  entry: TrailEntry,
  line: number,
  states: KeptStates,
): Promise<BrokenTrail | undefined> {
  for (const { digest, what } of documentsOf(entry)) {
    const state = states.get(digest) ?? (await examineKept(file, digest));
    states.set(digest, state);
    if (state === "sound") continue;
    const problem = state === "missing" ? "removed" : "changed";
    const message = `Line ${line} names ${what} (${digest}), but that kept document is ${state === "missing" ? "gone" : "not what was kept"}.`;
    return { ok: false, line, sequence: entry.sequence, problem, message, isTorn: false };
  }
  return undefined;
}

function documentsOf(entry: TrailEntry): readonly { readonly digest: string; readonly what: string }[] {
  const resource = `${entry.kind}/${entry.name}`;
  const manifest = { digest: entry.manifest, what: `the manifest of ${resource}` };
  if (entry.image === null) return [manifest];
  const when = entry.type === "intent" ? "before the write" : "as it was last seen";
  return [manifest, { digest: entry.image, what: `the document of ${resource} ${when}` }];
}
