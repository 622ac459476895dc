/**
 * Every code an error of ours can carry, with the sentence that docs/errors.md opens its section with.
 * A code is never renamed to mean something else and never reused; test/architecture keeps this list and the docs equal.
 */
export const ERROR_CODES = {
  "api/conflict": "The tenant refused a write because somebody else's write came first.",
  "api/forbidden": "The token is valid but lacks the scope for this call.",
  "api/network": "No answer came back from the tenant.",
  "api/not-supported": "The tenant does not offer this endpoint.",
  "api/rejected": "The tenant examined the document and refused it.",
  "api/server": "The tenant failed while answering.",
  "api/stopped": "The run was stopped before the request was sent.",
  "api/throttled": "The tenant's request quota was exhausted to the end of our patience.",
  "api/unauthorized": "The tenant did not accept the credentials.",
  "api/unexpected": "The tenant's answer does not have the documented shape.",
  "apply/busy": "Another run is writing to the same tenant.",
  "apply/interrupted": "A run ended before the outcome of a write was recorded.",
  "apply/not-approved": "A plan with changes needs a person's yes or --auto-approve.",
  "apply/stopped": "The run was stopped before this change was sent.",
  "apply/stale": "Somebody changed the part that manifests own between plan and write.",
  "apply/verify": "After the write, live does not equal desired.",
  "apply/unsuited": "Another part of the document, on which this change depends, was stopped or changed.",
  "audit/broken": "The audit trail does not verify.",
  "audit/locked": "Another process holds the audit trail.",
  "audit/not-found": "The audit trail holds no such run.",
  "audit/unreadable": "The audit trail's file could not be read.",
  "audit/unwritable": "The audit trail could not be written, so nothing was sent.",
  "config/invalid": "The configuration is not what the schema asks for.",
  "config/missing": "No configuration file and no environment describes a tenant.",
  "config/tenant": "The tenant to work on is not named, or not in the configuration.",
  "emulator/seed": "The emulator's seed file cannot be used.",
  "git/unavailable": "The manifests' git revision could not be read.",
  "git/unsigned": "The commit carries no good signature of a key that is allowed.",
  "graph/broken": "Manifests with errors may hold what was to be compared.",
  "graph/not-found": "No manifest that can be drawn is called that.",
  "graph/unread": "The live document to draw could not be read.",
  "import/branch": "Live edits cannot be committed on that branch.",
  "import/no-trail": "Without a trail, edits made live cannot be told from commits.",
  "import/not-approved": "Import would edit manifests that are there, and nobody approved it.",
  "import/unwritable": "A manifest file could not be written.",
  "init/unwritable": "A file of a new repository cannot be written.",
  internal: "A defect in cxone-gitops itself.",
  "output/unwritable": "The output could not be written.",
  "plan/expired": "A saved plan is older than it may be.",
  "plan/foreign": "A saved plan was made for another tenant or by another version.",
  "plan/invalid": "A file is no saved plan, or a plan could not be saved.",
  "plan/stale": "What a plan was approved for is not what it would do now.",
  "plan/tampered": "A saved plan is not what was written, or its key is another one.",
  "plan/untaught": "A document that tells what to mask could not be read.",
  "restore/impossible": "A run cannot be put back.",
  "run/stopped": "The run was stopped before it came to this tenant.",
  "source/unreadable": "A folder or file of manifests cannot be read.",
  "source/unwritable": "A value cannot be written into a manifest.",
  usage: "The command line is not understood.",
  "variables/unset": "A variable that a manifest or the configuration refers to has no value.",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** What a process exits with (product specification, section 6). */
export const EXIT = { ok: 0, error: 1, pending: 2, refused: 3, partial: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Whether a run did what it was for: to find that changes are pending, or wait for a person, is that too. */
export function isSuccess(code: ExitCode): boolean {
  return code === EXIT.ok || code === EXIT.pending;
}

/** A place in a file that a person can jump to. Lines and columns start at 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ErrorDetails {
  /** What the reader should do now. */
  readonly hint?: string;
  readonly place?: Place;
  /** Plain values that are safe to log: never headers, tokens or bodies. */
  readonly context?: Readonly<Record<string, string | number | boolean>>;
  readonly cause?: unknown;
  readonly exitCode?: ExitCode;
}

/**
 * The one error class of the product: the message says what and where, the hint what to do.
 * Foreign errors are converted where they enter, because theirs may hold requests, and requests hold tokens.
 */
export class GitopsError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly place: Place | undefined;
  readonly context: Readonly<Record<string, string | number | boolean>>;
  readonly exitCode: ExitCode;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "GitopsError";
    this.code = code;
    this.hint = details.hint;
    this.place = details.place;
    this.context = details.context ?? {};
    this.exitCode = details.exitCode ?? EXIT.error;
  }
}

/** The message of anything that was thrown, without its stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The system error code (`ENOENT`, `ECONNRESET` …) of anything that was thrown, if it has one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (thrown instanceof Error && "code" in thrown && typeof thrown.code === "string") return thrown.code;
  return undefined;
}
