import { GitopsError, messageOf } from "../errors.ts";
import { digestOf } from "../model/digest.ts";
import type { LiveDocument } from "../model/live.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Secrets } from "../model/secrets.ts";
import { livePartOf, type Part } from "./part.ts";
import type { Clock, Trail, TrailRecord, TrailState } from "./ports.ts";

/** Who writes, and on whose behalf; the same for every entry of a run. */
export interface RunIdentity {
  readonly run: string;
  readonly tenant: string;
  readonly actor: string;
  readonly commit: string | null;
  readonly pullRequest: string | null;
}

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
    await this.#trail.append(
      parts.map((part) => ({
        ...this.#common("intent", part, key),
        before: stateOf(part, base),
        after: { version: null, digest: digestOf(part.desired) },
        attempts: 0,
        conflicts: 0,
        latency_ms: null,
        outcome: null,
        error: null,
      })),
    );
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
      await this.#trail.append(
        settled.map(({ part, outcome, live }) => ({
          ...this.#common("outcome", part, key),
          before: stateOf(part, base),
          after: stateOf(part, live),
          attempts: outcome.attempts,
          conflicts: outcome.conflicts,
          latency_ms: Math.round(this.#clock.now() - this.#startedAt),
          outcome: outcome.outcome,
          error: outcome.error && { code: outcome.error.code, message: this.#secrets.mask(outcome.error.message) },
        })),
      );
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

  #common(type: TrailRecord["type"], part: Part, idempotencyKey: string) {
    return {
      type,
      time: new Date(this.#clock.now()).toISOString(),
      ...this.#identity,
      kind: part.resource.kind,
      name: part.resource.name,
      id: part.resource.id,
      action: part.change.action,
      patch: part.change.patch,
      idempotencyKey,
    };
  }
}

function stateOf(part: Part, live: LiveDocument | undefined): TrailState | null {
  const owned = livePartOf(part, live);
  return live === undefined || owned === undefined ? null : { version: live.version, digest: digestOf(owned) };
}
