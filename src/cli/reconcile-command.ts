import { type ExitCode, GitopsError } from "../errors.ts";
import type { ApplyOptions } from "./apply.ts";
import { type FollowOptions, runFollow } from "./following/follow.ts";
import type { Io } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";
import { runReconcile } from "./reconcile.ts";

/** `reconcile`, once or until it is stopped. */
export async function runReconcileCommand(
  io: Io,
  { every, listen, ...options }: ApplyOptions & Partial<Pick<FollowOptions, "every" | "listen">>,
  stopping: Stopping,
): Promise<ExitCode> {
  if (every !== undefined) return runFollow(io, { ...options, every, ...(listen && { listen }) }, stopping);
  if (listen === undefined) return runReconcile(io, options, stopping);
  throw new GitopsError("usage", "--listen says nothing without --every", {
    hint: "One run ends before anybody could ask; add --every 10m to stay.",
  });
}
