/** Where a trail on a branch meets git. */

import { openBranchTrail } from "../../audit/branch/git-store.ts";
import type { FileTrail, TrailOptions } from "../../audit/file-store.ts";
import type { ResolvedAuditGit, ResolvedConfig } from "../../config/resolved.ts";
import { GitopsError } from "../../errors.ts";
import { GitBranch } from "../../source/git/git-branch.ts";
import type { Io } from "../outside/io.ts";

type TrailConfig = Pick<ResolvedConfig, "directory" | "audit">;

/** The trail on the branch. */
export function openGitTrail(
  directory: string,
  git: ResolvedAuditGit,
  options: Pick<TrailOptions, "signingKey" | "onWarning"> & { readonly stop?: AbortSignal } = {},
): FileTrail {
  const branch = new GitBranch({ ...git, directory, signal: options.stop });
  return openBranchTrail({ ...options, branch, file: git.file });
}

/**
 * Brings the trail that is about to be read to what other machines have written; nothing to do for a trail in a file. Throws
 * `audit/unreadable` when the remote cannot be reached: what is not there would be taken for what never was.
 */
export async function syncTrail({ directory, audit }: TrailConfig, stop: AbortSignal): Promise<void> {
  if (audit.git === null) return;
  try {
    await openGitTrail(directory, audit.git, { stop }).sync();
  } catch (thrown) {
    throw asUnreadable(thrown);
  }
}

/** As `syncTrail`, for who only looks at the trail: when the remote cannot be reached, what was read from it last has to do, and that is said. */
export async function syncTrailOrWarn(io: Io, { directory, audit }: TrailConfig): Promise<void> {
  if (audit.git === null) return;
  try {
    await openGitTrail(directory, audit.git).sync();
  } catch (thrown) {
    if (!(thrown instanceof GitopsError) || thrown.code !== "audit/unwritable") throw thrown;
    const seen = await new GitBranch({ ...audit.git, directory }).seen().catch(() => null);
    if (seen === null) throw asUnreadable(thrown);
    io.say(`warning: ${thrown.message} What follows is the trail as it was read here last (commit ${seen}).\n`);
  }
}

function asUnreadable(thrown: unknown): unknown {
  if (!(thrown instanceof GitopsError) || thrown.code !== "audit/unwritable") return thrown;
  const { message, hint, place } = thrown;
  return new GitopsError("audit/unreadable", message, {
    ...(hint && { hint }),
    ...(place && { place }),
    cause: thrown,
  });
}
