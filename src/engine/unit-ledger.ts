import type { LiveDocument } from "../model/live.ts";
import type { Outcome, OutcomeKind } from "../model/outcome.ts";
import { describeTrailFailure, type Failure, makeOutcome } from "./make-outcome.ts";
import { isAsDesired, livePartOf, type Part } from "./part.ts";
import type { Recorder } from "./recorder.ts";

/** What is known of one write to come: on top of what, and under which key. */
export interface Announcement {
  readonly base: LiveDocument | undefined;
  readonly key: string;
}

/** Which parts of a document are still open, and what became of the others. Nothing is settled before it is in the trail. */
export class UnitLedger {
  readonly #recorder: Recorder;
  readonly outcomes: Outcome[] = [];
  open: readonly Part[];
  /** Writes that were sent. */
  attempts = 0;
  /** Writes of others that came first. */
  conflicts = 0;
  /** Whether the tenant has answered that it carried a write out. */
  isAcknowledged = false;
  #announced: Announcement = { base: undefined, key: "" };

  constructor(parts: readonly Part[], recorder: Recorder) {
    this.open = parts;
    this.#recorder = recorder;
  }

  /** Puts the intent of the open parts on disk; false when the trail refused, and then the write must not be sent. */
  async announce(announcement: Announcement): Promise<boolean> {
    this.#announced = announcement;
    try {
      await this.#recorder.recordIntents(this.open, announcement.base, announcement.key);
      return true;
    } catch (thrown) {
      const failure = describeTrailFailure(thrown, this.attempts);
      const { attempts, conflicts } = this;
      for (const part of this.open) {
        this.outcomes.push(makeOutcome(part, { outcome: "failed", live: undefined, failure, attempts, conflicts }));
      }
      this.open = [];
      return false;
    }
  }

  /** Ends the parts that are as desired in what was seen. What nobody can see there needs the tenant's own word. */
  settleFulfilled(kind: OutcomeKind, live: LiveDocument | undefined): Promise<void> {
    const isKnown = ({ resource }: Part) => resource.rotation === undefined || this.isAcknowledged;
    return this.settle(
      this.open.filter((part) => isAsDesired(part, livePartOf(part, live)) && isKnown(part)),
      kind,
      live,
    );
  }

  fail(parts: readonly Part[], failure: Failure, live?: LiveDocument): Promise<void> {
    return this.settle(parts, "failed", live, failure);
  }

  /**
   * Ends the parts of which nobody knows whether they were written. Their intents stay without outcome in the trail: the next run looks,
   * and accounts for them.
   */
  leaveOpen(failure: Failure): void {
    const { attempts, conflicts } = this;
    for (const part of this.open) {
      this.outcomes.push(makeOutcome(part, { outcome: "failed", live: undefined, failure, attempts, conflicts }));
    }
    this.open = [];
  }

  async settle(
    parts: readonly Part[],
    outcome: OutcomeKind,
    live: LiveDocument | undefined,
    failure?: Failure,
  ): Promise<void> {
    if (parts.length === 0) return;
    const { attempts, conflicts } = this;
    const settled = parts.map((part) => ({
      part,
      live,
      outcome: makeOutcome(part, { outcome, live, failure, attempts, conflicts }),
    }));
    this.open = this.open.filter((part) => !parts.includes(part));
    const { base, key } = this.#announced;
    this.outcomes.push(...(await this.#recorder.recordOutcomes(settled, base, key)));
  }
}
