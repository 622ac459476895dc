import type { JsonObject } from "./json.ts";

/** One thing wrong with a document. The seeds ask for messages that name the place; the fields beside it are ours. */
export interface RuleProblem {
  readonly message: string;
  readonly node?: string;
  readonly connection?: string;
  readonly transition?: string;
  readonly template?: string;
}

export interface RefusalDetails {
  readonly errors?: readonly RuleProblem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An answer that is not 2xx, thrown by whatever finds the reason for it. The body is
 * `{code, message, errors?}` (assumption: neither seed shows an error body; `message` always says everything).
 */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;

  constructor(status: number, code: string, message: string, details: RefusalDetails = {}) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.headers = details.headers ?? {};
    const errors = details.errors?.map((problem) => ({ ...problem }));
    this.body = errors === undefined ? { code, message } : { code, message, errors };
  }
}

/** The refusal for a document with problems: one message that holds them all, and each by itself. */
export function refuseDocument(status: number, code: string, problems: readonly RuleProblem[]): Refusal {
  return new Refusal(status, code, problems.map((problem) => problem.message).join("; "), { errors: problems });
}
