import type { Resource } from "../kinds/kind.ts";
import { digestOf } from "../model/digest.ts";
import type { LiveRead } from "../model/live.ts";
import type { OutcomeKind } from "../model/outcome.ts";
import type { TrailRecord, TrailState } from "./ports.ts";

/**
 * Closes an intent that a run left without an outcome (a crash, a kill, a second signal), by what live is now. Pure.
 *
 *   live is                           outcome
 *   as the intent wanted              done
 *   as it was before the intent       failed: it was not carried out, and whatever is still wanted will be planned anew
 *   neither, or nobody knows          stale: a person has to look
 *   unreadable                        none yet: undefined, and the next run looks again
 *
 * `resource` is who the intent was about, undefined when no manifest describes it any more. The outcome is the earlier run's.
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
  const { outcome, error } = judge(intent, after?.digest ?? null, resource !== undefined);
  return {
    ...intent,
    type: "outcome",
    time: new Date(now).toISOString(),
    after,
    latency_ms: Math.max(0, now - Date.parse(intent.time)),
    outcome,
    error,
  };
}

function judge(
  { before, after }: TrailRecord,
  digest: string | null,
  isDescribed: boolean,
): { readonly outcome: OutcomeKind; readonly error: TrailRecord["error"] } {
  const code = "apply/interrupted";
  if (!isDescribed) {
    const message =
      "the run ended before its outcome was recorded, and no manifest describes the resource any more: look at it in CXone";
    return { outcome: "stale", error: { code, message } };
  }
  if (digest !== null && digest === after?.digest) return { outcome: "done", error: null };
  if (digest === (before?.digest ?? null)) {
    return { outcome: "failed", error: { code, message: "the run ended, and the write was not carried out" } };
  }
  const message =
    "the run ended before its outcome was recorded, and live is neither as before nor as it was to be: look at it in CXone";
  return { outcome: "stale", error: { code, message } };
}
