import { GitopsError, messageOf } from "../errors.ts";
import type { Resource } from "../kinds/kind.ts";
import { digestOf } from "../model/digest.ts";
import { type DocumentRef, type LiveDocument, refKey } from "../model/live.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Change } from "../model/plan.ts";
import type { Secrets } from "../model/secrets.ts";
import { diffOwned } from "./diff.ts";
import { maskChange, maskLive } from "./mask.ts";
import { livePartOf, type Part } from "./part.ts";
import type { Clock, Trail, TrailRecord, TrailState } from "./ports.ts";

/** Who writes, and on whose behalf; the same for every entry of a run. */
export interface RunIdentity {
  readonly run: string;
  readonly tenant: string;
  readonly actor: string;
  readonly commit: string | null;
  readonly pullRequest: string | null;
  /** The run that this one puts back, null when it does not restore. */
  readonly restores: string | null;
}

/** A resource that is as desired without a write; without a document, one that is gone. */
export interface Known {
  readonly resource: Resource;
  readonly siblings: readonly Resource[];
  readonly live: LiveDocument | undefined;
}

/** Parts that end together, having seen the same document. */
export interface Settled {
  readonly part: Part;
  readonly outcome: Outcome;
  /** The document as it was last seen. */
  readonly live: LiveDocument | undefined;
}

/** Turns what happens to one document into trail entries. Every method returns only when the entries are on disk. */
export class Recorder {
  readonly #trail: Trail;
  readonly #clock: Clock;
  readonly #identity: RunIdentity;
  readonly #secrets: Secrets;
  readonly #startedAt: number;

  constructor(options: { trail: Trail; clock: Clock; identity: RunIdentity; secrets: Secrets }) {
    this.#trail = options.trail;
    this.#clock = options.clock;
    this.#identity = options.identity;
    this.#secrets = options.secrets;
    this.#startedAt = options.clock.now();
  }

  /** Announces a write. When this throws, the write must not be sent. */
  async recordIntents(parts: readonly Part[], base: LiveDocument | undefined, key: string): Promise<void> {
    const image = await this.#keepImage(parts[0]?.resource.target, base);
    const records = parts.map(
      async (part): Promise<TrailRecord> => ({
        ...(await this.#common("intent", part, base, key)),
        image,
        before: stateOf(part, base),
        after: part.desired === undefined ? null : { version: null, digest: digestOf(part.desired) },
        attempts: 0,
        conflicts: 0,
        latency_ms: null,
        outcome: null,
        error: null,
      }),
    );
    await this.#trail.append(await Promise.all(records));
  }

  /**
   * Records what became of parts. An outcome that could not be recorded is returned as failed, whatever it was: the intent is
   * on disk, and the next run finds it without an outcome.
   */
  async recordOutcomes(
    settled: readonly Settled[],
    base: LiveDocument | undefined,
    key: string,
  ): Promise<readonly Outcome[]> {
    try {
      const image = await this.#keepImage(settled[0]?.part.resource.target, settled[0]?.live);
      const records = settled.map(
        async ({ part, outcome, live }): Promise<TrailRecord> => ({
          ...(await this.#common("outcome", part, base, key)),
          image,
          before: stateOf(part, base),
          after: stateOf(part, live),
          attempts: outcome.attempts,
          conflicts: outcome.conflicts,
          latency_ms: Math.round(this.#clock.now() - this.#startedAt),
          outcome: outcome.outcome,
          error: outcome.error && { code: outcome.error.code, message: this.#secrets.mask(outcome.error.message) },
        }),
      );
      await this.#trail.append(await Promise.all(records));
      return settled.map(({ outcome }) => outcome);
    } catch (thrown) {
      const message = `the outcome (${settled.map(({ outcome }) => outcome.outcome).join(", ")}) could not be recorded: ${messageOf(thrown)}`;
      const code = thrown instanceof GitopsError ? thrown.code : "audit/unwritable";
      const hint = "Run again once the trail can be written: what was left open is looked at first.";
      return settled.map(({ outcome }) => ({
        ...outcome,
        outcome: "failed",
        error: { code, message, hint },
      }));
    }
  }

  /** Records what is ours and as desired without a write. Throws as `Trail.append` does. */
  async recordKnown(known: readonly Known[]): Promise<void> {
    if (known.length === 0) return;
    const records = known.map(async ({ resource, siblings, live }): Promise<TrailRecord> => {
      const state = stateOf({ resource, siblings }, live);
      const outcome = { attempts: 0, conflicts: 0, latency_ms: 0, outcome: "already-done", error: null } as const;
      return {
        ...this.#about("outcome", resource),
        action: live === undefined ? "delete" : "unchanged",
        manifest: await this.#trail.keep(resource.manifest()),
        image: await this.#keepImage(resource.target, live),
        before: state,
        after: state,
        patch: [],
        live: {},
        idempotencyKey: "",
        ...outcome,
      };
    });
    await this.#trail.append(await Promise.all(records));
  }

  /** The patch is from what the write is made on, which after a conflict is not what was planned on. */
  async #common(type: TrailRecord["type"], part: Part, base: LiveDocument | undefined, idempotencyKey: string) {
    const difference = differenceOn(part, base);
    const { patch, live } = maskChange(
      { ...part.change, ...difference },
      this.#secrets.within(refKey(part.resource.target)),
    );
    return {
      ...this.#about(type, part.resource),
      action: part.change.action,
      patch,
      live,
      idempotencyKey,
      manifest: await this.#trail.keep(part.resource.manifest()),
    };
  }

  #about(type: TrailRecord["type"], { kind, name, id, target }: Resource) {
    const time = new Date(this.#clock.now()).toISOString();
    return { type, time, ...this.#identity, kind, name, id, document: target };
  }

  /** What is a word in this document stays one, or it could not be put back. */
  async #keepImage(ref: DocumentRef | undefined, live: LiveDocument | undefined): Promise<string | null> {
    if (live === undefined || ref === undefined) return null;
    return this.#trail.keep(maskLive(live.document, this.#secrets.within(refKey(ref))));
  }
}

function differenceOn(part: Part, base: LiveDocument | undefined): Pick<Change, "patch" | "live"> {
  const live = livePartOf(part, base);
  if (part.desired !== undefined) return diffOwned(live, part.desired);
  return live === undefined ? { patch: [], live: {} } : { patch: [{ op: "remove", path: "" }], live: { "": live } };
}

function stateOf(part: Pick<Part, "resource" | "siblings">, live: LiveDocument | undefined): TrailState | null {
  const owned = livePartOf(part, live);
  return live === undefined || owned === undefined ? null : { version: live.version, digest: digestOf(owned) };
}
