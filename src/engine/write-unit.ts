/**
 * Writes one document, and stays with it until every part of it has an outcome.
 *
 * Each round sends at most one write, announced in the trail before. What the answer leaves open is settled by looking:
 *
 *   the tenant says        then
 *   written                verify: live must equal desired within the consistency window
 *   rejected               failed, never sent again
 *   conflict (409)         nothing was written; read again, decide for each part, send on top of their version
 *   uncertain (lost)       perhaps written; read again, decide for each part, send again only what is missing
 *
 *   live part, re-read     outcome
 *   equals desired         already-done (done when our own write may have done it)
 *   as it was planned      stays open: somebody edited something else, and their edit is kept
 *   moved                  stale; where git wins (reconcile), stays open on top of what they made of it
 *   unreadable             failed: nothing is sent on a guess
 *
 * A tenant that answers a spent idempotency key repeats an old answer without doing anything. Then live is as before the write, and
 * the next round uses a new key.
 */
import type { GitopsError } from "../errors.ts";
import type { JsonObject } from "../model/json.ts";
import type { LiveDocument, LiveRead } from "../model/live.ts";
import type { Outcome, OutcomeKind } from "../model/outcome.ts";
import type { Secrets } from "../model/secrets.ts";
import { idempotencyKey } from "./idempotency.ts";
import { describeTrailFailure, type Failure, makeOutcome } from "./make-outcome.ts";
import { isAsDesired, isAsPlanned, livePartOf, type Part } from "./part.ts";
import type { Clock, LiveStore, Trail, WriteResult } from "./ports.ts";
import { Recorder, type RunIdentity } from "./recorder.ts";
import { describeThreeWay } from "./three-way.ts";
import type { Unit } from "./units.ts";
import { describeUnfulfilled, lookUntilAsDesired } from "./verify.ts";

export interface WriteContext {
  readonly store: LiveStore;
  readonly trail: Trail;
  readonly clock: Clock;
  readonly identity: RunIdentity;
  readonly secrets: Secrets;
  /** `stop`: an owned part that somebody edited is left alone. `overwrite`: git wins. */
  readonly onOwnedEdit: "stop" | "overwrite";
  /** How long a write may take to show in a read, milliseconds. */
  readonly consistencyWindowMs: number;
  /** Base of the pause between rounds, milliseconds; doubled each round. */
  readonly backoffMs: number;
}

/** At most so many writes are sent for one document in a run (product specification, section 8). */
const MAX_ATTEMPTS = 4;

/** Brings one document to its parts' desired state, or says why not. `base` is the document as it was planned on. Never throws. */
export async function writeUnit(
  unit: Unit,
  parts: readonly Part[],
  base: LiveDocument | undefined,
  context: WriteContext,
): Promise<readonly Outcome[]> {
  const write = new UnitWrite(unit, parts, base, context);
  return write.run();
}

class UnitWrite {
  readonly #unit: Unit;
  readonly #context: WriteContext;
  readonly #recorder: Recorder;
  readonly #outcomes: Outcome[] = [];
  #open: readonly Part[];
  #base: LiveDocument | undefined;
  readonly #count = { attempts: 0, conflicts: 0 };
  #generation = 0;
  #key = "";
  /** Why the last round did not settle everything. */
  #hindrance: { readonly code: GitopsError["code"]; readonly message: string } = { code: "api/conflict", message: "" };
  #keyFormedAt = 0;

  constructor(unit: Unit, parts: readonly Part[], base: LiveDocument | undefined, context: WriteContext) {
    this.#unit = unit;
    this.#context = context;
    this.#recorder = new Recorder(context);
    this.#open = parts;
    this.#base = base;
  }

  async run(): Promise<readonly Outcome[]> {
    while (this.#open.length > 0 && this.#count.attempts < MAX_ATTEMPTS) {
      if (this.#count.attempts > 0) await this.#pause();
      const announced = await this.#announce();
      if (!announced) break;
      this.#count.attempts += 1;
      await this.#handle(await this.#send());
    }
    const { code, message } = this.#hindrance;
    const hint = "Run again: it looks at what is there before it sends anything.";
    await this.#fail(this.#open, { code, message: `gave up after ${this.#count.attempts} attempts: ${message}`, hint });
    return this.#outcomes;
  }

  async #pause(): Promise<void> {
    const { clock, backoffMs } = this.#context;
    await clock.sleep(backoffMs * 2 ** (this.#count.attempts - 1) * (0.5 + clock.random() / 2));
  }

  /** Forms the key and puts the intent on disk; false when the trail refused, and then nothing may be sent. */
  async #announce(): Promise<boolean> {
    const { identity, clock } = this.#context;
    const intention = { tenant: identity.tenant, ref: this.#unit.ref, parts: this.#open, base: this.#base };
    const key = idempotencyKey({ ...intention, generation: this.#generation });
    if (key === this.#key) return true;
    this.#key = key;
    this.#keyFormedAt = clock.now();
    try {
      await this.#recorder.recordIntents(this.#open, this.#base, key);
      return true;
    } catch (thrown) {
      const failure = describeTrailFailure(thrown);
      for (const part of this.#open) {
        this.#outcomes.push(makeOutcome(part, { outcome: "failed", live: undefined, failure, ...this.#count }));
      }
      this.#open = [];
      return false;
    }
  }

  async #send(): Promise<WriteResult> {
    const { store } = this.#context;
    const write = { ref: this.#unit.ref, document: this.#compose(), idempotencyKey: this.#key, at: this.#keyFormedAt };
    return this.#base === undefined ? store.create(write) : store.replace({ ...write, base: this.#base });
  }

  #compose(): JsonObject {
    let document = this.#base?.document;
    for (const part of this.#open) document = part.resource.compose(document, part.siblings);
    return document ?? {};
  }

  async #handle(result: WriteResult): Promise<void> {
    switch (result.result) {
      case "rejected":
        return this.#fail(this.#open, result.error);
      case "written":
        return this.#verify(result.proven ? result.live : undefined);
      case "conflict":
        this.#count.conflicts += 1;
        this.#hindrance = { code: "api/conflict", message: result.message };
        return this.#lookAgain("already-done", result.message);
      case "uncertain":
        this.#hindrance = { code: "api/network", message: result.message };
        return this.#lookAgain("done", result.message);
    }
  }

  async #verify(answered: LiveDocument | undefined): Promise<void> {
    const { store, clock, consistencyWindowMs } = this.#context;
    const look = { ref: this.#unit.ref, parts: this.#open, answered, store, clock, windowMs: consistencyWindowMs };
    const seen = await lookUntilAsDesired(look);
    if (seen.state === "unknown") {
      return this.#fail(this.#open, {
        code: "apply/verify",
        message: `the tenant accepted the write, but it could not be read back: ${seen.reason}`,
        hint: "Run plan to see whether it arrived.",
      });
    }
    const live = presentOrNone(seen);
    if (this.#isUnmoved(live)) {
      this.#generation += 1;
      this.#hindrance = { code: "apply/verify", message: "the tenant accepted the write and did nothing" };
      return;
    }
    const fulfilled = this.#open.filter((part) => isAsDesired(part, livePartOf(part, live)));
    await this.#settle(fulfilled, "done", live);
    for (const part of this.#open) {
      const message = `the tenant accepted the write, but live is not as desired: ${describeUnfulfilled(part, live)}`;
      await this.#fail(
        [part],
        {
          code: "apply/verify",
          message,
          hint: "Look at the resource in CXone; the tenant may refuse or rewrite this value.",
        },
        live,
      );
    }
  }

  /** True when a write that the tenant called successful left the document exactly as it was. */
  #isUnmoved(live: LiveDocument | undefined): boolean {
    if (this.#count.attempts >= MAX_ATTEMPTS) return false;
    if (live === undefined || this.#base === undefined) return live === this.#base;
    return live.version === this.#base.version && this.#open.every((part) => isAsPlanned(part, livePartOf(part, live)));
  }

  async #lookAgain(whenEqual: OutcomeKind, why: string): Promise<void> {
    const read = await this.#context.store.read(this.#unit.ref);
    if (read.state === "unknown") {
      const message = `${why}, and then: ${read.reason}`;
      const hint = "Whether the write was carried out is not known. Run again: it looks before it sends anything.";
      return this.#fail(this.#open, { code: "api/network", message, hint });
    }
    const live = presentOrNone(read);
    const wasDeleted = live === undefined && this.#base !== undefined;
    // A refused write whose base is still in place was refused for its key alone.
    if (whenEqual === "already-done" && this.#isUnmoved(live)) this.#generation += 1;
    await this.#settle(
      this.#open.filter((part) => isAsDesired(part, livePartOf(part, live))),
      whenEqual,
      live,
    );
    if (wasDeleted || this.#context.onOwnedEdit === "stop") await this.#stopMoved(live);
    this.#base = live;
    this.#open = this.#open.map((part) => ({ ...part, planned: livePartOf(part, live) }));
  }

  async #stopMoved(live: LiveDocument | undefined): Promise<void> {
    for (const part of this.#open) {
      const livePart = livePartOf(part, live);
      if (isAsPlanned(part, livePart) && !(live === undefined && this.#base !== undefined)) continue;
      const message = `somebody changed it after the plan: ${describeThreeWay(part.planned, livePart, part.desired)}`;
      const hint = "Plan again, and decide whether their edit or git's should stand.";
      await this.#settle([part], "stale", live, { code: "apply/stale", message, hint });
    }
  }

  #fail(parts: readonly Part[], failure: Failure, live?: LiveDocument): Promise<void> {
    return this.#settle(parts, "failed", live, failure);
  }

  async #settle(
    parts: readonly Part[],
    kind: OutcomeKind,
    live: LiveDocument | undefined,
    failure?: Failure,
  ): Promise<void> {
    if (parts.length === 0) return;
    const settled = parts.map((part) => ({
      part,
      live,
      outcome: makeOutcome(part, { outcome: kind, live, failure, ...this.#count }),
    }));
    this.#open = this.#open.filter((part) => !parts.includes(part));
    this.#outcomes.push(...(await this.#recorder.recordOutcomes(settled, this.#base, this.#key)));
  }
}

function presentOrNone(read: Exclude<LiveRead, { state: "unknown" }>): LiveDocument | undefined {
  return read.state === "present" ? read : undefined;
}
