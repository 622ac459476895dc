/** Commands in the test's own process: for the steps of a story that are not what it is about, at a fraction of a process's price. */
import { runApply } from "../../src/cli/apply.ts";
import type { CommonOptions } from "../../src/cli/options.ts";
import { runDrift, runPlan } from "../../src/cli/plan.ts";
import { runReconcile } from "../../src/cli/reconcile.ts";
import { runRestore } from "../../src/cli/restore.ts";
import type { ExitCode } from "../../src/errors.ts";
import type { ReconcilePolicy } from "../../src/model/policy.ts";
import { openTestIo } from "./test-io.ts";
import type { World } from "./world.ts";

export interface Step {
  readonly env?: Readonly<Record<string, string>>;
  readonly output?: CommonOptions["output"];
  readonly policy?: ReconcilePolicy;
  readonly allowLargeChange?: boolean;
}

export interface Stepped {
  readonly code: ExitCode;
  /** stdout and stderr, not masked. */
  readonly said: string;
}

const never = new AbortController().signal;
const STOPPING = { soft: never, hard: never };

export function takeStep(
  world: World,
  command: "apply" | "plan" | "drift" | "reconcile" | { readonly restore: string },
  { env = {}, output = "text", ...flags }: Step = {},
): Promise<Stepped> {
  const { io, said } = openTestIo(world.folder, { ...world.env, ...env });
  const options = { output, logLevel: "silent", color: false, autoApprove: true, ...flags } as const;
  const run = () => {
    if (typeof command !== "string") return runRestore(io, command.restore, options, STOPPING);
    if (command === "apply") return runApply(io, undefined, options, STOPPING);
    if (command === "plan") return runPlan(io, options, STOPPING);
    return command === "drift" ? runDrift(io, options, STOPPING) : runReconcile(io, options, STOPPING);
  };
  return run().then((code) => ({ code, said: said() }));
}
