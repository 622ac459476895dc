import type { Resource } from "../kinds/kind.ts";
import { digestOf } from "../model/digest.ts";
import type { LiveRead } from "../model/live.ts";
import type { OutcomeKind } from "../model/outcome.ts";
import type { TrailRecord, TrailState } from "./ports.ts";

/**
 * Closes an intent that a run left without an outcome (a crash, a kill, a second signal), by what live is now. Pure.
 *
 *   live is                           outcome
 *   as the intent wanted              done; for a rotated secret, which nobody can read, failed, and it is sent again
 *   as it was before the intent       failed: it was not carried out, and whatever is still wanted will be planned anew
 *   neither, or nobody knows          stale: a person has to look
 *   unreadable                        none yet: undefined, and the next run looks again
 *
 * `resource` is who the intent was about, as the trail's kept manifest describes it; undefined when that could not be used.
 * The outcome is the earlier run's. Its `image` is null: the caller keeps what was read, where it was.
 */
export function closeIntent(
  intent: TrailRecord,
  resource: Resource | undefined,
  siblings: readonly Resource[],
  read: LiveRead,
  now: number,
): TrailRecord | undefined {
  if (read.state === "unknown") return undefined;
  const live = read.state === "present" && resource !== undefined ? resource.live(read.document, siblings) : undefined;
  const after: TrailState | null =
    live === undefined || read.state !== "present" ? null : { version: read.version, digest: digestOf(live) };
  const { outcome, error } = judge(intent, resource, after?.digest ?? null);
  return {
    ...intent,
    type: "outcome",
    time: new Date(now).toISOString(),
    image: null,
    after,
    latency_ms: Math.max(0, now - Date.parse(intent.time)),
    outcome,
    error,
  };
}

interface Judgement {
  readonly outcome: OutcomeKind;
  readonly error: TrailRecord["error"];
}

function judge({ before, after }: TrailRecord, resource: Resource | undefined, digest: string | null): Judgement {
  if (resource === undefined) {
    return unsettled("stale", "what it was about cannot be told from the trail any more: look at it in CXone");
  }
  const isAsWanted = digest === (after?.digest ?? null);
  if (isAsWanted && resource.rotation !== undefined) {
    return unsettled("failed", "whether the secret arrived cannot be read, so it is sent again");
  }
  if (isAsWanted) return { outcome: "done", error: null };
  if (digest === (before?.digest ?? null)) return unsettled("failed", "the write was not carried out");
  return unsettled("stale", "live is neither as before nor as it was to be: look at it in CXone");
}

function unsettled(outcome: OutcomeKind, what: string): Judgement {
  const message = `the run ended before its outcome was recorded, and ${what}`;
  return { outcome, error: { code: "apply/interrupted", message } };
}
