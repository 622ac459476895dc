/**
 * Marks a commit as the one that is applied to a tenant: the branch `cxone-applied/TENANT` points to it, and reconcile puts back what it
 * describes. What was merged and still waits for an approval is not deployed by a schedule.
 *
 * A mark only moves along the branch that is applied (`main`), and only forward: a commit that is not on it was not reviewed, and an older
 * one would be taken back to.
 */
import type { Input } from "./input.ts";
import { lookAtMark, moveMark } from "./marks.ts";

/** Runs that mark at the same moment; each of them looks again. */
const MOST_TRIES = 5;

/** For the tenant given, or for each of those that the arguments name. Needs a checkout with its history that may push. */
export async function markApplied(input: Input): Promise<number> {
  const tenants = input.tenant === "" ? input.args : [input.tenant];
  for (const tenant of tenants) mark(input, tenant);
  return 0;
}

function mark(input: Input, tenant: string): void {
  for (let count = 0; count < MOST_TRIES; count += 1) {
    const found = lookAtMark(input, tenant);
    const { ref, head, isReviewed, isAhead } = found;
    if (!isReviewed)
      throw new Error(`${head} is not on ${input.branch}, and only what is there can be marked as applied`);
    if (isAhead || found.commit === head) {
      process.stdout.write(`${ref} is at this commit or at a newer one\n`);
      return;
    }
    if (moveMark(input, found)) {
      process.stdout.write(`${ref} is at ${head} now\n`);
      return;
    }
  }
  throw new Error(`refs/heads/cxone-applied/${tenant} could not be pushed`);
}

/** Why the saved plan of the checked out commit must not be applied any more; undefined when it may be. */
export function whyTooLate(input: Input): string | undefined {
  const { commit, head, isAhead } = lookAtMark(input, input.tenant);
  if (!isAhead) return undefined;
  return (
    `This plan is of commit ${head}, and the newer commit ${commit} is applied to tenant ${input.tenant} already: ` +
    "applying it would take that back. Nothing was sent. Run the pipeline of the newest commit instead."
  );
}
