import assert from "node:assert/strict";
import type { Ran } from "../helpers/command.ts";

/** What the command says of a failure that nobody foresaw. */
const DEFECT = /defect in cxone-gitops|Unhandled|uncaughtException/;

/** Asserts that a command ended as it may, and not in an exception of its own. */
export function assertNoDefect(ran: Ran, codes: readonly (number | null)[]): void {
  assert.doesNotMatch(ran.stderr, DEFECT);
  assert.doesNotMatch(ran.stdout, DEFECT);
  assert.ok(codes.includes(ran.code), `exit code ${ran.code}: ${ran.stderr.slice(0, 2000)}`);
}
