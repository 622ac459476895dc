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
 *   equals desired         already-done; done once an answer was lost, because our own write may have done it
 *   as it was planned      stays open: somebody edited something else, and their edit is kept
 *   moved                  stale; where git wins (reconcile), stays open on top of what they made of it
 *   unreadable             failed while every answer was a conflict, because nothing was written. Once an answer was lost, left open,
 *                          because that write may have been carried out, and a later conflict may come of it: the run reports it as
 *                          failed, and the trail keeps its intent without outcome for the next run to look at
 *
 * A tenant that answers a spent idempotency key repeats an old answer without doing anything. Then live is as before the write, and
 * the next round uses a new key. Where a tenant does not honour keys, a write that it accepted is never sent again.
 *
 * When one part ends, the parts beside it are asked again whether the document still suits them: an e-mail node does not go out
 * after the workflow part that was to bring its neighbour was stopped. Nor does what would undo somebody's edit of another part that
 * nobody may overwrite, also where the plan had nothing to do with that one.
 */
import type { GitopsError } from "../errors.ts";
import type { LiveDocument, LiveRead } from "../model/live.ts";
import type { Outcome } from "../model/outcome.ts";
import { idempotencyKey } from "./idempotency.ts";
import type { Failure } from "./make-outcome.ts";
import { composeParts, isAsPlanned, livePartOf, type Part } from "./part.ts";
import type { RemoveResult, WriteResult } from "./ports.ts";
import { Recorder } from "./recorder.ts";
import { learnReplacedSecrets } from "./replaced-secrets.ts";
import { stopMoved, stopUnsuited, type UnitWork } from "./stop-parts.ts";
import { describeUnfulfilled } from "./three-way.ts";
import { UnitLedger } from "./unit-ledger.ts";
import type { Unit } from "./units.ts";
import { areAsDesired, lookUntilAsDesired } from "./verify.ts";
import type { WriteContext } from "./write-context.ts";
import { findBar } from "./write-permission.ts";

/** At most so many writes are sent for one document in a run (product specification, section 8). */
const MAX_ATTEMPTS = 4;

/** Brings one document to its parts' desired state, or says why not. Never throws. */
export async function writeUnit(work: UnitWork, context: WriteContext): Promise<readonly Outcome[]> {
  return new UnitWrite(work, context).run();
}

class UnitWrite {
  readonly #work: UnitWork;
  readonly #unit: Unit;
  readonly #context: WriteContext;
  readonly #ledger: UnitLedger;
  #base: LiveDocument | undefined;
  /** How many keys of this intention turned out to be spent. */
  #spentKeys = 0;
  #key = "";
  #keyFormedAt = 0;
  /** Whether a write was sent of which nobody knows if it was carried out. */
  #isInDoubt = false;
  /** Why the last round did not settle everything. */
  #hindrance: { readonly code: GitopsError["code"]; readonly message: string } = { code: "api/conflict", message: "" };

  constructor(work: UnitWork, context: WriteContext) {
    this.#work = work;
    this.#unit = work.unit;
    this.#context = context;
    this.#ledger = new UnitLedger(work.parts, new Recorder(context));
    this.#base = work.base;
  }

  async run(): Promise<readonly Outcome[]> {
    const ledger = this.#ledger;
    while (ledger.open.length > 0 && ledger.attempts < MAX_ATTEMPTS) {
      if (ledger.attempts > 0) await this.#pause();
      const bar = await findBar(this.#context);
      if (bar !== undefined) {
        await ledger.fail(ledger.open, bar);
        break;
      }
      if (!(await this.#announce())) break;
      ledger.attempts += 1;
      await this.#handle(await this.#send());
    }
    const { code, message } = this.#hindrance;
    const hint = "Run again: it looks at what is there before it sends anything.";
    await ledger.fail(ledger.open, { code, message: `gave up after ${ledger.attempts} attempts: ${message}`, hint });
    return ledger.outcomes;
  }

  /** Ends what the tenant refused. What only lives in a document that could not be created has not failed itself: it has nowhere to go. */
  async #refuse(failure: Failure): Promise<void> {
    const ledger = this.#ledger;
    const { type, id } = this.#unit.ref;
    const creators = ledger.open.filter(({ resource }) => this.#base !== undefined || resource.createsDocument);
    if (creators.length > 0) await ledger.fail(creators, failure);
    const message = `${type} "${id}" could not be created: ${failure.message}`;
    const dependants = { code: "apply/unsuited", message, hint: "Mend that, and run again." } as const;
    await ledger.settle(ledger.open, "skipped", undefined, dependants);
  }

  async #pause(): Promise<void> {
    const { clock, backoffMs } = this.#context;
    await clock.sleep(backoffMs * 2 ** (this.#ledger.attempts - 1) * (0.5 + clock.random() / 2));
  }

  /** Forms the key and puts the intent on disk, unless the same one is there already. */
  async #announce(): Promise<boolean> {
    const { identity, clock } = this.#context;
    const { tenant, run } = identity;
    const intention = { tenant, ref: this.#unit.ref, parts: this.#ledger.open, base: this.#base };
    const key = idempotencyKey({ ...intention, spent: { run, count: this.#spentKeys } });
    if (key === this.#key) return true;
    this.#key = key;
    for (const { resource, siblings } of this.#ledger.open) {
      if (this.#base) learnReplacedSecrets(resource, siblings, this.#base.document, this.#context.secrets);
    }
    this.#keyFormedAt = clock.now();
    return this.#ledger.announce({ base: this.#base, key });
  }

  async #send(): Promise<WriteResult | RemoveResult> {
    const { store } = this.#context;
    const base = this.#base;
    const to = { ref: this.#unit.ref, idempotencyKey: this.#key };
    const document = composeParts(this.#ledger.open, base?.document);
    if (document === undefined) return base === undefined ? { result: "removed" } : store.remove({ ...to, base });
    const write = { ...to, document, at: this.#keyFormedAt };
    return base === undefined ? store.create(write) : store.replace({ ...write, base });
  }

  async #handle(result: WriteResult | RemoveResult): Promise<void> {
    switch (result.result) {
      case "rejected":
        return this.#refuse(result.error);
      case "removed":
        return this.#verify({ answer: undefined, honoursKeys: true });
      case "written":
        return this.#verify({ answer: result.proven ? result.live : undefined, honoursKeys: result.honoursKeys });
      case "conflict":
        this.#hindrance = { code: "api/conflict", message: result.message };
        return this.#lookAgain(result, await this.#read());
      case "uncertain":
        this.#hindrance = result;
        this.#isInDoubt = true;
        // Where a repeat would double the write, an absence has to last before it is believed.
        return this.#lookAgain(result, result.honoursKeys ? await this.#read() : await this.#look(undefined));
    }
  }

  #read(): Promise<LiveRead> {
    return this.#context.store.read(this.#unit.ref);
  }

  #look(answered: LiveDocument | undefined): Promise<LiveRead> {
    const { store, clock, consistencyWindowMs: windowMs } = this.#context;
    return lookUntilAsDesired({ ref: this.#unit.ref, parts: this.#ledger.open, answered, store, clock, windowMs });
  }

  async #verify({ answer, honoursKeys }: Carried): Promise<void> {
    const ledger = this.#ledger;
    ledger.isAcknowledged = true;
    const seen = await this.#look(answer);
    if (seen.state === "unknown") {
      const message = `the tenant accepted the write, but it could not be read back: ${seen.reason}`;
      return ledger.leaveOpen({ code: "apply/verify", message, hint: "Run again: it looks whether it arrived." });
    }
    const live = presentOrNone(seen);
    if (honoursKeys && ledger.attempts < MAX_ATTEMPTS && this.#isUnmoved(live)) {
      this.#spentKeys += 1;
      this.#hindrance = { code: "apply/verify", message: "the tenant accepted the write and did nothing" };
      return;
    }
    await ledger.settleFulfilled("done", live);
    for (const part of ledger.open) {
      const message = `the tenant accepted the write, but live is not as desired: ${this.#describeUnfulfilled(part, live)}`;
      const hint =
        "Look at the resource in CXone: the tenant may rewrite this value, or take longer than the consistency window.";
      await ledger.fail([part], { code: "apply/verify", message, hint }, live);
    }
  }

  #describeUnfulfilled(part: Part, live: LiveDocument | undefined): string {
    return describeUnfulfilled({ live: livePartOf(part, live), desired: part.desired }, this.#context.secrets);
  }

  /** True when the document is exactly as it was when the write was formed. */
  #isUnmoved(live: LiveDocument | undefined): boolean {
    if (live === undefined || this.#base === undefined) return live === this.#base;
    const isSame = (part: Part) => isAsPlanned(part, livePartOf(part, live));
    return live.version === this.#base.version && this.#ledger.open.every(isSame);
  }

  async #lookAgain({ result }: Unsettled, read: LiveRead): Promise<void> {
    const ledger = this.#ledger;
    if (read.state === "unknown") {
      const message = `${this.#hindrance.message}, and then: ${read.reason}`;
      const known = this.#isInDoubt ? "Whether the write was carried out is not known." : "Nothing was written.";
      const hint = `${known} Run again: it looks before it sends anything.`;
      const failure = { code: this.#hindrance.code, message, hint };
      return this.#isInDoubt ? ledger.leaveOpen(failure) : ledger.fail(ledger.open, failure);
    }
    const live = presentOrNone(read);
    if (result === "conflict") this.#countConflict(live);
    await ledger.settleFulfilled(this.#isInDoubt ? "done" : "already-done", live);
    const wasDeleted = live === undefined && this.#base !== undefined;
    await stopMoved(ledger, { live, wasDeleted }, this.#context);
    await stopUnsuited(ledger, live, this.#context, this.#work);
    this.#base = live;
    ledger.open = ledger.open.map((part) => ({ ...part, planned: livePartOf(part, live) }));
  }

  #countConflict(live: LiveDocument | undefined): void {
    const ledger = this.#ledger;
    // A refused write whose base is still in place was refused for its key alone.
    if (this.#isUnmoved(live)) this.#spentKeys += 1;
    // What came first may have been our own write, where that is what live shows.
    else if (!this.#isInDoubt || !areAsDesired(ledger.open, live)) ledger.conflicts += 1;
  }
}

/** What the tenant said of a write, where only a look can tell what became of it. */
type Unsettled = Extract<WriteResult, { result: "conflict" | "uncertain" }>;

/** What the tenant said of a write that it carried out. */
interface Carried {
  /** The document, where the answer proves that the write was carried out. */
  readonly answer: LiveDocument | undefined;
  readonly honoursKeys: boolean;
}

function presentOrNone(read: Exclude<LiveRead, { state: "unknown" }>): LiveDocument | undefined {
  return read.state === "present" ? read : undefined;
}
