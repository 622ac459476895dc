import type { LockOwner } from "./lock-file.ts";
import type { Tail } from "./tail.ts";

/** Something about the trail that must be said, though the append succeeds. */
export interface TrailWarning {
  readonly what:
    | "torn-line"
    | "head-missing"
    | "head-behind"
    | "head-not-signed"
    | "head-signed-by-another"
    | "lock-awaited"
    | "lock-taken-over"
    | "lock-not-released";
  readonly message: string;
}

export type WarnAboutTrail = (warning: TrailWarning) => void;

/** For callers that do not listen: a warning about the trail is never lost. */
export function warnProcess(warning: TrailWarning): void {
  process.emitWarning(warning.message, { type: "AuditTrailWarning", code: warning.what });
}

export function tornLine(tail: Tail, aside: string): TrailWarning {
  const sequence = tail.head.sequence + 1;
  const message = `An earlier run was stopped while it wrote entry ${sequence} of the audit trail. The ${tail.torn.length} bytes it left are kept in ${aside}; the trail is whole without them.`;
  return { what: "torn-line", message };
}

export function headMissing(file: string, tail: Tail): TrailWarning {
  const message = `The head file of the audit trail ${file} is gone. All ${tail.head.sequence} entries chain, but whether some were cut off the end cannot be told. A new head file is written.`;
  return { what: "head-missing", message };
}

export function headBehind(file: string, tail: Tail): TrailWarning {
  const message = `The last ${tail.beyond} of the ${tail.head.sequence} entries of the audit trail ${file} are not in its head file: a run was stopped while it appended, or something else wrote them. They chain, so the head file is brought up to date.`;
  return { what: "head-behind", message };
}

export function headNotSigned(file: string, sequence: number): TrailWarning {
  const message = `The head of the audit trail ${file} was not signed at entry ${sequence}. It chains, and is signed from now on; whether it was replaced before cannot be told.`;
  return { what: "head-not-signed", message };
}

export function headSignedByAnother(file: string, keyId: string): TrailWarning {
  const message = `The head of the audit trail ${file} was signed by another key (${keyId}), which is not checked here. It is signed by ours from now on.`;
  return { what: "head-signed-by-another", message };
}

export function lockAwaited(who: string): TrailWarning {
  return { what: "lock-awaited", message: `Waiting for the audit trail, which is held by ${who}.` };
}

export function lockTakenOver(owner: LockOwner): TrailWarning {
  const message = `Process ${owner.pid} on ${owner.host} held the audit trail since ${owner.startedAt} and is gone; its lock was taken over.`;
  return { what: "lock-taken-over", message };
}

export function lockNotReleased(reason: string): TrailWarning {
  return {
    what: "lock-not-released",
    message: `The audit trail's lock could not be removed and will expire: ${reason}.`,
  };
}
