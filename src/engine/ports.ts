import type { ErrorCode, GitopsError } from "../errors.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { DocumentRef, LiveDocument, LiveRead } from "../model/live.ts";
import type { OutcomeKind } from "../model/outcome.ts";
import type { Action, PatchOperation } from "../model/plan.ts";

/**
 * Where live is. One method per thing the engine may ask; how (HTTP, versions, locks) is the implementation's business.
 * No method throws for what a tenant may answer: every answer has a place in the result types.
 */
export interface LiveStore {
  /**
   * Reads one document. `absent` only on the tenant's own word (404, or a complete list without the name); everything that
   * leaves doubt is `unknown`. Retries what may be retried before it gives up.
   */
  read(ref: DocumentRef): Promise<LiveRead>;
  /**
   * Prepares to read many documents for a plan, and returns how each of them is read. What proves by cheaper means to be as it was need
   * not be asked for again; `read` always asks.
   */
  survey(refs: readonly DocumentRef[]): Promise<ReadDocument>;
  /** Every document of a type that there is. Never a part of them: what leaves doubt is `unknown`. */
  list(type: string): Promise<LiveList>;
  /** Creates a document that was read as absent. Must never overwrite one: somebody else's document is a `conflict`. */
  create(write: CreateWrite): Promise<WriteResult>;
  /** Replaces a document, only while it is still the one in `base`; otherwise `conflict`, with nothing written. */
  replace(write: ReplaceWrite): Promise<WriteResult>;
  /**
   * Deletes a document, only while it is still the one in `base`; otherwise `conflict`, with nothing written. Already gone counts
   * as `removed`.
   */
  remove(write: RemoveWrite): Promise<RemoveResult>;
}

/** Reads one document, as `LiveStore.read` does. */
export type ReadDocument = (ref: DocumentRef) => Promise<LiveRead>;

/** What a list found. `reason` is one sentence for a person: what failed and what to do. */
export type LiveList =
  | { readonly state: "listed"; readonly documents: readonly ListedDocument[] }
  | { readonly state: "not-supported" | "unknown"; readonly reason: string };

export interface ListedDocument {
  readonly ref: DocumentRef;
  /** What people call it; null where the list does not say. */
  readonly name: string | null;
  readonly version: string | number | null;
}

export interface CreateWrite {
  readonly ref: DocumentRef;
  readonly document: JsonObject;
  /** Equal for equal intentions: a repeated request with it is carried out at most once. */
  readonly idempotencyKey: string;
  /** When this intention was formed, milliseconds since the epoch; the same for every repetition, so that bodies stay equal. */
  readonly at: number;
}

export interface ReplaceWrite extends CreateWrite {
  readonly base: LiveDocument;
}

export interface RemoveWrite {
  readonly ref: DocumentRef;
  readonly base: LiveDocument;
  readonly idempotencyKey: string;
}

/**
 * `written`: the tenant said so; `proven` when its answer carries a version other than the base's, so that no re-read is
 * needed to believe it. `conflict`: nothing was written because the document (or key) was taken by another write. `uncertain`:
 * sent, but whether it was carried out is not known: look before sending again. `rejected`: the tenant said no, and would again.
 *
 * `honoursKeys`: the tenant carries out one key once, and may repeat an old answer without doing anything. Only then may a write
 * be sent again, for one that does not honour keys would be doubled by it.
 */
export type WriteResult =
  | { readonly result: "written"; readonly live: LiveDocument; readonly proven: boolean; readonly honoursKeys: boolean }
  | { readonly result: "conflict"; readonly message: string }
  | { readonly result: "uncertain"; readonly code: ErrorCode; readonly message: string; readonly honoursKeys: boolean }
  | { readonly result: "rejected"; readonly error: GitopsError };

/** As `WriteResult`; a delete that is sent again is never doubled by it. */
export type RemoveResult = { readonly result: "removed" } | Exclude<WriteResult, { readonly result: "written" }>;

/** What one trail entry says; the store adds sequence, hashes and the file. */
export interface TrailRecord {
  readonly type: "intent" | "outcome";
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly run: string;
  readonly tenant: string;
  readonly actor: string;
  readonly commit: string | null;
  readonly pullRequest: string | null;
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  /** The live document that holds the resource. */
  readonly document: DocumentRef;
  readonly action: Action;
  /** Digest of the kept manifest (`Trail.keep`), resolved and masked, that the resource was described by. */
  readonly manifest: string;
  /**
   * Digest of the kept document (`Trail.keep`), masked: on an intent as it is before the write, on an outcome as it was last seen.
   * null when there was none, and on an outcome also when nothing was seen.
   */
  readonly image: string | null;
  /** The run that this one puts back, null when it does not restore. */
  readonly restores: string | null;
  /** The owned part's digest and the document's version before the write; null when there was none. */
  readonly before: TrailState | null;
  /** On an intent what is wanted (version null), on an outcome what was found afterwards. */
  readonly after: TrailState | null;
  readonly patch: readonly PatchOperation[];
  /** What stood live at each path that the patch replaces or removes; secrets masked. */
  readonly live: Readonly<Record<string, Json>>;
  readonly idempotencyKey: string;
  readonly attempts: number;
  readonly conflicts: number;
  /** Milliseconds from the intent to the outcome; null on an intent. */
  readonly latency_ms: number | null;
  /** null on an intent. */
  readonly outcome: OutcomeKind | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface TrailState {
  readonly version: string | number | null;
  readonly digest: string;
}

/** The audit trail as the engine needs it. */
export interface Trail {
  /**
   * Keeps a document beside the trail, by its content, and returns its digest (`sha256:` and 64 hex digits of its canonical JSON) when
   * it is on disk (fsync). The same content is kept once. Throws as `append` does. What is kept must hold no secret.
   */
  keep(document: Json): Promise<string>;
  /**
   * Appends records in order and returns when they are on disk (fsync). Throws `audit/unwritable` or `audit/locked`
   * when it cannot; then the caller must not send the write that the records announce.
   */
  append(records: readonly TrailRecord[]): Promise<void>;
}

/** Time, randomness and waiting, so that the engine has none of its own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the run is being stopped or `wake` fires. */
  sleep(milliseconds: number, wake?: AbortSignal): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
}
