import type { ErrorCode } from "../../errors.ts";

/** Why an attempt did not even begin. */
export interface Unsent {
  readonly answered: false;
  readonly sent: false;
  readonly code: ErrorCode;
  readonly why: string;
}

export const STOPPED: Unsent = {
  answered: false,
  sent: false,
  code: "api/stopped",
  why: "the run is being stopped, and nothing was sent",
};

export const REFUSED: Unsent = {
  answered: false,
  sent: false,
  code: "api/throttled",
  why: "the tenant asks for a longer pause (429) than the run may wait",
};

export const GIVEN_UP: Unsent = {
  answered: false,
  sent: false,
  code: "api/stopped",
  why: "it was given up before it was sent",
};

/** What allowed the call is older than a pause. */
export const LATE: Unsent = {
  answered: false,
  sent: false,
  code: "api/throttled",
  why: "the tenant asks for one pause (429) after the other, and nothing was sent",
};
