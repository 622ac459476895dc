import type { ErrorCode } from "../errors.ts";
import { GitopsError } from "../errors.ts";
import type { LiveDocument, UnknownRead } from "../model/live.ts";
import type { Secrets } from "../model/secrets.ts";

/** What a call is for, in the words that its failure is told with. */
export interface Task {
  /** Completes "Could not …": `read flow "main"`. */
  readonly doing: string;
  /** The scope that the documentation asks for this call. */
  readonly needs: string;
  /** The scopes that the configuration asks for. */
  readonly asked: string;
  readonly secrets: Secrets;
}

/** Why nothing came of a task. Already masked. */
export interface Failure {
  readonly state: "failed";
  readonly code: ErrorCode;
  readonly reason: string;
  /** What the reader should do. */
  readonly hint: string;
}

/** A read that keeps its error code, for those who write after it. */
export type Lookup = LiveDocument | { readonly state: "absent" } | Failure;

/** The one place where words become a failure, so the one place that masks them. */
export function failTask(task: Task, code: ErrorCode, why: string, hint: string): Failure {
  const mask = (text: string) => task.secrets.mask(text);
  return { state: "failed", code, reason: mask(`Could not ${task.doing}: ${why}`), hint: mask(hint) };
}

export function toUnknown(failure: Failure): UnknownRead {
  return { state: "unknown", reason: `${failure.reason}; ${failure.hint}.` };
}

export function toError(failure: Failure): GitopsError {
  return new GitopsError(failure.code, failure.reason, { hint: failure.hint });
}
