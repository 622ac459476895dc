import { EXIT, GitopsError } from "../../errors.ts";
import type { Moved } from "../../model/saved-plan.ts";

/** What was approved is not what would be done now. Nothing has been sent. */
export class StalePlanError extends GitopsError {
  readonly moved: readonly Moved[];

  constructor(moved: readonly Moved[]) {
    const resources = new Set(moved.map(({ kind, id, document }) => JSON.stringify([kind, id, document]))).size;
    const what = resources === 1 ? "one resource has" : `${resources} resources have`;
    super("plan/stale", `${what} moved since the plan was made, so nothing was sent`, {
      hint: "Plan again, and approve that plan.",
      exitCode: EXIT.refused,
    });
    this.moved = moved;
  }
}
